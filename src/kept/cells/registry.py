"""The cells of this installation, from configuration: which there are, which country belongs to which, who lives where."""

import zlib
from collections.abc import Callable, Iterator
from uuid import UUID

from kept.cells.cell import Cell
from kept.cells.directory import Directory
from kept.kit import Database, KeptError, Kind, Settings
from kept.kit.objects import Objects


class NotServedHere(KeptError):
    """Promise `residency.routing`: a request that reaches the wrong cell is forwarded or refused, never served there."""

    code = "not_served_here"
    kind = Kind.NOT_FOUND
    message = "This part of the platform doesn't serve that region."


class Cells:
    """Every cell that this process serves, and the directory."""

    def __init__(self, cells: list[Cell], directory: Directory, residents: dict[str, list[str]]) -> None:
        self._by_name = {cell.name: cell for cell in cells}
        self._residents = residents
        self.directory = directory

    def __iter__(self) -> Iterator[Cell]:
        return iter(self._by_name.values())

    def __len__(self) -> int:
        return len(self._by_name)

    def named(self, name: str) -> Cell:
        """The cell of that name. Raises NotServedHere."""
        try:
            return self._by_name[name]
        except KeyError:
            raise NotServedHere(cell=name) from None

    def region_of(self, country: str) -> str:
        """The region in which residents of a country (ISO 3166-1 alpha-2) live."""
        for region, countries in self._residents.items():
            if country in countries:
                return region
        return next(region for region, countries in self._residents.items() if "*" in countries)

    def for_newcomer(self, member_id: UUID, country: str) -> Cell:
        """The home of a new member: a cell of their country's region, spread evenly where there are several."""
        region = self.region_of(country)
        choices = [cell for cell in self if cell.region == region]
        if not choices:
            raise NotServedHere(cell=region)
        return choices[zlib.crc32(member_id.bytes) % len(choices)]

    async def home_of(self, member_id: UUID) -> Cell | None:
        """The cell that somebody lives in; None for nobody."""
        name = await self.directory.home(member_id)
        return None if name is None else self.named(name)

    async def close(self) -> None:
        """Return every connection."""
        for cell in self:
            await cell.close()
        await self.directory.database.close()


def database_names(settings: Settings) -> list[str]:
    """The databases that the embedded server has to hold: those for which no address is configured."""
    names = [] if settings.database.directory else ["kept_directory"]
    names += [] if settings.database.ledger else ["kept_ledger"]
    names += [] if settings.database.jobs else ["kept_jobs"]
    for name, region in settings.regions.items():
        for cell in region.cells or [name]:
            names += [] if region.database else [f"kept_{cell}"]
            names += [] if region.keys_database else [f"kept_{cell}_keys"]
    return names


def open_cells(settings: Settings, embedded: Callable[[str], str]) -> Cells:
    """Make the registry; connections open at first use.

    `embedded` gives the address of a database on the embedded server. A configured address may hold `{cell}`, where a
    region has several.
    """
    names = [cell for name, region in settings.regions.items() for cell in region.cells or [name]]
    cells = []
    for name, region in settings.regions.items():
        for cell in region.cells or [name]:
            others = tuple(other for other in names if other != cell)
            data = region.database.format(cell=cell) or embedded(f"kept_{cell}")
            keys = region.keys_database.format(cell=cell) or embedded(f"kept_{cell}_keys")
            objects = region.objects.format(cell=cell) or str(settings.data_folder / "objects" / cell)
            pool = settings.database.pool
            cells.append(
                Cell(cell, name, Database(data, pool=pool), Database(keys, pool=pool), Objects(objects), others)
            )
    directory = Database(settings.database.directory or embedded("kept_directory"), pool=settings.database.pool)
    residents = {name: region.residents for name, region in settings.regions.items()}
    return Cells(cells, Directory(directory), residents)
