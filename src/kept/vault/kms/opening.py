"""The key management that the settings name. What it needs is loaded only then."""

import os
from collections.abc import Mapping
from pathlib import Path
from urllib.parse import urlsplit

from kept.kit.settings import KEY_SECRETS, BadSettings, Settings
from kept.vault.kms.local import LocalKms
from kept.vault.kms.port import Kms


def open_kms(settings: Settings, environ: Mapping[str, str] = os.environ) -> Kms:
    """Where this installation's roots are.

    Raises:
        BadSettings: something that it needs was not said; says what.
    """
    said = settings.vault
    match said.kms:
        case "pkcs11":
            from kept.vault.kms.pkcs11 import Pkcs11Kms

            module, token = _said("pkcs11_module", said.pkcs11_module), _said("pkcs11_token", said.pkcs11_token)
            pin = _secret("pkcs11_pin_file", said.pkcs11_pin_file, environ, *KEY_SECRETS[:1])
            return Pkcs11Kms(Path(module), token, pin, prefix=said.key_prefix)
        case "aws":
            from kept.vault.kms.aws import AwsKms

            endpoint = _safe("aws_endpoint", said.aws_endpoint)
            return AwsKms(_said("aws_region", said.aws_region), endpoint=endpoint, prefix=said.key_prefix)
        case "openbao":
            from kept.vault.kms.openbao import OpenBaoKms

            address = _safe("openbao_address", _said("openbao_address", said.openbao_address))
            token = _secret("openbao_token_file", said.openbao_token_file, environ, *KEY_SECRETS[1:])
            return OpenBaoKms(address, token, mount=said.openbao_mount, prefix=said.key_prefix)
    return LocalKms(settings.data_folder / "keys")


def _said(name: str, value: str) -> str:
    if not value:
        raise BadSettings(why=f"this vault.kms needs vault.{name}")
    return value


def _safe(name: str, address: str) -> str:
    """An address that nobody can listen to: https, or this machine."""
    parts = urlsplit(address)
    if address and parts.scheme != "https" and parts.hostname not in ("localhost", "127.0.0.1", "::1"):
        raise BadSettings(why=f"vault.{name} has to begin with https://")
    return address


def _secret(name: str, file: str, environ: Mapping[str, str], *variables: str) -> str:
    """A secret from a file, or from the environment; never a setting itself, so that none is ever shown."""
    if file:
        try:
            return Path(file).read_text().strip()
        except OSError as error:
            raise BadSettings(why=f"vault.{name}: {error}") from error
    found = next((environ[one] for one in variables if environ.get(one)), "")
    if not found:
        raise BadSettings(why=f"this vault.kms needs vault.{name}, or {' or '.join(variables)} in the environment")
    return found
