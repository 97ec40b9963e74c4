"""The public page, as the application answers it."""

import re

from kept.cells import Cell
from kept.legal import DataClass, NewRequest, enter, tend
from kept.promises import measure_all, store
from tests.fixtures.site import Site
from tests.legal.conftest import LEGAL

KIM = "@kim-who-is-sought"


async def requested(site: Site, cell: Cell, country: str) -> str:
    new = NewRequest("national", country, "A court of theirs", "Their law", (KIM,), (DataClass.SUBSCRIBER,))
    return (await enter(site.worker, cell.name, new, actor=LEGAL, now=site.worker.clock.now())).number


async def test_the_page_tells_bands_by_country_and_nothing_of_anybody(site: Site) -> None:
    empty = await site.client.get("/authorities")
    assert empty.status_code == 200
    assert "has no list of countries" in empty.text
    numbers = [await requested(site, site.worker.cells.named("us"), country) for country in ("FR", "FR", "DE")]
    await tend(site.worker)
    await store(site.worker, await measure_all(site.worker))
    text = (await site.client.get("/authorities")).text
    named = re.findall(r'data-country="([A-Z]{2})">([^<]+)<', text)
    assert {("DE", "Germany"), ("FR", "France")} <= set(named)
    assert text.count("1–9</td>") == 2
    assert not [one for one in (*numbers, KIM, "A court of theirs", "Their law") if one in text]
    spanish = (await site.client.get("/authorities", headers={"accept-language": "es"})).text
    assert "Información para autoridades" in spanish
