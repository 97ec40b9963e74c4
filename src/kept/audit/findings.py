"""What a mirror can say of a log, after checking its own copy once more, offline, from the first entry."""

from dataclasses import dataclass, field

from kept.audit.copy import Copy, NoMirror, State
from kept.audit.productions import Production, productions
from kept.ledger import BadNote, BadProof, VerifierKey, open_checkpoint, verify
from kept.ledger.formats.merkle import EMPTY_ROOT, Span
from kept.ledger.reading import Tree


@dataclass(slots=True)
class Findings:
    """The history of following a log, and what was found now."""

    state: State
    checkpoints: int = 0
    """Checkpoints that are kept; each was shown to begin the copy."""
    entries: int = 0
    deviations: list[str] = field(default_factory=list)
    productions: list[Production] = field(default_factory=list)
    """What was given to authorities, step by step."""

    @property
    def good(self) -> bool:
        """Whether the copy is sound and the log never broke its word. Silence that has passed is not counted."""
        return not self.deviations and not any(one.kind not in ("SILENCE", "NOT COSIGNED") for one in self.state.alarms)


def findings(copy: Copy) -> Findings:
    """Check the copy, between two visits if a mirror is at work. Raises NoMirror, DamagedMirror."""
    if copy.state() is None:
        raise NoMirror(folder=str(copy.folder))
    with copy.still():
        return _findings(copy)


def _findings(copy: Copy) -> Findings:
    state = copy.state()
    if state is None:
        raise NoMirror(folder=str(copy.folder))
    found = Findings(state)
    if not state.note:
        found.deviations.append("nothing has been followed yet")
        return found
    report = verify(copy.log, vkey=state.vkey)
    found.entries = report.entries
    found.deviations += report.deviations
    if (report.size, dict(report.events)) != (state.size, state.events):
        found.deviations.append(f"state.json counts {state.size} entries by event, and the copy holds others")
    _check_checkpoints(copy, found)
    if report.good:
        found.productions = productions(copy.log, state.size)
        found.deviations += [f"{one.case}: {what}" for one in found.productions for what in one.deviations]
    return found


def _check_checkpoints(copy: Copy, found: Findings) -> None:
    """Every checkpoint that was followed is signed, and is the head of a beginning of the copy."""
    key, tree = VerifierKey.parse(found.state.vkey), Tree(copy.log, found.state.size)
    for name, note in copy.checkpoints():
        found.checkpoints += 1
        try:
            head = open_checkpoint(note, key)
            if head.size > found.state.size:
                continue  # kept, and not followed: the mirror was killed between
            if head.root != (tree.hash_of(Span(0, head.size)) if head.size else EMPTY_ROOT):
                found.deviations.append(f"checkpoints/{name}: the copy does not begin with it")
        except (BadNote, BadProof) as error:
            found.deviations.append(f"checkpoints/{name}: {error}")
