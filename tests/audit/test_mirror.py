"""A mirror copies a log as it grows, and finds whatever the log does not keep of its word."""

import json
import shutil
import signal
import subprocess
import sys
import time
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from kept.audit import Alarm, Alarmed, AnotherLog, Copy, DamagedMirror, Mirror, MirrorBusy, findings, follow
from kept.cli.audit import app
from kept.kit import FixedClock
from kept.ledger import Checkpoint, FolderSource, Quorum, Signer, VerifierKey, verify
from kept.ledger.edge import Edge, extended
from tests.audit.auditing import AT, COSIGNER, NOON
from tests.ledger.workbench import ORIGIN, SIGNER, waiting, written

BATCHES = [waiting(700), waiting(1), waiting(300)]


class Place:
    """A log, its mirror, and a clock."""

    def __init__(self, folder: Path) -> None:
        self.log, self.to = folder / "source", folder / "mirror"
        self.log.mkdir()
        self.clock = FixedClock(NOON)

    def mirror(self, **options: Any) -> Mirror:
        """The mirror, as after a restart."""
        return Mirror(FolderSource(self.log), Copy(self.to), self.clock, **options)

    def grows(self, count: int, *, cosigned_at: int = 0) -> None:
        written(self.log, BATCHES[:count])
        if cosigned_at:
            note = (self.log / "checkpoint").read_text()
            text = note.partition("\n\n")[0] + "\n"
            (self.log / "checkpoint").write_text(note + COSIGNER.line(text, cosigned_at))

    def alarms(self, mirror: Mirror | None = None) -> Alarmed:
        with pytest.raises(Alarmed) as raised:
            (mirror or self.mirror()).visit()
        return raised.value

    def flips(self, key: str) -> None:
        data = bytearray((self.log / key).read_bytes())
        data[len(data) // 2] ^= 1
        (self.log / key).write_bytes(data)


@pytest.fixture
def place(tmp_path: Path) -> Place:
    made = Place(tmp_path)
    made.to.mkdir()
    return made


def test_a_mirror_grows_with_its_log_across_restarts_and_its_copy_verifies(place: Place) -> None:
    for count in (1, 2, 2, 3):
        place.grows(count)
        assert place.mirror().visit().size == sum(map(len, BATCHES[:count]))
        report = verify(Copy(place.to).log, vkey=SIGNER.vkey.text)
        assert (report.deviations, report.unpublished) == ([], 0)
    found = findings(Copy(place.to))
    assert (found.good, found.entries, found.checkpoints) == (True, 1001, 3)
    assert found.state.events == {"video.published": 1001}


def test_what_was_copied_is_not_read_again(place: Place) -> None:
    place.grows(1)
    mirror = place.mirror()
    mirror.visit()
    shutil.rmtree(place.log / "tile")
    place.grows(3)
    (place.log / "tile/entries/000").unlink()
    assert mirror.visit().size == 1001


def test_a_mirror_killed_before_it_knew_what_it_had_copied_goes_on(place: Place) -> None:
    place.grows(1)
    place.mirror().visit()
    before = (place.to / "state.json").read_bytes()
    place.grows(3)
    place.mirror().visit()
    (place.to / "state.json").write_bytes(before)  # the last write is lost: tiles and checkpoint are ahead
    shutil.copytree(place.to / "log/tile/0", place.to / "ahead")
    old, _ = extended(Edge(), [one.payload for one in BATCHES[0]])
    for key, data in extended(Edge(), [one.payload for one in BATCHES[0]])[1].items():
        Copy(place.to).put(key, data)  # partial tiles are tidied away only after the state is on disk
    assert place.mirror().visit().size == 1001 > old.size
    assert findings(Copy(place.to)).good


@pytest.mark.parametrize("key", ["tile/entries/003.p/233", "tile/0/003.p/233", "tile/1/000.p/3", "tile/0/002"])
def test_a_flipped_byte_in_what_the_source_gained_is_found_and_is_no_fork(place: Place, key: str) -> None:
    place.grows(1)
    place.mirror().visit()
    place.grows(3)
    place.flips(key)
    assert place.alarms().alarm is Alarm.DAMAGE
    assert not findings(Copy(place.to)).good


def test_a_flipped_byte_in_what_was_copied_long_ago_is_found_the_next_day(place: Place) -> None:
    place.grows(1)
    place.mirror().visit()
    place.flips("tile/entries/000")
    place.mirror().visit()
    place.clock.advance(timedelta(days=1))
    assert place.alarms().alarm is Alarm.DAMAGE


@pytest.mark.parametrize("count", [300, 700, 900])
def test_a_rewritten_history_is_found_and_both_signed_checkpoints_are_kept(place: Place, count: int) -> None:
    place.grows(1)
    place.mirror().visit()
    shutil.rmtree(place.log / "tile")
    written(place.log, [waiting(count)])
    alarmed = place.alarms()
    assert alarmed.alarm is Alarm.FORK
    [evidence] = (place.to / "evidence").iterdir()
    assert (place.log / "checkpoint").read_bytes() in evidence.read_bytes()
    assert findings(Copy(place.to)).entries == 700
    assert not findings(Copy(place.to)).good


def test_entries_that_are_gone_or_missing_are_a_gap(place: Place) -> None:
    place.grows(2)
    place.mirror().visit()
    place.grows(1)
    assert place.alarms().alarm is Alarm.GAP
    place.grows(3)
    (place.log / "tile/entries/003.p/233").unlink()
    assert "tile/entries/003.p/233" in place.alarms().what


def test_a_bad_signature_and_another_key_are_found(place: Place) -> None:
    place.grows(1)
    place.mirror().visit()
    stranger = Signer(ORIGIN, bytes(32))
    edge, _ = extended(Edge(), [one.payload for one in BATCHES[0]])
    (place.log / "checkpoint").write_text(Checkpoint(ORIGIN, edge.size, edge.root).signed(stranger))
    assert place.alarms().alarm is Alarm.SIGNATURE
    with pytest.raises(AnotherLog):
        place.mirror(key=stranger.vkey).visit()


def policy(log: VerifierKey = SIGNER.vkey) -> Quorum:
    return Quorum.parse(f"log {log.text}\nwitness w1 {COSIGNER.vkey.text}\nquorum w1\n".encode())


def test_only_cosigned_checkpoints_are_followed_and_who_cosigned_is_told(place: Place) -> None:
    place.grows(1)
    assert place.alarms(place.mirror(quorum=policy())).alarm is Alarm.UNWITNESSED
    place.grows(1, cosigned_at=AT - 5)
    state = place.mirror(quorum=policy()).visit()
    assert (state.cosigners["w1"].checkpoints, state.cosigners["w1"].last) == (1, AT - 5)


def test_cosignatures_that_grow_old_are_silence(place: Place) -> None:
    place.grows(1, cosigned_at=AT)
    place.mirror(quorum=policy()).visit()
    place.clock.advance(timedelta(seconds=601))
    assert place.alarms(place.mirror(quorum=policy())).alarm is Alarm.SILENCE


def test_silence_is_an_alarm_when_patience_is_at_its_end_and_a_hole_in_time_after_it(place: Place) -> None:
    place.grows(1)
    mirror, waits = place.mirror(), []
    mirror.visit()
    (place.log / "checkpoint").unlink()

    def wait(seconds: float) -> None:
        waits.append(seconds)
        place.clock.advance(timedelta(seconds=seconds))

    with pytest.raises(Alarmed, match="SILENCE"):
        follow(mirror, 100.0, wait, lambda state: None)
    assert len(waits) == 7
    place.grows(1)
    assert mirror.visit().unseen == [(AT, AT + 700)]
    assert findings(Copy(place.to)).good


def test_a_damaged_copy_is_not_blamed_on_the_log(place: Place) -> None:
    place.grows(1)
    place.mirror().visit()
    copied = place.to / "log/tile/0/002.p/188"
    copied.write_bytes(bytes(len(copied.read_bytes())))
    assert not findings(Copy(place.to)).good
    place.grows(2)
    with pytest.raises(DamagedMirror):
        place.mirror().visit()


def test_one_process_at_a_time_follows_into_a_folder(place: Place) -> None:
    with Copy(place.to).alone(), pytest.raises(MirrorBusy), Copy(place.to).alone():
        pass


def kept(*words: str) -> Any:
    return CliRunner().invoke(app, list(words))


def test_the_commands_say_what_was_found_and_end_accordingly(place: Place) -> None:
    place.grows(1)
    line = ["follow", str(place.log), "--to", str(place.to), "--log", SIGNER.vkey.text, "--once"]
    assert "700 entries, all checked" in kept(*line).stdout
    done = kept("report", str(place.to))
    assert done.exit_code == 0, done.output
    assert "700  video.published" in done.stdout
    assert done.stdout.rstrip().endswith("nothing deviates")
    shutil.rmtree(place.log / "tile")
    written(place.log, [waiting(900)])
    forked = kept(*line)
    assert (forked.exit_code, forked.stderr.startswith("FORK: ")) == (15, True)
    told = kept("report", str(place.to), "--json")
    assert (told.exit_code, json.loads(told.stdout)["state"]["alarms"][0]["kind"]) == (1, "FORK")


def test_killed_at_any_time_it_goes_on(place: Place) -> None:
    place.grows(3)
    line = [sys.executable, "-P", "-m", "kept.app.main", "audit", "follow", str(place.log), "--to", str(place.to)]
    for seconds in (0.6, 0.8, 1.0):
        process = subprocess.Popen(line, stdout=subprocess.DEVNULL)
        time.sleep(seconds)
        process.send_signal(signal.SIGKILL)
        process.wait()
    assert kept("follow", str(place.log), "--to", str(place.to), "--once").exit_code == 0
    assert findings(Copy(place.to)).good


def test_what_a_killed_mirror_left_half_written_is_not_taken_for_the_log(place: Place) -> None:
    place.grows(1)
    place.mirror().visit()
    (place.to / "incoming" / ".file.0123").write_bytes(b"half")
    assert findings(Copy(place.to)).good
    with Copy(place.to).alone():
        assert not (place.to / "incoming").exists()
