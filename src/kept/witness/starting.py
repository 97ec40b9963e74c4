"""Starting a witness: its keys, its memory, the page that says what it is."""

import socket
import sys
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

from kept.audit import Memory, Witness
from kept.kit import KeptError, Kind, SystemClock
from kept.ledger import ML_DSA_44, Cosigner, UnusableKey, VerifierKey, load_cosigner
from kept.witness.serving import Door, run, say


class BadAddress(KeptError):
    code = "bad_address"
    kind = Kind.INVALID
    message = "Give the address to listen on as HOST:PORT."


def start(state: Path, log: Sequence[str], listen: str, *, name: str = "", ml_dsa: bool = False, about: str = "") -> None:
    """Run a witness with its folder `state`, for the logs whose verifier keys are `log`, until told to stop.

    Raises:
        BadAddress, BadNote: what was typed is no address, or no verifier key.
        UnusableKey, DamagedMemory: its folder can't be trusted.
    """
    host, port = _address(listen)
    logs = [VerifierKey.parse(text) for text in log]
    keys = _keys(state, name, ml_dsa)
    witness = Witness(Memory(state, keys[0].vkey), keys, logs, SystemClock(), say)
    for origin in witness.origins:
        witness.newest(origin)  # a damaged memory ends us here
    if not logs:
        say("No --log is given: it watches nothing.")

    def ready(url: str) -> None:
        for number, key in enumerate(keys):
            sys.stdout.write(f"witness {key.vkey.name}{'-ml-dsa' * number} {key.vkey.text} {url}\n")
        sys.stdout.flush()
        say(f"Listening at {url}. The lines above belong in the log's policy file.")

    run(Door(witness, lambda: _page(witness, keys, logs, about)), host, port, ready)


def _address(listen: str) -> tuple[str, int]:
    host, _, port = listen.rpartition(":")
    if not host or not port.isdecimal() or int(port) > 65_535:
        raise BadAddress
    return host.strip("[]"), int(port)


def _keys(state: Path, name: str, ml_dsa: bool) -> list[Cosigner]:
    """The witness's keys, made at the first start. Raises UnusableKey."""
    first = load_cosigner(state / "key", name or f"{socket.gethostname()}/witness")
    if name and name != first.vkey.name:
        raise UnusableKey(f"the key in {state} belongs to the witness {first.vkey.name}: a key serves one name")
    return [first, load_cosigner(state / "key-ml-dsa-44", first.vkey.name, ML_DSA_44)] if ml_dsa else [first]


def _page(witness: Witness, keys: list[Cosigner], logs: list[VerifierKey], about: str) -> str:
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
