"""The tables of a cell's key store, apart from its data: wrapped keys, and what makes a destroyed one stay destroyed."""

from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import MappedColumn

from kept.catalog import Category, Erasure, Keep, KeyRow, Level, Purpose, field, owner_field, record, system

_MOMENT = sa.DateTime(timezone=True)


def _when(about: str, **column: Any) -> MappedColumn[Any]:
    return field(Category.OPERATIONS, Level.INTERNAL, Purpose.SECURITY, about=about, type_=_MOMENT, **column)


def _number(about: str, type_: type[sa.Integer] = sa.Integer, **column: Any) -> MappedColumn[Any]:
    column.setdefault("autoincrement", False)
    return field(Category.OPERATIONS, Level.INTERNAL, Purpose.SECURITY, about=about, type_=type_(), **column)


def _wrapped(about: str) -> MappedColumn[Any]:
    return field(Category.OPERATIONS, Level.SECRET, Purpose.SECURITY, about=about, type_=sa.LargeBinary())


def _name(about: str, **column: Any) -> MappedColumn[Any]:
    return field(Category.OPERATIONS, Level.INTERNAL, Purpose.SECURITY, about=about, type_=sa.Text(), **column)


class KeyStore(KeyRow):
    """One row: whose store this is, and its generation."""

    __tablename__ = "key_store"
    law = system(
        "Whose key store this is, and how many destructions it has seen.",
        keep=Keep.after_withdrawal("retired_at", "needed while the cell is in service", days=1),
    )
    cell = _name("The cell whose keys these are.", primary_key=True)
    region = _name("The region under whose root they are wrapped.")
    generation = _number("Counts the times that keys in memory became stale, so that no cache misses one.", sa.BigInteger)
    retired_at = _when("When the cell went out of service.", nullable=True)


class BucketKey(KeyRow):
    """One of a cell's 4,096 bucket keys, wrapped by the region's root; made when its first member comes."""

    __tablename__ = "bucket_key"
    law = system(
        "Keys that wrap the keys of members, one for each of 4,096 groups.",
        keep=Keep.after_withdrawal("retired_at", "needed while it wraps a member's key", days=1),
    )
    bucket = _number("Which of the 4,096.", sa.SmallInteger, primary_key=True)
    version = _number("Counts up when the bucket's key is replaced.", primary_key=True)
    root_epoch = _number("The root key that it is wrapped under.")
    wrapped = _wrapped("The key, wrapped.")
    made_at = _when("When it was made.")
    retired_at = _when("When a newer version took over and nothing was left under it.", nullable=True)


class CellSecret(KeyRow):
    """A key of the cell itself, wrapped by the region's root."""

    __tablename__ = "cell_secret"
    law = system(
        "Keys of the cell itself, such as that of its blind indexes.",
        keep=Keep.after_withdrawal("retired_at", "needed while the cell is in service", days=1),
    )
    name = _name("What it is for.", primary_key=True)
    root_epoch = _number("The root key that it is wrapped under.")
    wrapped = _wrapped("The key, wrapped.")
    made_at = _when("When it was made.")
    retired_at = _when("When it was replaced.", nullable=True)


class MemberKey(KeyRow):
    """A member's key, wrapped by the key of their bucket. All that is sealed for them hangs on these 61 bytes."""

    __tablename__ = "member_key"
    law = record(
        "The key under which everything private of a member is sealed.",
        keep=Keep.after_closure("without it the member's data can't be read", days=0),
        erasure=Erasure.SHRED,
    )
    owner_id = owner_field()
    epoch = _number("Which of the member's keys this is; every sealed value says under which it was sealed.")
    sealed_as = _name("The cell in which the key was made. Every value is bound to that name, wherever the key moves.")
    bucket_version = _number("The version of the bucket's key that it is wrapped under.")
    wrapped = _wrapped("The key, wrapped.")
    made_at = _when("When it was made.")


class ShreddedKey(KeyRow):
    """A tombstone: this id had its key destroyed, and gets no other."""

    __tablename__ = "shredded_key"
    law = system(
        "Opaque ids whose keys were destroyed.",
        keep=Keep.after_creation("shredded_at", "a restored backup must forget them again", days=3650),
    )
    member_id = field(
        Category.ID, Level.INTERNAL, Purpose.LEGAL, about="Whose key it was.", type_=sa.Uuid(), primary_key=True
    )
    shredded_at = _when("When it was destroyed.")
    generation = _number("The store's generation with this destruction.", sa.BigInteger, index=True)


class KeyReader(KeyRow):
    """A process that may hold keys in memory, and which destructions it has obeyed. See `lease.py`."""

    __tablename__ = "key_reader"
    law = system(
        "Processes that may hold keys in memory.",
        keep=Keep.after_last_use("seen_at", "a process that ended holds nothing", days=1),
    )
    reader_id = field(
        Category.OPERATIONS, Level.INTERNAL, Purpose.SECURITY, about="The process.", type_=sa.Uuid(), primary_key=True
    )
    seen = _number("The generation up to which it has forgotten what was destroyed.", sa.BigInteger)
    lease_seconds = field(
        Category.OPERATIONS, Level.INTERNAL, Purpose.SECURITY, about="How long it trusts its memory without asking.",
        type_=sa.Double(),
    )
    seen_at = _when("When it said so.")


class KeyEntry(KeyRow):
    """An entry for the ledger that the vault made, until it is in the outbox of its cell."""

    __tablename__ = "key_entry"
    law = system(
        "Ledger entries that the vault made, on their way to their cell.",
        keep=Keep.after_creation("created_at", "accountability: deleted once the cell has it", days=3650).unless("true"),
    )
    entry_id = field(
        Category.OPERATIONS, Level.INTERNAL, Purpose.LEGAL, about="The entry.", type_=sa.Uuid(), primary_key=True
    )
    payload = field(
        Category.OPERATIONS,
        Level.INTERNAL,
        Purpose.LEGAL,
        about="Canonical JSON of opaque ids, pseudonyms and a salted commitment.",
        type_=sa.LargeBinary(),
    )
    created_at = _when("When the act happened.")


class AuthorisedOpening(KeyRow):
    """That something was opened for others: for which reason, in which case, how much; not whose it was."""

    __tablename__ = "authorised_opening"
    law = system(
        "What was opened for authorities or to enforce the guidelines, and under which authorisation.",
        keep=Keep.after_creation("opened_at", "accountability", days=730),
    )
    opening_id = field(
        Category.OPERATIONS,
        Level.INTERNAL,
        Purpose.LEGAL,
        about="The opening's own entry in the ledger.",
        type_=sa.Uuid(),
        primary_key=True,
    )
    authorisation_id = field(
        Category.OPERATIONS,
        Level.INTERNAL,
        Purpose.LEGAL,
        about="The ledger entry that authorised it.",
        type_=sa.Uuid(),
        index=True,
    )
    case_ref = _name("The case, an opaque reference.")
    reason = _name("The reason.")
    place = _name("Table and column.")
    opened = _number("How many values.")
    salt = field(
        Category.OPERATIONS,
        Level.INTERNAL,
        Purpose.LEGAL,
        about="With `details`, what the opening's entry commits to.",
        type_=sa.LargeBinary(),
    )
    details = field(
        Category.OPERATIONS,
        Level.INTERNAL,
        Purpose.LEGAL,
        about="Authorisation, place and number, as canonical JSON.",
        type_=sa.LargeBinary(),
    )
    opened_at = _when("When.")


class KeyRotation(KeyRow):
    """A rotation: where it is, so that whoever goes on after a crash goes on there."""

    __tablename__ = "key_rotation"
    law = system(
        "When this cell's keys were wrapped anew under a new root.",
        keep=Keep.after_creation("started_at", "accountability", days=3650),
    )
    rotation_id = field(
        Category.OPERATIONS, Level.INTERNAL, Purpose.SECURITY, about="The rotation.", type_=sa.Uuid(), primary_key=True
    )
    from_epoch = _number("The newest root in use before.")
    to_epoch = _number("The root that everything is wrapped under after.", nullable=True)
    step = _name("Where it is.")
    reached = field(
        Category.OPERATIONS,
        Level.INTERNAL,
        Purpose.SECURITY,
        about="The last member whose key was looked at.",
        type_=sa.Uuid(),
        nullable=True,
    )
    members = _number("Members' keys wrapped anew so far.", sa.BigInteger)
    started_at = _when("When it began.")
    finished_at = _when("When everything was under the new root.", nullable=True)
