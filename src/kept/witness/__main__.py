"""`kept witness`, as a process of its own that has loaded nothing else."""

import argparse
import sys
from pathlib import Path

from kept.kit import Fatal, KeptError
from kept.witness.starting import start

_FATAL, _INVALID = 70, 65
"""Exit codes of sysexits.h, as `kept` uses them."""


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="kept witness",
        description="Cosign a log's checkpoints (c2sp.org/tlog-witness), on a machine that its operator has no power over.",
        allow_abbrev=False,
    )
    add = parser.add_argument
    add("--state", metavar="FOLDER", type=Path, required=True, help="where it keeps its keys and its memory")
    add("--log", metavar="VKEY", action="append", default=[], help="verifier key of a log to watch; repeatable")
    add("--listen", metavar="HOST:PORT", default="127.0.0.1:8090", help="where to answer (127.0.0.1:8090)")
    add("--name", metavar="NAME", default="", help="its name on cosignatures, for good: an address you own")
    add("--ml-dsa", action="store_true", help="cosign with ML-DSA-44 (post-quantum), too")
    add("--about", metavar="TEXT", default="", help="who runs it, for its page")
    return parser.parse_args()


def main() -> None:
    """Run the witness that was asked for."""
    asked = _arguments()
    try:
        start(asked.state, asked.log, asked.listen, name=asked.name, ml_dsa=asked.ml_dsa, about=asked.about)
    except KeptError as error:
        _fail(error.public, _INVALID)
    except Fatal as fatal:
        _fail(f"stopped rather than go on: {fatal}", _FATAL)
    except OSError as error:
        _fail(f"can't listen at {asked.listen}: {error}", 1)


def _fail(message: str, code: int) -> None:
    sys.stderr.write(f"kept witness: {message}\n")
    sys.exit(code)


if __name__ == "__main__":
    main()
