"""Rows become a JSON array in a ZIP, however many there are, and no file where there are none."""

import io
import json
import zipfile
from collections.abc import AsyncIterator

import pytest

from kept.rights import writing
from kept.rights.writing import Sink, write_rows, zip_into
from kept.subjects import Row


async def pages(*sizes: int) -> AsyncIterator[list[Row]]:
    number = 0
    for size in sizes:
        yield [{"number": number + one, "text": "at seven, by the lighthouse"} for one in range(size)]
        number += size


@pytest.mark.parametrize("piece", [1, 200, 256 * 1024])
@pytest.mark.parametrize("sizes", [(), (1,), (3, 2), (100, 100, 7)])
async def test_what_is_read_is_what_was_written(
    sizes: tuple[int, ...], piece: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(writing, "PIECE", piece)
    sink, seen = Sink(), list[Row]()
    with zip_into(sink) as out:
        written = b"".join([one async for one in write_rows(out, sink, "rows.json", pages(*sizes), seen.extend)])
    archive = zipfile.ZipFile(io.BytesIO(written + sink.take()))
    assert archive.namelist() == (["rows.json"] if sizes else [])
    assert [row["number"] for row in seen] == list(range(sum(sizes)))
    if sizes:
        assert json.loads(archive.read("rows.json")) == seen
