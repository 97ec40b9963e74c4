"""What is kept: the record of processing and the list of how long everything is kept, as the catalogue has them now."""

from collections.abc import Iterator
from functools import cache
from itertools import groupby
from typing import Annotated

from litestar import MediaType, Request, Response, get
from litestar.datastructures import State
from litestar.di import NamedDependency
from litestar.params import QueryParameter

from kept.edge import Asker, shell_of
from kept.kit import Settings
from kept.look import pages, paths
from kept.look.views import (
    DataView,
    MapChapter,
    MapField,
    MapGroup,
    MapRegion,
    MapSubject,
    MapView,
    RetentionLine,
    RetentionPart,
    RetentionView,
    ScanView,
    SweepLine,
)
from kept.promises import standing
from kept.retention import last_sweeps
from kept.runtime import Runtime
from kept.terms import ENGLISH, Chapter, Group, Line, about_nobody, as_csv, record, schedule, words_in

AnyRequest = Request[object, object, State]
PROMISE = "retention.schedule"
LONGEST_SEARCH = 80


@get(paths.DATA, media_type=MediaType.HTML, include_in_schema=False)
async def data_start(request: AnyRequest, runtime: NamedDependency[Runtime], anybody: NamedDependency[Asker]) -> str:
    """In plain words what these pages are, and where the rest is."""
    groups = [group for chapter in _record(ENGLISH) for group in chapter.groups]
    view = DataView(
        shell=shell_of(request, runtime, anybody),
        fields=sum(len(group.fields) for group in groups),
        tables=len({group.table for group in groups}),
    )
    return pages.render_data(view)


@get(paths.DATA_MAP, media_type=MediaType.HTML, include_in_schema=False)
async def data_map(
    request: AnyRequest,
    runtime: NamedDependency[Runtime],
    anybody: NamedDependency[Asker],
    q: Annotated[str, QueryParameter(max_length=LONGEST_SEARCH)] = "",
) -> str:
    """The record of processing (GDPR Art. 30); with `q`, only what names it."""
    shell = shell_of(request, runtime, anybody)
    wanted = " ".join(q.split())
    chapters = record(shell.language, wanted=wanted) if wanted else _record(shell.language)
    view = MapView(
        shell=shell,
        operator=runtime.settings.site.operator,
        contact=runtime.settings.site.contact,
        subjects=_subjects(chapters, shell.language),
        nobody=about_nobody(shell.language),
        regions=tuple(_regions(runtime.settings)),
        wanted=wanted,
    )
    return pages.render_data_map(view)


@get(paths.DATA_CSV, include_in_schema=False)
async def data_csv(runtime: NamedDependency[Runtime]) -> Response[str]:
    """The same as a table, one row a column (RFC 4180)."""
    name = f"{runtime.settings.site.name.lower()}-data-map-{runtime.clock.now():%Y-%m-%d}.csv"
    headers = {"content-disposition": f'attachment; filename="{name}"'}
    return Response(as_csv(), media_type="text/csv; header=present", headers=headers)


@get(paths.DATA_RETENTION, media_type=MediaType.HTML, include_in_schema=False)
async def data_retention(
    request: AnyRequest, runtime: NamedDependency[Runtime], anybody: NamedDependency[Asker]
) -> str:
    """Each table's rule, when the sweeper came last, and what the last scan found."""
    shell = shell_of(request, runtime, anybody)
    view = RetentionView(
        shell=shell,
        parts=_parts(shell.language),
        sweeps=await _sweeps(runtime),
        scan=await _scan(runtime),
    )
    return pages.render_retention(view)


@cache
def _record(language: str) -> tuple[Chapter, ...]:
    """The whole record; the schema does not change while the program runs, and there are as many languages as texts."""
    return record(language)


def _subjects(chapters: tuple[Chapter, ...], language: str) -> tuple[MapSubject, ...]:
    titles = words_in(language).subjects
    return tuple(
        MapSubject(key=subject.value, title=titles[subject], chapters=tuple(_chapter(one) for one in found))
        for subject, found in groupby(chapters, key=lambda one: one.subject)
    )


def _chapter(chapter: Chapter) -> MapChapter:
    groups = tuple(_group(one) for one in chapter.groups)
    return MapChapter(key=chapter.key, title=chapter.title, size=chapter.size, groups=groups)


def _group(group: Group) -> MapGroup:
    fate = group.fate
    return MapGroup(
        table=group.table,
        holds=fate.holds,
        level=group.level,
        why=fate.why,
        basis=fate.basis,
        how_long=fate.how_long,
        because=fate.because,
        who=fate.who,
        where=fate.where,
        fields=tuple(MapField(name=f.field.name, about=f.about, sealed=f.is_sealed) for f in group.fields),
    )


def _regions(settings: Settings) -> Iterator[MapRegion]:
    for name, region in settings.regions.items():
        yield MapRegion(name=region.label or name, provider=region.provider)


def _parts(language: str) -> tuple[RetentionPart, ...]:
    return tuple(
        RetentionPart(counted=since.name.lower(), lines=tuple(_line(one) for one in lines))
        for since, lines in schedule(language).items()
    )


def _line(line: Line) -> RetentionLine:
    return RetentionLine(
        table=line.table,
        holds=line.holds,
        how_long=line.how_long,
        because=line.because,
        ended_by=line.ended_by,
        while_in_use=line.while_in_use,
    )


async def _sweeps(runtime: Runtime) -> tuple[SweepLine, ...]:
    found = await last_sweeps(runtime.cells)
    return tuple(
        SweepLine(cell=cell, at=last.began_at, gone=last.gone) if last else SweepLine(cell=cell)
        for cell, last in found.items()
    )


async def _scan(runtime: Runtime) -> ScanView:
    reading = next(one for one in await standing(runtime) if one.promise.id == PROMISE)
    return ScanView(promise=PROMISE, state=reading.state, figure=reading.figure, at=reading.measured_at)
