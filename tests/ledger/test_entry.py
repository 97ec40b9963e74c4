"""What may become an entry, and what it looks like."""

import hashlib
import json
from datetime import UTC, datetime, timedelta, timezone
from typing import Any
from uuid import UUID, uuid4

import pytest
import rfc8785
from hypothesis import given
from hypothesis import strategies as st

from kept.ledger import BadEntry, Entry, NotForTheLedger, commitment, read
from kept.ledger.entry import canonical, write

NOW = datetime(2026, 11, 23, 12, 0, 0, 123456, tzinfo=UTC)
OWNER = UUID("01a20720-3578-7000-93a9-cf9b71aa54c6")

PEOPLE = st.one_of(
    st.none(),
    st.binary(min_size=16, max_size=32).map(bytes.hex),
    st.uuids().map(str),
    st.sampled_from(["system:sweeper", "system:retention_sweep"]),
)
OBJECTS = st.one_of(
    st.none(), st.uuids().map("video:{}".format), st.sampled_from(["table:guard_refusal", "document:terms-2026-01"])
)
NUMBERS = st.integers(-(2**53) + 1, 2**53 - 1) | st.floats(allow_nan=False, allow_infinity=False)
PLAIN = st.recursive(
    st.none() | st.booleans() | NUMBERS | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)

PERSONAL = [
    "ada@example.org", "Ada Lovelace", "ada", "ada_lovelace", "ada.lovelace", "+441632960961", "441632960961", "192.0.2.7",
    "2001:db8::1", "00:1b:44:11:3a:b7", "00-1b-44-11-3a-b7", "001b.4411.3ab7", "1990-01-02", "handle:ada", "video:ada",
    "", " ", "a" * 21, "x" * 200, str(OWNER) + "\n", f" {OWNER}", f"{OWNER}@example.org", "élève-élève-élève-élève",
    f"video:{OWNER}:ada", "system:ada lovelace", str(OWNER).upper() + "!",
]  # fmt: skip


@pytest.mark.parametrize("text", PERSONAL)
@pytest.mark.parametrize("field", ["actor", "subject", "object"])
def test_a_text_that_could_be_personal_is_refused_and_not_repeated(field: str, text: str) -> None:
    with pytest.raises(NotForTheLedger) as refused:
        Entry("video.published", **{field: text})
    assert not text.strip() or text not in str(refused.value)


@pytest.mark.parametrize("event", ["", "published", "Video.published", "video.", "video published", "video..x", "a@b.c"])
def test_an_event_is_dotted_words(event: str) -> None:
    with pytest.raises(NotForTheLedger):
        Entry(event)


def test_purpose_and_policy_have_their_own_shapes() -> None:
    assert Entry("a.b", purpose="essential.service.security", policy="0" * 64).policy == "0" * 64
    for bad in ({"purpose": "because he asked"}, {"policy": "abc"}, {"policy": "G" * 64}):
        with pytest.raises(NotForTheLedger):
            Entry("a.b", **bad)


def test_details_need_an_owner_and_plain_values() -> None:
    with pytest.raises(NotForTheLedger, match="owner"):
        Entry("a.b", details={"reason": "spam"})
    for bad in ({"x": object()}, {"x": float("nan")}, {"x": 2**53}, {"x": "\ud800"}, {"x": "y" * 20_000}):
        with pytest.raises(NotForTheLedger):
            Entry("a.b", owner=OWNER, details=bad)


@given(PEOPLE, PEOPLE, OBJECTS, st.none() | st.dictionaries(st.text(), PLAIN, max_size=3))
def test_an_entry_is_canonical_json_and_reads_back(
    actor: str | None, subject: str | None, thing: str | None, details: dict[str, Any] | None
) -> None:
    entry = Entry("video.published", actor=actor, subject=subject, object=thing, details=details, owner=OWNER)
    waiting, detail = write(entry, cell="eu", now=NOW)
    assert rfc8785.dumps(json.loads(waiting.payload)) == waiting.payload
    leaf = read(waiting.payload)
    assert (leaf.id, leaf.actor, leaf.subject, leaf.object) == (waiting.entry_id, actor, subject, thing)
    assert (detail is None) == (details is None)
    assert leaf.details == (commitment(detail.salt, detail.details) if detail else None)


def test_details_are_committed_to_under_a_salt_and_do_not_enter_the_log() -> None:
    entry = Entry("video.withdrawn", owner=OWNER, details={"reason": "spam", "by": "a person"})
    (one, first), (two, second) = (write(entry, cell="eu", now=NOW) for _ in range(2))
    assert first is not None
    assert second is not None
    assert first.details == b'{"by":"a person","reason":"spam"}' == second.details
    assert len(first.salt) == 32 != second.salt != first.salt
    assert b"spam" not in one.payload
    assert str(OWNER).encode() not in one.payload
    assert read(one.payload).details == hashlib.sha256(first.salt + first.details).hexdigest() != read(two.payload).details


def test_an_entry_that_is_written_twice_is_two_entries() -> None:
    entry = Entry("video.published")
    assert write(entry, cell="eu", now=NOW)[0].entry_id != write(entry, cell="eu", now=NOW)[0].entry_id


def test_times_are_utc_to_the_millisecond() -> None:
    east = NOW.astimezone(timezone(timedelta(hours=5, minutes=30)))
    assert read(write(Entry("a.b"), cell="eu", now=east)[0].payload).at == "2026-11-23T12:00:00.123Z"


def test_bytes_that_we_would_not_have_written_are_refused() -> None:
    good = write(Entry("video.published", object=f"video:{uuid4()}"), cell="eu", now=NOW)[0].payload
    value = json.loads(good)
    bad = [
        b"", b"{}", b"[]", b"null", good + b" ", b" " + good, good[:-1], good.replace(b'"v":1', b'"v":2'),
        good.replace(b'"v":1', b'"v":1.0'), good.replace(b'"v":1', b'"v":1,"x":2'), good.replace(b"eu", b"EU"),
        good.replace(b'"eu"', b'"\\u0065u"'), json.dumps(dict(reversed(value.items())), separators=(",", ":")).encode(),
        good.replace(b'"v":1', b'"v":1,"v":1'), canonical({**value, "actor": "ada@example.org"}),
        canonical({**value, "id": value["id"].upper()}), canonical({**value, "at": "2026-11-23 12:00:00"}),
        canonical({**value, "actor": None}),
    ]  # fmt: skip
    for payload in bad:
        with pytest.raises(BadEntry):
            read(payload)
