"""What the vault's process does for each question. The verbs are those of `KeyHolder`, with its checks."""

from collections.abc import Mapping
from typing import assert_never

from kept.kit import Fatal, KeptError
from kept.vault.apart import messages as m
from kept.vault.errors import UnknownCell
from kept.vault.holding import KeyHolder
from kept.vault.sealed import Sealed


async def answer(vaults: Mapping[str, KeyHolder], cell: str, ask: m.Asks) -> object:
    """The answer, of the type that the question says. Raises what the verb raises, and UnknownCell."""
    vault = _named(vaults, cell)
    match ask:
        case m.Reach() | m.Lend() | m.LookAt() | m.Say() | m.Withdraw() | m.Start() | m.Create() | m.Shred():
            return await _of_keys(vault, ask)
        case m.HandOver(member_ids, to):
            return await vault.hand_over(member_ids, _named(vaults, to))
        case m.Forget(member_ids):
            return await vault.forget(member_ids)
        case m.OpenAuthorised(member_id, place, values, reason, proof):
            sealed = [(row_id, Sealed(blob)) for row_id, blob in values]
            return await vault.open_authorised(member_id, place, sealed, reason=reason, proof=proof)
        case m.OpeningsFrom(skip):
            return (await vault.openings())[skip : skip + m.MANY]
        case m.Committed(entry_id):
            return await vault.committed(entry_id)
        case m.Entries():
            return await vault.entries()
        case m.EntriesCarried(entry_ids):
            await vault.entries_carried(entry_ids)
            return None
        case _:
            return await _of_the_cell(vault, ask)


async def _of_keys(
    vault: KeyHolder, ask: m.Reach | m.Lend | m.LookAt | m.Say | m.Withdraw | m.Start | m.Create | m.Shred
) -> object:
    """Members' keys, and who has them in memory."""
    match ask:
        case m.Lend(member_id):
            lent = await vault.lend(member_id)
            try:
                return m.Lent(bytes(lent.key), lent.epoch, lent.sealed_as)
            finally:
                lent.zero()
        case m.LookAt(reader_id, seen, limit):
            return await vault.readers.look(reader_id, seen, limit)
        case m.Say(reader_id, seen, seconds, at):
            await vault.readers.say(reader_id, seen, seconds, at)
        case m.Withdraw(reader_id):
            await vault.readers.withdraw(reader_id)
        case m.Reach():
            await vault.reach()
        case m.Start():
            await vault.start()
            return vault.region
        case m.Create(member_id):
            await vault.create(member_id)
        case m.Shred(member_id):
            return await vault.shred(member_id)
        case _:
            assert_never(ask)
    return None


async def _of_the_cell(
    vault: KeyHolder,
    ask: m.LatestRotation
    | m.BeginRotation
    | m.RotateOn
    | m.OldestRoot
    | m.DestroyRoots
    | m.BlindIndexes
    | m.EnvelopeKey
    | m.OpenEnvelope
    | m.BackupKey,
) -> object:
    """What is the cell's own: its roots, its indexes, its envelopes, the key of its backups."""
    match ask:
        case m.LatestRotation():
            return await vault.rotation()
        case m.BeginRotation():
            return await vault.begin_rotation()
        case m.RotateOn():
            return await vault.rotate_on()
        case m.OldestRoot():
            return await vault.oldest_root()
        case m.DestroyRoots(before):
            return await vault.destroy_roots(before)
        case m.BlindIndexes(texts):
            return await vault.blind_indexes(texts)
        case m.EnvelopeKey():
            return await vault.envelope_key()
        case m.OpenEnvelope(context, envelope):
            return await vault.open_envelope(context, envelope)
        case m.BackupKey(stored):
            return await vault.backup_key(stored)
        case _:
            assert_never(ask)


def refusal_of(error: KeptError | Fatal) -> m.Refusal:
    """An error as it is told: no traceback, and no value that the error itself does not show to people."""
    if isinstance(error, KeptError):
        return m.Refusal(type(error).__name__, {name: str(value) for name, value in error.details.items()})
    return m.Refusal(type(error).__name__, said=str(error))


def _named(vaults: Mapping[str, KeyHolder], cell: str) -> KeyHolder:
    try:
        return vaults[cell]
    except KeyError:
        raise UnknownCell(cell=cell) from None
