"""Where backups may be: the sites that the region's configuration declares, and no others."""

from dataclasses import dataclass

from kept.kit import KeptError, Kind, Settings
from kept.kit.objects import Objects

HERE = "here"


class UndeclaredSite(KeptError):
    """Promise `residency.backup`: backups are kept only at the sites declared for the region."""

    code = "undeclared_site"
    kind = Kind.FORBIDDEN
    message = "“{site}” is not declared as a backup site of the region {region}, so nothing was stored there."


@dataclass(frozen=True, slots=True)
class Site:
    """A declared place for backups."""

    name: str
    objects: Objects


def declared_sites(settings: Settings, region: str) -> dict[str, str]:
    """The addresses of a region's sites, by name."""
    lines = settings.regions[region].backup_sites
    if not lines:
        return {HERE: str(settings.data_folder / "backups" / region)}
    return {name.strip(): address.strip() for name, _, address in (line.partition("=") for line in lines)}


def site_of(settings: Settings, region: str, name: str | None) -> Site:
    """A declared site; the first, when none is named. Raises UndeclaredSite."""
    sites = declared_sites(settings, region)
    chosen = next(iter(sites)) if name is None else name
    if chosen not in sites:
        raise UndeclaredSite(site=chosen, region=region)
    return Site(chosen, Objects(sites[chosen]))
