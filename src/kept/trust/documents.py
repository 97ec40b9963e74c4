"""Terms, notices and guidelines, on paper; every version stays readable."""

from datetime import UTC, datetime, time
from functools import lru_cache

from litestar import MediaType, Request, get
from litestar.datastructures import State
from litestar.di import NamedDependency
from litestar.params import FromPath
from markupsafe import Markup

from kept.accounts import COUNTRIES
from kept.edge import Asker, shell_of
from kept.look import pages
from kept.look.views import DocumentView, Link
from kept.runtime import Runtime
from kept.terms import KINDS, Document, Facts, all_versions, current, render, version_of

AnyRequest = Request[object, object, State]


@get("/documents/{kind:str}", media_type=MediaType.HTML, include_in_schema=False)
async def document(
    kind: FromPath[str], request: AnyRequest, runtime: NamedDependency[Runtime], anybody: NamedDependency[Asker]
) -> str:
    """The version that holds today. Raises UnknownDocument."""
    shell = shell_of(request, runtime, anybody)
    return _page(current(kind, language=shell.language, on=shell.now.date()), request, runtime, anybody)


@get("/documents/{kind:str}/{version:str}", media_type=MediaType.HTML, include_in_schema=False)
async def document_version(
    kind: FromPath[str],
    version: FromPath[str],
    request: AnyRequest,
    runtime: NamedDependency[Runtime],
    anybody: NamedDependency[Asker],
) -> str:
    """One version, for ever. Raises UnknownDocument."""
    shell = shell_of(request, runtime, anybody)
    return _page(version_of(kind, version, language=shell.language), request, runtime, anybody)


def _page(shown: Document, request: AnyRequest, runtime: Runtime, asker: Asker) -> str:
    rendered = _rendered(shown, Facts.of(runtime.settings, COUNTRIES))
    versions = [one.version for one in all_versions(shown.kind) if one.version != shown.version]
    others = [current(kind) for kind in KINDS if kind != shown.kind]
    view = DocumentView(
        shell=shell_of(request, runtime, asker),
        title=shown.title,
        version=shown.version,
        in_force_from=datetime.combine(shown.since, time(), UTC),
        body=Markup(rendered.html),  # noqa: S704  the terms floor rendered it, without raw HTML
        summary=shown.summary,
        sections=tuple(Link(text=one.title, href=f"#{one.id}") for one in rendered.sections),
        versions=tuple(Link(text=version, href=f"/documents/{shown.kind}/{version}") for version in versions),
        others=tuple(Link(text=one.title, href=f"/documents/{one.kind}") for one in others),
    )
    return pages.render_document(view)


_rendered = lru_cache(64)(render)
