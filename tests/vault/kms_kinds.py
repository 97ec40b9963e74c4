"""Each kind of key management, real or as near as a test gets: files, a SoftHSM token, AWS's interface, OpenBao's rules."""

import atexit
import functools
import itertools
import os
import shutil
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pytest

from kept.vault import Kms, LocalKms
from tests.vault.openbao_double import TOKEN, Transit

KINDS = ("local", "pkcs11", "aws", "openbao")
Another = Callable[[], Kms]
"""Opens the same roots once more, as another process would."""

_MODULES = ("/usr/lib/softhsm/libsofthsm2.so", "/usr/lib/x86_64-linux-gnu/softhsm/libsofthsm2.so")
PIN = "1234"
TOKEN_LABEL = "kept tests"
_numbers = itertools.count(1)


@contextmanager
def roots(kind: str, folder: Path) -> Iterator[Another]:
    """A key management of a kind, empty."""
    with ExitStack() as stack:
        yield {"local": _local, "pkcs11": _pkcs11, "aws": _aws, "openbao": _openbao}[kind](folder, stack)


def _local(folder: Path, _: ExitStack) -> Another:
    return lambda: LocalKms(folder / "keys")


def softhsm() -> Path:
    """The module; skips, loudly, where there is none."""
    found = next((Path(path) for path in _MODULES if Path(path).exists()), None)
    if found is None or shutil.which("softhsm2-util") is None:
        pytest.skip("NO SOFTHSM2 HERE: roots in a PKCS #11 token were not tried")
    return found


@functools.cache
def token() -> None:
    """One token for all tests of this process: SoftHSM looks for its configuration and its tokens once."""
    home = Path(tempfile.mkdtemp(prefix="kept-softhsm-"))
    atexit.register(shutil.rmtree, home)
    (home / "tokens").mkdir()
    (home / "softhsm2.conf").write_text(f"directories.tokendir = {home / 'tokens'}\nlog.level = ERROR\n")
    os.environ["SOFTHSM2_CONF"] = str(home / "softhsm2.conf")
    command = ["softhsm2-util", "--init-token", "--free", "--label", TOKEN_LABEL, "--pin", PIN, "--so-pin", PIN]
    subprocess.run(command, check=True, capture_output=True)


def _pkcs11(_: Path, __: ExitStack) -> Another:
    module = softhsm()
    from kept.vault.kms.pkcs11 import Pkcs11Kms

    token()
    prefix = f"kept{next(_numbers)}"
    return lambda: Pkcs11Kms(module, TOKEN_LABEL, PIN, prefix=prefix)


def _aws(_: Path, stack: ExitStack) -> Another:
    from moto.server import ThreadedMotoServer

    from kept.vault.kms.aws import AwsKms

    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    stack.callback(server.stop)
    host, port = server.get_host_and_port()
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        os.environ.setdefault(name, "for-tests")
    _forget_what_moto_knows()
    return lambda: AwsKms("eu-central-1", endpoint=f"http://{host}:{port}")


def _forget_what_moto_knows() -> None:
    from moto.kms.models import kms_backends

    kms_backends.reset()


def _openbao(_: Path, stack: ExitStack) -> Another:
    from kept.vault.kms.openbao import OpenBaoKms

    transit = Transit()
    stack.callback(transit.close)
    return lambda: OpenBaoKms(transit.address, TOKEN)
