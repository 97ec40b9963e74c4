"""The witness answers as c2sp.org/tlog-witness says, and never cosigns two histories."""

import itertools
import shutil
import tempfile
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from kept.audit import DamagedMemory
from kept.audit.memory import origin_hash
from kept.ledger import Checkpoint, Cosigner, Signer
from kept.ledger.formats.cosignature import ML_DSA_44, time_of
from kept.ledger.formats.note import open_note, parse, sign
from tests.audit.auditing import AT, COSIGNER, LOG, Desk, head_of, request

ENTRIES = [b"entry %d" % number for number in range(40)]


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk(tmp_path / "witness")


def test_a_first_checkpoint_is_cosigned_and_the_answer_is_signature_lines(desk: Desk) -> None:
    answer = desk.witness().add_checkpoint(request(ENTRIES[:5], 0))
    assert answer.status == 200
    note = head_of(ENTRIES[:5]).text.encode() + b"\n" + answer.body
    opened = open_note(note, [COSIGNER.vkey])
    assert time_of(opened.signatures[0].signature) == AT


def test_growth_is_followed_with_consistency_proofs(desk: Desk) -> None:
    for old, new in ((0, 1), (1, 1), (1, 7), (7, 8), (8, 33), (33, 40)):
        assert desk.witness().add_checkpoint(request(ENTRIES[:new], old)).status == 200
    assert desk.alarms == []


def test_what_was_cosigned_is_served_with_the_logs_signature_and_ours(desk: Desk) -> None:
    assert desk.witness().checkpoint(origin_hash(LOG.vkey.name)).status == 404
    answer = desk.witness().add_checkpoint(request(ENTRIES[:5], 0))
    served = desk.witness().checkpoint(origin_hash(LOG.vkey.name))
    assert served.body == head_of(ENTRIES[:5]).signed(LOG).encode() + answer.body
    assert len(open_note(served.body, [LOG.vkey, COSIGNER.vkey]).signatures) == 2
    assert desk.witness().checkpoint("0" * 64).status == 404
    assert desk.witness().checkpoint("../key").status == 404


def test_an_old_size_that_is_not_ours_gets_ours_in_its_own_content_type(desk: Desk) -> None:
    for old in (3, 0):
        desk.witness().add_checkpoint(request(ENTRIES[:5], 0))
        answer = desk.witness().add_checkpoint(request(ENTRIES[:9], old))
        assert (answer.status, answer.body, answer.content_type) == (409, b"5\n", "text/x.tlog.size")
    fresh = Desk(desk.folder / "fresh").witness().add_checkpoint(request(ENTRIES[:9], 3))
    assert (fresh.status, fresh.body) == (409, b"0\n")


def test_unknown_logs_are_404_and_unknown_or_bad_signatures_403(desk: Desk) -> None:
    witness = desk.witness()
    other = Signer("log.example/b", bytes(32))
    assert witness.add_checkpoint(request(ENTRIES[:5], 0, log=other)).status == 404
    stranger = Signer(LOG.vkey.name, bytes(32))
    assert witness.add_checkpoint(request(ENTRIES[:5], 0, log=stranger)).status == 403
    good = request(ENTRIES[:5], 0).decode()
    assert witness.add_checkpoint(good.replace("\n5\n", "\n6\n").encode()).status == 403
    spoilt = good + LOG.line("another text\n")
    assert witness.add_checkpoint(spoilt.encode()).status == 403
    assert witness.add_checkpoint((good + stranger.line("whatever\n")).encode()).status == 200


@pytest.mark.parametrize(
    "body",
    [
        b"", b"old 0", b"old 0\n", b"old 00\n\n", b"old -1\n\n", b"old\n\n", b"new 0\n\n", b"\n\n", b"\xff\n\n\xff",
        request(ENTRIES[:5], 0)[:-1],
        request(ENTRIES[:5], 0).replace(b"old 0\n", b"old 00\n"), request(ENTRIES[:5], 0, proof=[bytes(32)] * 64),
        request(ENTRIES[:5], 0).replace(b"old 0\n", b"old 0\nnot base64\n"), request(ENTRIES[:5], 6, proof=[]),
        b"old 0\n\n" + sign(f"{LOG.vkey.name}\n05\nAAAA\n", LOG).encode(),
    ],
)  # fmt: skip
def test_what_is_malformed_is_400(desk: Desk, body: bytes) -> None:
    assert desk.witness().add_checkpoint(body).status == 400
    assert desk.witness().newest(LOG.vkey.name) is None


def test_a_request_over_16_kib_is_refused(desk: Desk) -> None:
    body = request(ENTRIES[:5], 0) + b"\xe2\x80\x94 someone " + b"A" * 16_384 + b"\n"
    assert desk.witness().add_checkpoint(body).status == 413


def test_a_proof_that_does_not_lead_there_is_422_and_tells_the_operator(desk: Desk) -> None:
    witness = desk.witness()
    assert witness.add_checkpoint(request(ENTRIES[:5], 0, proof=[bytes(32)])).status == 422
    witness.add_checkpoint(request(ENTRIES[:5], 0))
    assert desk.alarms == []
    rewritten = [b"rewritten", *ENTRIES[1:9]]
    for bad in (request(rewritten, 5), request(ENTRIES[:9], 5, proof=[]), request(ENTRIES[:5], 5, proof=[bytes(32)])):
        assert witness.add_checkpoint(bad).status == 422
    assert witness.newest(LOG.vkey.name).checkpoint == head_of(ENTRIES[:5])  # type: ignore[union-attr]
    assert all("NOT CONSISTENT" in alarm for alarm in desk.alarms)
    assert len(desk.alarms) == 3


def test_two_roots_of_one_size_are_a_fork_and_both_are_kept_as_evidence(desk: Desk) -> None:
    witness = desk.witness()
    witness.add_checkpoint(request(ENTRIES[:5], 0))
    forged = [*ENTRIES[:4], b"forged"]
    for _ in range(2):
        answer = witness.add_checkpoint(request(forged, 5))
        assert (answer.status, answer.content_type) == (422, "text/plain; charset=utf-8")
    assert all(alarm.startswith("FORK: the log log.example/a has signed two histories") for alarm in desk.alarms)
    [evidence] = desk.folder.glob("*.fork-*")
    assert head_of(ENTRIES[:5]).signed(LOG) in evidence.read_text()
    assert head_of(forged).signed(LOG) in evidence.read_text()


def test_an_empty_tree_has_one_root(desk: Desk) -> None:
    wrong = Checkpoint(LOG.vkey.name, 0, bytes(32)).signed(LOG)
    assert desk.witness().add_checkpoint(b"old 0\n\n" + wrong.encode()).status == 422
    assert desk.witness().add_checkpoint(request([], 0)).status == 200
    assert desk.witness().add_checkpoint(request(ENTRIES[:5], 0)).status == 200


def test_a_clock_set_back_does_not_make_a_witness_contradict_itself(desk: Desk) -> None:
    desk.witness().add_checkpoint(request(ENTRIES[:5], 0))
    desk.clock.advance(timedelta(hours=-1))
    answer = desk.witness().add_checkpoint(request(ENTRIES[:9], 5))
    note = parse(head_of(ENTRIES[:9]).text.encode() + b"\n" + answer.body)
    assert time_of(note.signatures[0].signature) == AT


def test_extension_lines_of_other_logs_are_cosigned_with_the_text(desk: Desk) -> None:
    text = head_of(ENTRIES[:5]).text + "an extension\n"
    answer = desk.witness().add_checkpoint(b"old 0\n\n" + sign(text, LOG).encode())
    assert open_note(text.encode() + b"\n" + answer.body, [COSIGNER.vkey])


def test_a_second_line_is_post_quantum(desk: Desk) -> None:
    second = Cosigner(COSIGNER.vkey.name, bytes([8]) * 32, ML_DSA_44)
    answer = desk.witness(cosigners=[COSIGNER, second]).add_checkpoint(request(ENTRIES[:5], 0))
    note = head_of(ENTRIES[:5]).text.encode() + b"\n" + answer.body
    assert len(open_note(note, [COSIGNER.vkey, second.vkey]).signatures) == 2
    assert desk.witness().add_checkpoint(request(ENTRIES[:9], 5)).status == 200


def test_logs_do_not_touch_one_another(desk: Desk) -> None:
    other = Signer("log.example/b", bytes(32))
    witness = desk.witness(LOG, other)
    assert witness.add_checkpoint(request(ENTRIES[:5], 0)).status == 200
    assert witness.add_checkpoint(request(ENTRIES[:7], 0, log=other)).status == 200
    assert witness.add_checkpoint(request(ENTRIES[:9], 5)).status == 200
    assert witness.newest(other.vkey.name).checkpoint.size == 7  # type: ignore[union-attr]


def test_a_log_may_have_a_second_key(desk: Desk) -> None:
    second = Signer(LOG.vkey.name, bytes(32))
    witness = desk.witness(LOG, second)
    assert witness.add_checkpoint(request(ENTRIES[:5], 0)).status == 200
    assert witness.add_checkpoint(request(ENTRIES[:9], 5, log=second)).status == 200


def test_a_damaged_memory_stops_the_witness_rather_than_begin_anew(desk: Desk) -> None:
    desk.witness().add_checkpoint(request(ENTRIES[:5], 0))
    [file] = desk.folder.glob("*.checkpoint")
    whole = file.read_bytes()
    for bad in (b"", whole[:-1], whole.replace(b"\n5\n", b"\n4\n"), head_of(ENTRIES[:5]).signed(LOG).encode()):
        file.write_bytes(bad)
        with pytest.raises(DamagedMemory):
            desk.witness().add_checkpoint(request(ENTRIES[:9], 5))


class WitnessedLog(RuleBasedStateMachine):
    """A log that grows, forks, lies about sizes and comes back; beside it, what the specification says, naively."""

    @initialize()
    def begin(self) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="kept-witness-"))
        self.desk = Desk(self.folder)
        self.histories: list[list[bytes]] = [[]]
        self.cosigned: list[bytes] | None = None
        self.ever: list[list[bytes]] = []

    @rule(which=st.integers(0, 9), count=st.integers(1, 9))
    def grow(self, which: int, count: int) -> None:
        history = self.histories[which % len(self.histories)]
        history += [b"%d" % (len(history) + number) for number in range(count)]

    @rule(which=st.integers(0, 9), at=st.integers(0, 30))
    def fork(self, which: int, at: int) -> None:
        history = self.histories[which % len(self.histories)]
        self.histories.append([*history[:at], b"fork %d" % len(self.histories)])

    @rule(which=st.integers(0, 9), cut=st.integers(0, 5), old=st.integers(0, 40) | st.none())
    def ask(self, which: int, cut: int, old: int | None) -> None:
        history = self.histories[which % len(self.histories)]
        asked = history[: max(0, len(history) - cut)]
        known = self.cosigned or []
        old = len(known) if old is None else old
        proof = None if old <= len(asked) else []
        answer = self.desk.witness().add_checkpoint(request(asked, old, proof=proof))
        assert answer.status == self.expected(asked, old, known)
        if answer.status == 200:
            self.cosigned = asked
            self.ever.append(asked)
        if answer.status == 409:
            assert answer.body == b"%d\n" % len(known)

    @staticmethod
    def expected(asked: list[bytes], old: int, known: list[bytes]) -> int:
        if old > len(asked):
            return 400
        if old != len(known):
            return 409
        return 200 if asked[:old] == known else 422

    @rule(minutes=st.integers(-10, 10))
    def time_passes(self, minutes: int) -> None:
        self.desk.clock.advance(timedelta(minutes=minutes))

    @invariant()
    def only_one_history_was_ever_cosigned(self) -> None:
        ever = getattr(self, "ever", [])
        assert all(later[: len(earlier)] == earlier for earlier, later in itertools.pairwise(ever))

    @invariant()
    def it_remembers_what_it_cosigned_last(self) -> None:
        if getattr(self, "cosigned", None) is not None:
            newest = self.desk.witness().newest(LOG.vkey.name)
            assert newest is not None
            assert newest.checkpoint == head_of(self.cosigned or [])

    def teardown(self) -> None:
        shutil.rmtree(self.folder, ignore_errors=True)


WitnessedLog.TestCase.settings = settings(max_examples=25, stateful_step_count=25, deadline=None)
TestWitnessedLog = WitnessedLog.TestCase
