"""The public pages of what is kept: for everybody, in both languages, made from the catalogue and from measurements."""

import csv
import io

import pytest

from kept.catalog import data_map
from kept.promises import measure_all, store
from kept.retention import sweep
from kept.terms import record
from tests.fixtures.site import Site

PAGES = ("/trust/data", "/trust/data/map", "/trust/data/retention")


@pytest.mark.parametrize("path", PAGES)
@pytest.mark.parametrize(("language", "says"), [("en", "What we keep"), ("es", "Qué guardamos")])
async def test_anybody_reads_each_page_in_their_language(site: Site, path: str, language: str, says: str) -> None:
    answer = await site.client.get(path, headers={"accept-language": language, "accept": "text/html"})
    assert answer.status_code == 200
    assert f'<html lang="{language}"' in answer.text
    assert says in answer.text
    assert ("Data map" in answer.text or "How long" in answer.text) == (language == "en")


async def test_the_start_page_leads_to_everything_and_the_trust_centre_to_it(site: Site) -> None:
    page = (await site.client.get("/trust/data")).text
    for path in ("/trust/data/map", "/trust/data/map.csv", "/trust/data/retention", "/documents/privacy",
                 "/documents/privacy-young", "/settings/data", "/your-request"):  # fmt: skip
        assert f'href="{path}"' in page
    for path in ("/trust", "/documents/privacy", "/", "/sign-in"):
        assert 'href="/trust/data"' in (await site.client.get(path)).text, path


async def test_the_map_shows_every_field_that_is_about_somebody(site: Site) -> None:
    page = (await site.client.get("/trust/data/map")).text.replace("<wbr>", "")
    for chapter in record():
        for group in chapter.groups:
            for one in group.fields:
                assert f"{group.table}.{one.field.name}</code>" in page


async def test_a_search_without_a_script_finds_and_opens(site: Site) -> None:
    found = (await site.client.get("/trust/data/map", params={"q": "  e-mail   address "})).text
    assert "account.email" in found.replace("<wbr>", "")
    assert "credential_password" not in found.replace("<wbr>", "")
    assert '<details class="map-chapter" id="member-user-contact-email" open>' in found
    nothing = (await site.client.get("/trust/data/map", params={"q": "<b>shoe size"})).text
    assert "Nothing that we keep fits “&lt;b&gt;shoe size”" in nothing
    assert (await site.client.get("/trust/data/map", params={"q": "x" * 81})).status_code == 400


async def test_the_csv_is_a_download_with_a_name_and_a_line_for_every_column(site: Site) -> None:
    answer = await site.client.get("/trust/data/map.csv")
    assert answer.headers["content-type"] == "text/csv; header=present; charset=utf-8"
    assert answer.headers["content-disposition"].startswith('attachment; filename="kept-data-map-')
    rows = list(csv.DictReader(io.StringIO(answer.text, newline="")))
    assert len(rows) == sum(len(entry.fields) for entry in data_map())


async def test_the_list_of_times_says_when_it_was_checked_and_what_was_found(site: Site) -> None:
    await site.join()
    before = (await site.client.get("/trust/data/retention")).text
    assert "was not swept yet" in before
    await sweep(site.worker.cells, now=site.worker.clock.now())
    await store(site.worker, await measure_all(site.worker))
    after = (await site.client.get("/trust/data/retention")).text
    assert "was not swept yet" not in after
    assert "rows deleted in" in after
    assert "rows past their time and not held" in after
    assert "/trust#retention.schedule" in after
