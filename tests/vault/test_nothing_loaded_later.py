"""The vault's process gives up its rights once it is loaded, so nothing may have to be read later."""

import subprocess
import sys

PROGRAM = """
import sys
from datetime import UTC, datetime
import kept.app.key_holding
from tests.vault.record import QUORUM, Authoriser
from kept.ledger import Entry, write
from kept.vault import Reason
from kept.vault.authorising import check_authorisation

now = datetime(2026, 11, 23, 12, tzinfo=UTC)
subject = "m:" + "a" * 32
loaded = set(sys.modules)
proof = Authoriser(now).authorise(subject, "letter.body", reason=Reason.STAFF)
check_authorisation(proof, QUORUM, cell="eu", subject=subject, place="letter.body", rows=[], reason=Reason.STAFF, now=now)
write(Entry("vault.opened", details={"b": 1, "a": "ü"}, owner=proof and __import__("uuid").UUID(int=1)), cell="eu", now=now)
print(sorted(set(sys.modules) - loaded))
"""


def test_checking_an_authorisation_and_recording_an_opening_load_nothing() -> None:
    done = subprocess.run([sys.executable, "-c", PROGRAM], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
