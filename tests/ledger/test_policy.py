"""Trust policies: c2sp.org/tlog-policy. What a policy file may say, and which checkpoints satisfy it."""

from itertools import combinations

import pytest

from kept.ledger import BadPolicy, BadProof, Checkpoint, Cosigner, NotCosigned, Quorum, Signer, check_proof
from kept.ledger.formats.cosignature import ML_DSA_44
from kept.ledger.formats.merkle import leaf_hash

LOG = Signer("log.example/a", bytes(range(32)))
HEAD = Checkpoint("log.example/a", 1, leaf_hash(b"entry"))
W = {
    name: Cosigner(f"witness.example/{name.lower()}", bytes([number]) * 32)
    for number, name in enumerate(("X1", "X2", "X3", "Y1", "Y2", "Y3"), 1)
}
KEYS = "".join(f"witness {name} {one.vkey.text}\n" for name, one in W.items())
EXAMPLE = f"""# the specification's example
log {LOG.vkey.text}

{KEYS}
group X-witnesses 2 X1 X2 X3
group Y-witnesses any Y1 Y2 Y3
\tgroup  X-and-Y\tall X-witnesses Y-witnesses\x20
quorum X-and-Y
"""


def policy(text: str) -> Quorum:
    return Quorum.parse(text.encode())


def cosigned(*names: str, at: int = 1_800_000_000, head: Checkpoint = HEAD, log: Signer = LOG) -> bytes:
    return (head.signed(log) + "".join(W[name].line(head.text, at + nth) for nth, name in enumerate(names))).encode()


def test_the_specifications_example_asks_for_two_x_and_one_y() -> None:
    quorum = policy(EXAMPLE)
    assert quorum.asks_outsiders
    for count in range(len(W) + 1):
        for names in combinations(W, count):
            enough = sum(name[0] == "X" for name in names) >= 2 and any(name[0] == "Y" for name in names)
            assert quorum.satisfied_by(names) is enough
            if enough:
                assert quorum.check(cosigned(*names)) == HEAD
            else:
                with pytest.raises(NotCosigned):
                    quorum.check(cosigned(*names))


def test_a_quorum_tells_who_cosigned_when_and_until_when_a_whole_quorum_vouches() -> None:
    opened = policy(EXAMPLE).opened(cosigned("X1", "Y1", "X2", "X3", at=100))
    assert opened.times == {"X1": 100, "Y1": 101, "X2": 102, "X3": 103}
    assert opened.as_of == 101
    assert (opened.log, opened.checkpoint) == (LOG.vkey, HEAD)


def test_the_later_of_two_cosignatures_of_one_witness_counts() -> None:
    note = cosigned("X1", at=200) + W["X1"].line(HEAD.text, 100).encode()
    assert policy(KEYS + f"log {LOG.vkey.text}\nquorum X1\n").opened(note).as_of == 200


def test_cosignatures_without_the_logs_own_signature_are_nothing() -> None:
    note = HEAD.text + "\n" + "".join(one.line(HEAD.text, 9) for one in W.values())
    with pytest.raises(NotCosigned, match="log has not signed"):
        policy(EXAMPLE).check(note.encode())


@pytest.mark.parametrize(
    "note",
    [
        b"", b"\n\n", cosigned("X1", "X2", "Y1", log=Signer("log.example/a", bytes(32))),
        cosigned("X1", "X2", "Y1", head=Checkpoint("log.example/b", 1, HEAD.root)),
        cosigned("X1", "X2", "Y1") + W["X3"].line(HEAD.text + "\n", 9).encode(),
        cosigned("X1", "X2", "Y1").replace(b"\n1\n", b"\n2\n"),
    ],
)  # fmt: skip
def test_what_the_log_did_not_sign_or_a_known_witness_signed_badly_is_refused(note: bytes) -> None:
    with pytest.raises(NotCosigned):
        policy(EXAMPLE).check(note)


def test_signatures_of_unknown_witnesses_are_passed_over() -> None:
    stranger = Cosigner("witness.example/x1", bytes(32)).line(HEAD.text, 9).encode()
    assert policy(EXAMPLE).check(cosigned("X1", "X2", "Y1") + stranger) == HEAD
    with pytest.raises(NotCosigned):
        policy(EXAMPLE).check(cosigned("X2", "Y1") + stranger)


def test_without_a_quorum_the_logs_signature_is_enough() -> None:
    quorum = policy(f"log {LOG.vkey.text}\nquorum none\n")
    assert not quorum.asks_outsiders
    assert quorum.check(cosigned()) == HEAD
    assert quorum.opened(cosigned()).as_of == 0


def test_a_post_quantum_key_is_a_witness_like_any_other() -> None:
    second = Cosigner("witness.example/x1", bytes([9]) * 32, ML_DSA_44)
    text = f"log {LOG.vkey.text}\n{KEYS}witness X1pq {second.vkey.text}\ngroup both all X1 X1pq\nquorum both\n"
    with pytest.raises(NotCosigned):
        policy(text).check(cosigned("X1"))
    assert policy(text).check(cosigned("X1") + second.line(HEAD.text, 9).encode()) == HEAD


def test_a_policy_may_leave_the_log_to_its_user_but_not_name_another() -> None:
    silent = policy(KEYS + "quorum X1\n")
    with pytest.raises(NotCosigned, match="does not know the log"):
        silent.check(cosigned("X1"))
    assert silent.of_log(LOG.vkey).check(cosigned("X1")) == HEAD
    assert policy(EXAMPLE).of_log(LOG.vkey).logs == (LOG.vkey,)
    with pytest.raises(BadPolicy, match="does not know"):
        policy(EXAMPLE).of_log(Signer("log.example/b", bytes(32)).vkey)


def test_a_proof_can_be_held_to_a_quorum() -> None:
    proof = "c2sp.org/tlog-proof@v1\nindex 0\n\n"
    assert check_proof(proof + cosigned("X1", "X2", "Y1").decode(), b"entry", policy(EXAMPLE)) == HEAD
    assert check_proof(proof + cosigned().decode(), b"entry", LOG.vkey) == HEAD
    with pytest.raises(BadProof, match="quorum"):
        check_proof(proof + cosigned("X1").decode(), b"entry", policy(EXAMPLE))


def test_names_and_comments_may_have_any_octets_from_0x80_up() -> None:
    text = f"# caf\xe9\nwitness \xe9 {W['X1'].vkey.text} https://w.example/\xe9\nquorum \xe9\n".encode("latin-1")
    assert Quorum.parse(text).satisfied_by([b"\xe9".decode(errors="surrogateescape")])
    kelvin = policy(f"witness K {W['X1'].vkey.text}\nwitness \u212a {W['X2'].vkey.text}\nquorum K\n")
    assert (kelvin.satisfied_by(["K"]), len(kelvin.witnesses)) == (True, 2)


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("", "no quorum"), (KEYS, "no quorum"), (KEYS + "quorum X1\nquorum X2\n", "line 8: there is a second"),
        (KEYS + "quorum X1", "does not end"), (KEYS + "quorum Z\n", "Z is not defined"),
        ("quorum X1\n" + KEYS, "not defined above"), (KEYS + "group none any X1\nquorum none\n", "name none is taken"),
        (KEYS + "group X1 any X2\nquorum X1\n", "taken"), (KEYS + "group g any none\nquorum g\n", "none is not defined"),
        (KEYS + "group g 0 X1\nquorum g\n", "no threshold"), (KEYS + "group g 3 X1 X2\nquorum g\n", "no threshold"),
        (KEYS + "group g 01 X1\nquorum g\n", "no threshold"), (KEYS + "group g some X1\nquorum g\n", "no threshold"),
        (KEYS + "group g any\nquorum g\n", "no line"), (KEYS + "group g all g\nquorum g\n", "g is not defined"),
        (KEYS + "group g any X1 X1\nquorum g\n", "twice"),
        (KEYS + "group g any X1\ngroup h any X1\nquorum g\n", "X1 is a member twice"),
        (KEYS + f"witness again {W['X1'].vkey.text}\nquorum X1\n", "twice"),
        (f"log {LOG.vkey.text}\nlog {Signer('log.example/b', bytes(range(32))).vkey.text}\nquorum none\n", "twice"),
        (f"witness a {LOG.vkey.text}\nquorum a\n", "not that of a cosigner"),
        (f"log {W['X1'].vkey.text}\nquorum none\n", "not an Ed25519 key"),
        (KEYS + "quorum X1 X2\n", "no line"), (KEYS + "quota X1\n", "no line"), ("log\nquorum none\n", "no line"),
        (KEYS + "quorum X1\r\n", "control"), (KEYS + "quorum X1\x7f\n", "control"),
    ],
)  # fmt: skip
def test_what_is_no_policy_is_refused_with_a_reason(text: str, why: str) -> None:
    with pytest.raises(BadPolicy, match=why):
        policy(text)
