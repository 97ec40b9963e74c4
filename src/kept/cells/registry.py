"""The cells of this installation, from configuration: which there are, which of them are here, who belongs where."""

import zlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from enum import Enum
from urllib.parse import urlsplit
from uuid import UUID

from kept.cells.cell import Cell
from kept.cells.directory import Directory
from kept.cells.keys import gateway_key, key_name
from kept.cells.standing import CellRestoring, Standing, Standings
from kept.kit import Database, KeptError, Kind, Settings
from kept.kit.objects import Objects
from kept.kit.settings import BadSettings, Region
from kept.ledger import BadNote, VerifierKey


class NotServedHere(KeptError):
    """Promise `residency.routing`: a request that reaches the wrong cell is forwarded or refused, never served there."""

    code = "not_served_here"
    kind = Kind.NOT_FOUND
    message = "This part of the platform doesn't serve that region."


class HomeElsewhere(NotServedHere):
    """The same, where we know the right door: its address is in `details["origin"]`, the cell in `details["cell"]`."""

    code = "home_elsewhere"
    kind = Kind.MISDIRECTED
    message = "That is at home in another region, which answers at {origin}. Nothing was done here."


@dataclass(frozen=True, slots=True)
class RemoteCell:
    """A cell that other processes serve: what we know of it is public. We hold none of its credentials."""

    name: str
    region: str
    origin: str
    """Where its people knock."""
    gateway_url: str
    """Where its gateway does."""
    key: VerifierKey
    """Its gateway's."""


class Cells:
    """The cells that this process serves (iterating gives these, and only these), where the others are, and the directory."""

    def __init__(
        self,
        cells: list[Cell],
        directory: Directory,
        residents: dict[str, list[str]],
        remote: Sequence[RemoteCell] = (),
    ) -> None:
        self._by_name = {cell.name: cell for cell in cells}
        self._residents = residents
        self.remote = {cell.name: cell for cell in remote}
        """The cells that others serve, by name."""
        self.directory = directory
        self.standings = Standings(directory.database)
        """What each cell is there for at present."""

    def __iter__(self) -> Iterator[Cell]:
        return iter(self._by_name.values())

    def __len__(self) -> int:
        return len(self._by_name)

    def named(self, name: str) -> Cell:
        """The cell of that name, if it is here. Raises HomeElsewhere, NotServedHere."""
        if name in self._by_name:
            return self._by_name[name]
        raise self._elsewhere(name, self.remote.get(name))

    def region_of(self, country: str) -> str:
        """The region in which residents of a country (ISO 3166-1 alpha-2) live."""
        for region, countries in self._residents.items():
            if country in countries:
                return region
        return next(region for region, countries in self._residents.items() if "*" in countries)

    def require_home_here(self, country: str) -> None:
        """Raises HomeElsewhere: residents of a country live in a region that others serve."""
        region = self.region_of(country)
        if all(cell.region != region for cell in self):
            raise self._elsewhere(region, next((one for one in self.remote.values() if one.region == region), None))

    async def for_newcomer(self, member_id: UUID, country: str) -> Cell:
        """The home of a new member: a serving cell of their country's region, spread evenly where there are several.

        Raises:
            HomeElsewhere: others serve that region.
            CellRestoring: none of its cells takes anybody at present.
        """
        self.require_home_here(country)
        region, standings = self.region_of(country), await self.standings.all()
        serving = Standing.SERVING
        choices = [cell for cell in self if cell.region == region and standings.get(cell.name, serving) is serving]
        if not choices:
            raise CellRestoring
        return choices[zlib.crc32(member_id.bytes) % len(choices)]

    async def home_of(self, member_id: UUID) -> Cell | None:
        """The cell that somebody lives in; None for nobody. Raises HomeElsewhere."""
        name = await self.directory.home(member_id)
        return None if name is None else self.named(name)

    async def close(self) -> None:
        """Return every connection."""
        for cell in self:
            await cell.close()
        await self.directory.database.close()

    def _elsewhere(self, cell: str, remote: RemoteCell | None) -> NotServedHere:
        if remote is None:
            return NotServedHere(cell=cell)
        return HomeElsewhere(cell=remote.name, origin=remote.origin)


def cells_of(name: str, region: Region) -> list[str]:
    """The names of a region's cells."""
    return region.cells or [name]


def database_names(settings: Settings) -> list[str]:
    """The databases that the embedded server has to hold: those for which no address is configured."""
    names = [] if settings.database.directory else ["kept_directory"]
    names += [] if settings.database.ledger else ["kept_ledger"]
    names += [] if settings.database.jobs else ["kept_jobs"]
    for name, region in settings.served.items():
        for cell in cells_of(name, region):
            names += [] if region.database else [f"kept_{cell}"]
            names += [] if region.keys_database else [f"kept_{cell}_keys"]
    return names


class Keys(Enum):
    """Whether a process holds keys: its own way to key stores and roots, or only the vault's socket."""

    HERE = "here"
    APART = "apart"


def open_key_stores(settings: Settings, embedded: Callable[[str], str]) -> dict[tuple[str, str], Database]:
    """The key stores of the regions that are served here, by (cell, region), and nothing else of theirs."""
    stores = {}
    for name, region in settings.served.items():
        for cell in cells_of(name, region):
            address = region.keys_database.format(cell=cell) or embedded(f"kept_{cell}_keys")
            stores[cell, name] = Database(address, pool=settings.database.pool)
    return stores


def open_cells(settings: Settings, embedded: Callable[[str], str], *, keys: Keys = Keys.HERE) -> Cells:
    """Make the registry; connections open at first use.

    `embedded` gives the address of a database on the embedded server; with keys apart, it is asked for no key store's. A
    configured address may hold `{cell}`, where a region has several.

    Raises:
        BadSettings: a region that others serve lacks what we must know of it.
    """
    served, pool = settings.served, settings.database.pool
    key_stores = open_key_stores(settings, embedded) if keys is Keys.HERE else {}
    names = [cell for name, region in settings.regions.items() for cell in cells_of(name, region)]
    cells = []
    for name, region in served.items():
        for cell in cells_of(name, region):
            others = tuple(other for other in names if other != cell)
            data = region.database.format(cell=cell) or embedded(f"kept_{cell}")
            objects = region.objects.format(cell=cell) or str(settings.data_folder / "objects" / cell)
            key_store = key_stores.get((cell, name))
            cells.append(Cell(cell, name, Database(data, pool=pool), key_store, Objects(objects), others))
    database = Database(settings.database.directory or embedded("kept_directory"), pool=pool)
    apart = len(served) < len(settings.regions)
    residents = {name: region.residents for name, region in settings.regions.items()}
    others_regions = {name: region for name, region in settings.regions.items() if name not in served}
    remote = [one for name, region in others_regions.items() for one in _remote_cells(name, region)]
    directory = Directory(
        database,
        ours=[cell.name for cell in cells] if apart else None,
        signer=gateway_key(settings),
        verifiers={one.name: one.key for one in remote},
    )
    return Cells(cells, directory, residents, remote)


def _remote_cells(name: str, region: Region) -> list[RemoteCell]:
    origin = region.origin.rstrip("/")
    gateway_url = region.gateway_url.rstrip("/") or origin
    for what, url in (("origin", origin), ("gateway_url", gateway_url)):
        _check_address(f"regions.{name}.{what}", url)
    try:
        key = VerifierKey.parse(region.gateway_key)
    except BadNote as error:
        raise BadSettings(why=f"regions.{name}.gateway_key is not a gateway's public key") from error
    if key.name != key_name(name):
        raise BadSettings(why=f"regions.{name}.gateway_key is the key of {key.name}")
    return [RemoteCell(cell, name, origin, gateway_url, key) for cell in cells_of(name, region)]


def _check_address(what: str, url: str) -> None:
    """Between machines TLS; plain HTTP on loopback only. Raises BadSettings."""
    parts = urlsplit(url)
    plain = parts.scheme == "http" and parts.hostname in ("127.0.0.1", "::1", "localhost")
    if not parts.hostname or (parts.scheme != "https" and not plain) or parts.path or parts.query:
        raise BadSettings(why=f"{what} must be an address such as https://eu.example.org, for others serve that region")
