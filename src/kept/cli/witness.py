"""`kept witness`: cosign a log's checkpoints, on a machine that the log's operator has no power over."""

import socket
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from kept.audit import Witness
    from kept.ledger import Cosigner, VerifierKey


def command(
    state: Annotated[Path, typer.Option("--state", metavar="FOLDER", help="Where it keeps its keys and its memory.")],
    log: Annotated[
        list[str] | None, typer.Option("--log", metavar="VKEY", help="Verifier key of a log to watch; repeatable.")
    ] = None,
    listen: Annotated[str, typer.Option("--listen", metavar="HOST:PORT", help="Where to answer.")] = "127.0.0.1:8090",
    name: Annotated[
        str, typer.Option("--name", metavar="NAME", help="Its name on cosignatures, for good: an address you own.")
    ] = "",
    ml_dsa: Annotated[bool, typer.Option("--ml-dsa", help="Cosign with ML-DSA-44 (post-quantum), too.")] = False,
    about: Annotated[str, typer.Option("--about", metavar="TEXT", help="Who runs it, for its page.")] = "",
) -> None:
    """Run a witness (c2sp.org/tlog-witness). It needs its folder, the log's verifier key, and nothing else."""
    from kept.audit import Memory, Witness
    from kept.kit import SystemClock
    from kept.ledger import VerifierKey
    from kept.witness import Door, run
    from kept.witness.serving import say

    host, port = _address(listen)
    logs = [VerifierKey.parse(text) for text in log or ()]
    keys = _keys(state, name, ml_dsa)
    witness = Witness(Memory(state, keys[0].vkey), keys, logs, SystemClock(), say)
    for origin in witness.origins:
        witness.newest(origin)  # a damaged memory ends us here
    if not logs:
        say("No --log is given: it watches nothing.")

    def ready(url: str) -> None:
        for number, key in enumerate(keys):
            print(f"witness {key.vkey.name}{'-ml-dsa' * number} {key.vkey.text} {url}", flush=True)
        say(f"Listening at {url}. The lines above belong in the log's policy file.")

    run(Door(witness, lambda: _page(witness, keys, logs, about)), host, port, ready)


def _address(listen: str) -> tuple[str, int]:
    host, _, port = listen.rpartition(":")
    if not host or not port.isdecimal() or int(port) > 65_535:
        raise typer.BadParameter("give it as HOST:PORT", param_hint="--listen")
    return host.strip("[]"), int(port)


def _keys(state: Path, name: str, ml_dsa: bool) -> "list[Cosigner]":
    """The witness's keys, made at the first start. Raises UnusableKey."""
    from kept.kit import Fatal
    from kept.ledger import ML_DSA_44, load_cosigner

    first = load_cosigner(state / "key", name or f"{socket.gethostname()}/witness")
    if name and name != first.vkey.name:
        raise Fatal(f"the key in {state} belongs to the witness {first.vkey.name}: a key serves one name")
    return [first, load_cosigner(state / "key-ml-dsa-44", first.vkey.name, ML_DSA_44)] if ml_dsa else [first]


def _page(witness: "Witness", keys: "list[Cosigner]", logs: "list[VerifierKey]", about: str) -> str:
    """What this witness is and has seen, for people."""
    lines = [f"This is the witness {keys[0].vkey.name} (c2sp.org/tlog-witness).", *([about] if about else []), ""]
    lines += [f"verifier key: {key.vkey.text}" for key in keys] + [""]
    for key in logs:
        seen = witness.newest(key.name)
        if seen is None:
            lines.append(f"{key.name}: nothing cosigned yet")
        else:
            at = datetime.fromtimestamp(seen.at, UTC).isoformat().replace("+00:00", "Z")
            lines.append(f"{key.name}: {seen.checkpoint.size:,} entries cosigned, last at {at}")
    return "\n".join(lines) + "\n"
