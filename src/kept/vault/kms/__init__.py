"""Root keys, and the four places where they can be: files, a PKCS #11 token, AWS KMS, OpenBao or Vault."""

from kept.vault.kms.key_files import VAULT_USER, check_folder, hand_over, make_folder, make_key_file, read_key_file
from kept.vault.kms.local import LocalKms
from kept.vault.kms.opening import open_kms
from kept.vault.kms.port import Kms, Wrapped

__all__ = [
    "VAULT_USER",
    "Kms",
    "LocalKms",
    "Wrapped",
    "check_folder",
    "hand_over",
    "make_folder",
    "make_key_file",
    "open_kms",
    "read_key_file",
]
