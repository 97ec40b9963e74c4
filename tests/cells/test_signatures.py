"""Message signatures to the letter: the RFC's own test vectors, and no second reading of anything."""

import base64

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st

from kept.cells.signatures import (
    BadSignature,
    Message,
    check_digest,
    content_digest,
    signature_base,
    signature_fields,
    signature_of,
    verify,
)
from kept.cells.structured import BadField, InnerList, Item, dictionary

# RFC 9421, B.1.4: test-key-ed25519; B.2: test-request; B.2.6: signing a request using ed25519
SECRET = base64.urlsafe_b64decode("n4Ni-HpISpVObnQMW0wOhCKROaIKqKtW_2ZYb2p9KcU=")
PUBLIC = base64.urlsafe_b64decode("JrQLj5P_89iXES9-vFgrIy29clF9CC_oPPsw3c5D0bs=")
BODY = b'{"hello": "world"}'
FIELDS = {
    "host": "example.com",
    "date": "Tue, 20 Apr 2021 02:07:55 GMT",
    "content-type": "application/json",
    "content-digest": "sha-512=:WZDPaVn/7XgHaAy8pmojAkGWoRx2UFChF41A2svX+TaPm+AbwAgBWnrIiYllu7BNNyealdVLvRwEmTHWXvJwew==:",
    "content-length": "18",
    "signature-input": 'sig-b26=("date" "@method" "@path" "@authority" "content-type" "content-length")'
    ';created=1618884473;keyid="test-key-ed25519"',
    "signature": "sig-b26=:wqcAqbmYJ2ji2glfAMaRy4gruYYnx2nEFN2HN6jrnDnQCK1u02Gb04v9EDgwUPiu4A0w6vuQv5lIp5WPpBKRCw==:",
}
DERIVED = {"@method": "POST", "@path": "/foo", "@authority": "example.com"}
EXPECTED_BASE = b"""\
"date": Tue, 20 Apr 2021 02:07:55 GMT
"@method": POST
"@path": /foo
"@authority": example.com
"content-type": application/json
"content-length": 18
"@signature-params": ("date" "@method" "@path" "@authority" "content-type" "content-length")\
;created=1618884473;keyid="test-key-ed25519\""""


class Key:
    def __init__(self, seed: bytes) -> None:
        self._key = Ed25519PrivateKey.from_private_bytes(seed)

    def sign(self, data: bytes) -> bytes:
        return self._key.sign(data)


def test_the_rfcs_ed25519_vector_verifies_and_its_base_is_the_rfcs() -> None:
    message = Message(FIELDS, DERIVED)
    signed = signature_of(message, tag="", label="sig-b26")
    assert signature_base(message, signed.covers) == EXPECTED_BASE
    assert (signed.key_id, signed.created) == ("test-key-ed25519", 1618884473)
    verify(message, signed, PUBLIC)


def test_we_sign_as_the_rfc_does() -> None:
    message = Message({name: value for name, value in FIELDS.items() if "sign" not in name}, DERIVED)
    components = ["date", "@method", "@path", "@authority", "content-type", "content-length"]
    made = signature_fields(message, Key(SECRET), components, {"created": 1618884473, "keyid": "test-key-ed25519"})
    assert made["signature-input"].partition("=")[2] == FIELDS["signature-input"].partition("=")[2]
    assert made["signature"].partition("=")[2] == FIELDS["signature"].partition("=")[2]


def test_the_rfcs_content_digest_is_good_and_another_body_is_not() -> None:
    check_digest(FIELDS["content-digest"], BODY)
    check_digest(content_digest(BODY), BODY)
    check_digest("md5=:AAAA:, " + content_digest(BODY), BODY)  # what we don't know is not looked at
    for text in (FIELDS["content-digest"], content_digest(BODY)):
        with pytest.raises(BadSignature, match="not the one"):
            check_digest(text, BODY + b" ")
    with pytest.raises(BadSignature, match="no digest"):
        check_digest("md5=:AAAA:", BODY)


@pytest.mark.parametrize("name", ["date", "content-type", "content-length", "@method", "@path", "@authority"])
def test_a_change_of_anything_covered_is_found(name: str) -> None:
    fields = {key: value + ("x" if key == name else "") for key, value in FIELDS.items()}
    derived = {key: value + ("x" if key == name else "") for key, value in DERIVED.items()}
    message = Message(fields, derived)
    with pytest.raises(BadSignature):
        verify(message, signature_of(message, tag="", label="sig-b26"), PUBLIC)


def test_every_parameter_is_covered_and_what_must_be_covered_is_asked_for() -> None:
    altered = FIELDS | {"signature-input": FIELDS["signature-input"].replace("1618884473", "1618884474")}
    message = Message(altered, DERIVED)
    with pytest.raises(BadSignature):
        verify(message, signature_of(message, tag="", label="sig-b26"), PUBLIC)
    message = Message(FIELDS, DERIVED)
    with pytest.raises(BadSignature, match="doesn't cover"):
        verify(message, signature_of(message, tag="", label="sig-b26"), PUBLIC, must_cover=['"content-digest"'])


def test_a_response_covers_the_request_that_it_answers() -> None:
    request = Message({"kept-sequence": "7"}, {"@method": "POST"})
    answer = Message({"kept-sequence": "7"}, {"@status": "200"}, request)
    covered = ["@status", Item("kept-sequence", {"req": True})]
    params = {"created": 1, "keyid": "k", "tag": "t"}
    signed = dict(answer.fields) | signature_fields(answer, Key(SECRET), covered, params)
    good = Message(signed, answer.derived, request)
    verify(good, signature_of(good, tag="t"), PUBLIC)
    other = Message(signed, answer.derived, Message({"kept-sequence": "8"}, {"@method": "POST"}))
    with pytest.raises(BadSignature):
        verify(other, signature_of(other, tag="t"), PUBLIC)
    alone = Message(signed, answer.derived)
    with pytest.raises(BadSignature, match="can't be covered"):
        verify(alone, signature_of(alone, tag="t"), PUBLIC)


def test_a_component_that_stands_twice_or_isnt_there_is_refused() -> None:
    message = Message({}, DERIVED)
    for items in (("@method", "@method"), ("@status",), ("date",)):
        with pytest.raises(BadSignature):
            signature_base(message, InnerList(tuple(Item(name) for name in items), {}))


@pytest.mark.parametrize(
    "text",
    ["a", "a=", "a=1", "a=(", 'a=("x"', 'a=("x"  "y")', "a=:_:", "a=:QQ==:,", "a=:QQ==:, a=:QQ==:", 'a=("x";)', "A=()",
     'a=("\u00e9")', 'a=("x");b=1;b=2', "a=:QQ==: b=:QQ==:"],
)
def test_what_is_not_in_the_one_form_is_refused(text: str) -> None:
    with pytest.raises(BadField):
        dictionary(text)


@given(
    names=st.lists(st.text(alphabet=st.characters(min_codepoint=32, max_codepoint=126), max_size=12), max_size=5),
    created=st.integers(0, 10**12),
    key=st.text(alphabet=st.characters(min_codepoint=32, max_codepoint=126), max_size=12),
)
def test_what_is_written_is_read_as_it_was(names: list[str], created: int, key: str) -> None:
    made = InnerList(tuple(Item(name) for name in names), {"created": created, "keyid": key, "flag": True})
    read = dictionary(f"kept={made.text}")["kept"]
    assert read == made
    assert isinstance(read, InnerList)
    assert read.text == made.text
