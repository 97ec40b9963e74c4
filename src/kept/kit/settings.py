"""What an operator may say: one TOML file, then the environment, then the command line. `kept config show` documents it.

Every setting is a field below, with its meaning beside it; an unknown name in the file or the environment is refused, for
a misspelt safety setting must not pass in silence. `KEPT_SERVER_PORT=9000` sets `server.port`.
"""

import os
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, Literal, get_args, get_origin, get_type_hints

import msgspec

from kept import __version__
from kept.kit.errors import KeptError, Kind
from kept.kit.versions import read_version


def says(text: str) -> msgspec.Meta:
    """The documentation of a setting."""
    return msgspec.Meta(description=text)


class BadSettings(KeptError):
    code = "bad_settings"
    kind = Kind.INVALID
    message = "The configuration can't be used: {why}"


class Section(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """The base of every group of settings."""


class Server(Section, frozen=True, kw_only=True):
    host: Annotated[str, says("Address to listen on. Plain HTTP is served on loopback only.")] = "127.0.0.1"
    port: Annotated[int, says("Port to listen on.")] = 8080
    certificate: Annotated[str, says("TLS certificate chain (PEM file); with `private_key`, we speak TLS.")] = ""
    private_key: Annotated[str, says("TLS private key (PEM file).")] = ""
    trusted_proxy: Annotated[str, says("Address of the one proxy whose X-Forwarded-* headers are believed.")] = ""
    development: Annotated[bool, says("Show pages for developers, such as /dev/components.")] = False
    public_url: Annotated[str, says("Address that people type, when a proxy or a name stands in front.")] = ""


class Region(Section, frozen=True, kw_only=True):
    residents: Annotated[
        list[str], says("Countries (ISO 3166-1 alpha-2) whose residents live here; `*` for all others.")
    ]
    label: Annotated[str, says("Name shown to people.")] = ""
    provider: Annotated[str, says("Who runs the machines, as published.")] = "this machine"
    cells: Annotated[list[str], says("Cells of the region; one has the region's own name by default.")] = []
    database: Annotated[str, says("PostgreSQL address of the region's data; empty: the embedded server.")] = ""
    keys_database: Annotated[str, says("PostgreSQL address of the region's key store; empty: the embedded server.")] = (
        ""
    )
    objects: Annotated[str, says("Address of the object store (a folder or s3://bucket/prefix); empty: a folder.")] = ""
    backup_sites: Annotated[
        list[str], says("Sites where backups may be kept, as `name=address`; empty: `here`, a folder beside the data.")
    ] = []
    security_team: Annotated[str, says("Team that oversees access to the region's data.")] = ""
    origin: Annotated[str, says("Address of the region's front door, when other processes serve it.")] = ""
    gateway_url: Annotated[str, says("Address at which other regions reach its gateway; empty: its origin.")] = ""
    gateway_key: Annotated[str, says("Public key of its gateway, as `kept regions key` prints it there.")] = ""
    gateway_private_key: Annotated[str, says("File of its gateway's private key; empty: in the folder of keys.")] = ""


class Database(Section, frozen=True, kw_only=True):
    directory: Annotated[str, says("PostgreSQL address of the directory; empty: the embedded server.")] = ""
    ledger: Annotated[str, says("PostgreSQL address of the ledger's head; empty: the embedded server.")] = ""
    jobs: Annotated[str, says("PostgreSQL address of the job engine's tables; empty: the embedded server.")] = ""
    pool: Annotated[int, says("Connections a process keeps to each database, at most.")] = 8


class Ledger(Section, frozen=True, kw_only=True):
    origin: Annotated[str, says("Name of the log (c2sp.org/tlog-checkpoint): its address without the scheme.")] = (
        "localhost/ledger"
    )
    pool_seconds: Annotated[float, says("How long the sequencer gathers entries before it signs.")] = 0.25
    objects: Annotated[str, says("Where tiles and checkpoints are kept; empty: a folder.")] = ""
    witnesses: Annotated[
        str, says("Policy file (c2sp.org/tlog-policy) of the witnesses that are asked to cosign; empty: none.")
    ] = ""


KEY_SECRETS = ("PKCS11_PIN", "BAO_TOKEN", "VAULT_TOKEN")
"""What the environment may hold that opens a key management: for processes that hold keys, and no other."""


class Vault(Section, frozen=True, kw_only=True):
    apart: Annotated[
        bool, says("Whether `kept vault` is a process of its own, and `kept serve` holds no key above a member's.")
    ] = True
    socket: Annotated[str, says("Unix socket of that process; empty: in the data folder.")] = ""
    users: Annotated[list[str], says("Operating-system users that may ask it; empty: the user that started it.")] = []
    kms: Annotated[
        Literal["local", "pkcs11", "aws", "openbao"],
        says("Where root keys are: files, a PKCS #11 token, AWS KMS, or the transit engine of OpenBao or Vault."),
    ] = "local"
    key_prefix: Annotated[str, says("What the names of root keys begin with, in a token or a service.")] = "kept"
    pkcs11_module: Annotated[str, says("PKCS #11 library of the token's maker (a .so file).")] = ""
    pkcs11_token: Annotated[str, says("Label of the token.")] = ""
    pkcs11_pin_file: Annotated[str, says("File with the token's PIN; empty: the environment's PKCS11_PIN.")] = ""
    aws_region: Annotated[str, says("AWS region of the root keys. Credentials are found as AWS's own tools do.")] = ""
    aws_endpoint: Annotated[str, says("Another address of AWS KMS; empty: the region's.")] = ""
    openbao_address: Annotated[str, says("Address of OpenBao or Vault.")] = ""
    openbao_mount: Annotated[str, says("Where its transit engine is mounted.")] = "transit"
    openbao_token_file: Annotated[
        str, says("File with a token for it; empty: the environment's BAO_TOKEN or VAULT_TOKEN.")
    ] = ""


class Uploads(Section, frozen=True, kw_only=True):
    max_bytes: Annotated[int, says("Largest upload.")] = 512 * 1024 * 1024
    max_seconds: Annotated[float, says("Longest clip.")] = 180.0
    per_day: Annotated[int, says("Uploads a member may begin in 24 hours.")] = 100
    unfinished: Annotated[int, says("Uploads of a member that may be unfinished at the same time.")] = 10
    expires_hours: Annotated[int, says("How long an unfinished upload is kept.")] = 24
    media_link_seconds: Annotated[int, says("Life of a signed media address.")] = 600


class Messages(Section, frozen=True, kw_only=True):
    per_minute: Annotated[float, says("Messages a member may send a minute, in the long run.")] = 60.0
    burst: Annotated[int, says("Messages a member may send at once.")] = 60


class Social(Section, frozen=True, kw_only=True):
    follows_per_minute: Annotated[float, says("Members whom one may begin to follow a minute, in the long run.")] = 10.0
    follows_burst: Annotated[int, says("Members whom one may begin to follow at once.")] = 60
    likes_per_minute: Annotated[float, says("Likes of a member a minute, in the long run.")] = 30.0
    likes_burst: Annotated[int, says("Likes of a member at once.")] = 120


class Comments(Section, frozen=True, kw_only=True):
    per_minute: Annotated[float, says("Comments a member may write a minute, in the long run.")] = 6.0
    burst: Annotated[int, says("Comments a member may write at once.")] = 12
    hurtful: Annotated[list[str], says("Hurtful words and phrases, besides those that the program knows.")] = []


class Reports(Section, frozen=True, kw_only=True):
    per_minute: Annotated[float, says("Reports a member may make a minute, in the long run.")] = 6.0
    burst: Annotated[int, says("Reports a member may make at once.")] = 20


class Mail(Section, frozen=True, kw_only=True):
    server: Annotated[str, says("Name of the mail server that takes what we send (SMTP); empty: we send no e-mail.")] = ""
    port: Annotated[int, says("Its port.")] = 587
    tls: Annotated[
        Literal["starttls", "always", "none"],
        says("STARTTLS, TLS from the start, or neither, which is for a server on this same machine alone."),
    ] = "starttls"
    user: Annotated[str, says("Name to sign in with; empty: without signing in.")] = ""
    password_file: Annotated[str, says("File with the password for it.")] = ""
    sender: Annotated[str, says("Address that our letters come from.")] = ""
    inbound_key_file: Annotated[
        str, says("File with the key, of 32 bytes or more, by which the mail server signs what it hands over.")
    ] = ""
    agents_file: Annotated[str, says("File (JSON) of the authorised agents that we take requests from; empty: none.")] = ""


class Availability(Section, frozen=True, kw_only=True):
    refused_countries: Annotated[list[str], says("Countries where the service is not offered.")] = []
    refused_governments: Annotated[list[str], says("Countries to whose authorities nothing is disclosed.")] = []
    country_header: Annotated[str, says("Header in which the trusted proxy tells the country of a request.")] = ""


class Accounts(Section, frozen=True, kw_only=True):
    breached_passwords: Annotated[str, says("File of SHA-1 prefixes or hashes of breached passwords, sorted.")] = ""
    session_days: Annotated[int, says("Life of a session that is not used.")] = 30
    argon2_memory_kib: Annotated[int, says("Memory cost of argon2id (RFC 9106).")] = 65536
    argon2_time: Annotated[int, says("Passes of argon2id.")] = 3


class Clients(Section, frozen=True, kw_only=True):
    minimum: Annotated[str, says("Oldest version that is served; older ones are asked to get the newest.")] = "0.1.0"
    newest: Annotated[str, says("Newest version of programs that name themselves; older ones are told of it.")] = (
        __version__
    )

    def __post_init__(self) -> None:
        """Raises ValueError for a version that can't be read, or a minimum that the newest version doesn't reach."""
        if read_version(self.minimum) > read_version(self.newest):
            raise ValueError(f"the minimum {self.minimum} is newer than the newest version {self.newest}: lower it")


class Site(Section, frozen=True, kw_only=True):
    name: Annotated[str, says("Name of this platform, as members see it.")] = "kept"
    contact: Annotated[str, says("Where people can write to.")] = "privacy@example.org"
    operator: Annotated[str, says("The organisation that answers for it.")] = "The operator of this platform"


_WHERE_GDPR_OR_ITS_LIKE_APPLIES = (
    "AT BE BG CY CZ DE DK EE ES FI FR GR HR HU IE IS IT LI LT LU LV MT NL NO PL PT RO SE SI SK CH GB"
)


def _two_regions() -> dict[str, Region]:
    eu = _WHERE_GDPR_OR_ITS_LIKE_APPLIES.split()
    return {
        "us": Region(residents=["*"], label="the United States", security_team="us-security"),
        "eu": Region(residents=eu, label="Europe", security_team="eu-security"),
    }


class Backups(Section, frozen=True, kw_only=True):
    every_hours: Annotated[float, says("How often each cell is backed up; 0: not by the worker.")] = 24.0
    keep_days: Annotated[int, says("How long a backup of data is kept.")] = 30
    key_days: Annotated[int, says("How long a backup of keys is kept, as published: 7 or fewer.")] = 7
    test_days: Annotated[float, says("How often a backup is restored as a test.")] = 7.0


class Settings(Section, frozen=True, kw_only=True):
    """Everything an operator may say."""

    data: Annotated[str, says("Folder for databases, objects and keys; empty: the platform's default.")] = ""
    site: Site = Site()
    server: Server = Server()
    serve: Annotated[list[str], says("Regions that this process serves; empty: all.")] = []
    regions: Annotated[dict[str, Region], says("Regions by name.")] = msgspec.field(default_factory=_two_regions)
    database: Database = Database()
    ledger: Ledger = Ledger()
    vault: Vault = Vault()
    backups: Backups = Backups()
    uploads: Uploads = Uploads()
    messages: Messages = Messages()
    social: Social = Social()
    comments: Comments = Comments()
    reports: Reports = Reports()
    mail: Mail = Mail()
    availability: Availability = Availability()
    accounts: Accounts = Accounts()
    clients: Clients = Clients()

    @property
    def served(self) -> dict[str, Region]:
        """The regions that this process serves. Raises BadSettings for a name that is no region's."""
        unknown = [name for name in self.serve if name not in self.regions]
        if unknown:
            raise BadSettings(why=f"serve: {unknown[0]} is not a region")
        return {name: region for name, region in self.regions.items() if not self.serve or name in self.serve}

    @property
    def data_folder(self) -> Path:
        """Where this installation keeps everything."""
        return Path(self.data) if self.data else default_data_folder()

    @property
    def vault_socket(self) -> Path:
        """Where the vault's own process answers."""
        return Path(self.vault.socket) if self.vault.socket else self.data_folder / "vault.socket"

    @property
    def without_keys(self) -> "Settings":
        """The same, for a process that holds no keys: no address of a key store, nothing that leads to a root."""
        regions = {name: msgspec.structs.replace(region, keys_database="") for name, region in self.regions.items()}
        said = Vault(apart=self.vault.apart, socket=self.vault.socket, users=self.vault.users)
        return msgspec.structs.replace(self, regions=regions, vault=said)

    @property
    def witness_policy(self) -> Path | None:
        """The ledger's witness policy, beside the data if its path is relative; None without witnesses."""
        return self.data_folder / self.ledger.witnesses if self.ledger.witnesses else None


def default_data_folder() -> Path:
    """`/var/lib/kept` for root, whose home must not be opened to the database's own user; else the XDG data folder."""
    if os.geteuid() == 0:
        return Path("/var/lib/kept")
    base = os.environ.get("XDG_DATA_HOME") or str(Path.home() / ".local" / "share")
    return Path(base) / "kept"


def load_settings(file: Path | None = None, environ: Mapping[str, str] = os.environ) -> Settings:
    """Read settings from `file` (TOML, or JSON where its name ends so) and `environ` (`KEPT_SECTION_NAME`).

    Raises:
        BadSettings: an unreadable file, an unknown name, or a value of the wrong type; says which.
    """
    tree: dict[str, Any] = {}
    if file is not None:
        try:
            text = file.read_text()
            tree = msgspec.json.decode(text, type=dict) if file.suffix == ".json" else tomllib.loads(text)
        except (OSError, tomllib.TOMLDecodeError, msgspec.DecodeError) as error:
            raise BadSettings(why=f"{file}: {error}") from error
    for name, value in environ.items():
        if name.startswith("KEPT_"):
            _place(tree, name, value)
    try:
        return msgspec.convert(tree, Settings, strict=False)
    except msgspec.ValidationError as error:
        raise BadSettings(why=str(error)) from error


def _place(tree: dict[str, Any], variable: str, value: str) -> None:
    """Put `KEPT_SERVER_PORT=9000` at tree['server']['port']; lists are comma-separated."""
    words = variable.removeprefix("KEPT_").lower().split("_", 1)
    fields = {field.name: field for field in msgspec.structs.fields(Settings)}
    if words[0] not in fields:
        raise BadSettings(why=f"{variable} is not a setting")
    if len(words) == 1:
        tree[words[0]] = value.split(",") if get_origin(_bare(fields[words[0]].type)) is list else value
        return
    kinds = _kinds_of(fields[words[0]].type)
    if words[1] not in kinds:
        raise BadSettings(why=f"{variable} is not a setting")
    tree.setdefault(words[0], {})[words[1]] = value.split(",") if get_origin(kinds[words[1]]) is list else value


def _bare(kind: Any) -> Any:
    """A type without its meaning."""
    return get_args(kind)[0] if get_origin(kind) is Annotated else kind


def _kinds_of(section: Any) -> dict[str, Any]:
    """The bare types of a section's settings, by name; none for what is not a section."""
    if not (isinstance(section, type) and issubclass(section, Section)):
        return {}
    return get_type_hints(section)
