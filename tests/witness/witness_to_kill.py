"""A witness that is killed at the worst moment: it remembers the checkpoint, and dies before it answers.

python witness_to_kill.py FOLDER VKEY
"""

import os
import signal
import sys
from pathlib import Path

from kept.audit import Memory, Witness
from kept.kit import SystemClock
from kept.ledger import VerifierKey, load_cosigner
from kept.witness import Door, run


class DiesAfterWriting(Memory):
    def write(self, origin: str, note: bytes) -> None:
        super().write(origin, note)
        os.kill(os.getpid(), signal.SIGKILL)


if __name__ == "__main__":
    folder, vkey = Path(sys.argv[1]), sys.argv[2]
    key = load_cosigner(folder / "key", "witness.example/w1")
    logs = [VerifierKey.parse(vkey)]
    witness = Witness(DiesAfterWriting(folder, key.vkey), [key], logs, SystemClock(), print)
    run(Door(witness, str), "127.0.0.1", 0, lambda url: print(f"witness w {key.vkey.text} {url}", flush=True))
