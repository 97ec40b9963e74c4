"""Trust policies: c2sp.org/tlog-policy. Which logs are known, which witnesses, and which of these must have cosigned.

log <vkey> [<url>]
witness <name> <vkey> [<url>]
group <name> <k|any|all> <name>...
quorum <name|none>
"""

from collections.abc import Iterable, Mapping, Set
from dataclasses import dataclass, replace
from typing import Self

from kept.kit import KeptError, Kind
from kept.ledger.formats.checkpoint import Checkpoint, open_checkpoint
from kept.ledger.formats.cosignature import CosignerKey, time_of
from kept.ledger.formats.note import BadNote, VerifierKey, parse, signed_by

NONE = "none"


class BadPolicy(KeptError):
    code = "bad_policy"
    kind = Kind.INVALID
    message = "The witness policy can't be used: {why}"


class NotCosigned(KeptError):
    code = "not_cosigned"
    kind = Kind.FORBIDDEN
    message = "This checkpoint is not signed by the log and cosigned by enough of its witnesses: {why}"


@dataclass(frozen=True, slots=True)
class KnownWitness:
    """A witness of a policy. `name` means something inside the policy only; `url` is its submission prefix, if known."""

    name: str
    key: CosignerKey
    url: str = ""


@dataclass(frozen=True, slots=True)
class Group:
    """At least `needs` of `members`, each a witness or a group."""

    needs: int
    members: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Cosigned:
    """A checkpoint that satisfies a policy: who cosigned it and when (POSIX seconds, by the policy's names)."""

    checkpoint: Checkpoint
    log: VerifierKey
    times: Mapping[str, int]
    as_of: int
    """The latest time for which a whole quorum vouches; 0 where the policy asks for none."""


@dataclass(frozen=True, slots=True)
class Quorum:
    """A policy. With `quorum none`, the log's own signature is enough, and nobody outside has to have seen anything."""

    logs: tuple[VerifierKey, ...]
    witnesses: tuple[KnownWitness, ...]
    groups: Mapping[str, Group]
    quorum: str

    @classmethod
    def parse(cls, data: bytes) -> Self:
        """Read a policy file. Raises BadPolicy, which says the line."""
        draft = _Draft()
        for number, line in enumerate(_lines(data), 1):
            words = line.replace("\t", " ").split(" ")
            words = [word for word in words if word]
            if words and not words[0].startswith("#"):
                try:
                    draft.add(words)
                except (BadPolicy, BadNote) as error:
                    raise BadPolicy(why=f"line {number}: {error.details['why']}") from error
                except UnicodeEncodeError as error:
                    raise BadPolicy(why=f"line {number}: the name of a key is UTF-8") from error
        if draft.quorum is None:
            raise BadPolicy(why="it has no quorum line")
        return cls(tuple(draft.logs), tuple(draft.witnesses), draft.groups, draft.quorum)

    def of_log(self, key: VerifierKey) -> Self:
        """This policy for one log only. Raises BadPolicy if it lists logs, and not this one."""
        if self.logs and key not in self.logs:
            raise BadPolicy(why=f"it does not know the log {key.text}")
        return replace(self, logs=(key,))

    @property
    def asks_outsiders(self) -> bool:
        """Whether anybody has to have cosigned."""
        return not self.satisfied_by(())

    def satisfied_by(self, names: Iterable[str]) -> bool:
        """Whether the witnesses called `names` are a quorum."""
        return self.quorum == NONE or self._has(self.quorum, frozenset(names))

    def check(self, note: bytes) -> Checkpoint:
        """The checkpoint in `note`, if a log of this policy signed it and a quorum cosigned it. Raises NotCosigned."""
        return self.opened(note).checkpoint

    def opened(self, note: bytes) -> Cosigned:
        """As `check`, with who cosigned and when. Raises NotCosigned, also for a bad signature of a known witness."""
        try:
            log, head = self._signed(note)
            by_key = {one.key: one.name for one in self.witnesses}
            found = [(by_key[key], time_of(blob)) for key, blob in signed_by(parse(note), by_key)]
        except BadNote as error:
            raise NotCosigned(why=str(error.details["why"])) from error
        times = {name: at for name, at in sorted(found, key=lambda one: one[1])}  # of two of one witness, the later
        if not self.satisfied_by(times):
            cosigners = ", ".join(sorted(times)) or "nobody"
            raise NotCosigned(why=f"the quorum is {self.quorum}, and {cosigners} has cosigned")
        return Cosigned(head, log, times, self._as_of(times))

    def _signed(self, note: bytes) -> tuple[VerifierKey, Checkpoint]:
        origin = note.partition(b"\n")[0].decode(errors="replace")
        known = [key for key in self.logs if key.name == origin]
        if not known:
            raise BadNote(why=f"the policy does not know the log {origin[:200]}")
        for key in known:
            if signed_by(parse(note), [key]):
                return key, open_checkpoint(note, key)
        raise BadNote(why="its log has not signed it")

    def _as_of(self, times: Mapping[str, int]) -> int:
        late = sorted(times, key=lambda name: -times[name])
        counts = (count for count in range(1, len(late) + 1) if self.satisfied_by(late[:count]))
        return 0 if not self.asks_outsiders else times[late[next(counts) - 1]]

    def _has(self, name: str, cosigners: Set[str]) -> bool:
        group = self.groups.get(name)
        if group is None:
            return name in cosigners
        return sum(self._has(member, cosigners) for member in group.members) >= group.needs


class _Draft:
    """A policy while its lines are read."""

    def __init__(self) -> None:
        self.logs: list[VerifierKey] = []
        self.witnesses: list[KnownWitness] = []
        self.groups: dict[str, Group] = {}
        self.quorum: str | None = None
        self._free: dict[str, bool] = {}  # every name, and whether it may still become a member

    def add(self, words: list[str]) -> None:
        """One line that is not empty. Raises BadPolicy, BadNote."""
        match words:
            case ["log", vkey, *rest] if len(rest) < 2:
                self._add_log(VerifierKey.parse(vkey))
            case ["witness", name, vkey, *rest] if len(rest) < 2:
                self._add_witness(KnownWitness(name, CosignerKey.parse(vkey), *rest))
            case ["group", name, needs, _, *_]:
                self._add_group(name, needs, words[3:])
            case ["quorum", name]:
                if self.quorum is not None:
                    raise BadPolicy(why="there is a second quorum")
                if name != NONE:
                    self._known(name)
                self.quorum = name
            case _:
                raise BadPolicy(why="this is no line of a policy")

    def _add_log(self, key: VerifierKey) -> None:
        if any(key.public == other.public for other in self.logs):
            raise BadPolicy(why="a log's key stands there twice")
        self.logs.append(key)

    def _add_witness(self, witness: KnownWitness) -> None:
        if any(witness.key.public == other.key.public for other in self.witnesses):
            raise BadPolicy(why="a witness's key stands there twice")
        self._name(witness.name)
        self.witnesses.append(witness)

    def _add_group(self, name: str, needs: str, members: list[str]) -> None:
        for member in members:
            self._known(member)
            if not self._free[member]:
                raise BadPolicy(why=f"{member} is a member twice")
            self._free[member] = False
        least = {"any": "1", "all": str(len(members))}.get(needs, needs)
        if not (least.isascii() and least.isdecimal() and not least.startswith("0") and int(least) <= len(members)):
            raise BadPolicy(why=f"{needs} of {len(members)} is no threshold")
        self._name(name)
        self.groups[name] = Group(int(least), tuple(members))

    def _name(self, name: str) -> None:
        if name == NONE or name in self._free:
            raise BadPolicy(why=f"the name {name} is taken")
        self._free[name] = True

    def _known(self, name: str) -> None:
        if name not in self._free:
            raise BadPolicy(why=f"{name} is not defined above")


def _lines(data: bytes) -> list[str]:
    """The lines of a policy; octets beyond ASCII stay what they are, whatever their encoding."""
    if any(octet < 0x20 and octet not in b"\t\n" for octet in data) or b"\x7f" in data:
        raise BadPolicy(why="it has control characters")
    if data and not data.endswith(b"\n"):
        raise BadPolicy(why="its last line does not end: it may be cut short")
    return data.decode(errors="surrogateescape").split("\n")
