"""The HTTP application: every door's routes, the edge around them, and nothing else."""

import asyncio
import contextlib
from collections.abc import AsyncIterator

import structlog
from litestar import Litestar, Request, Response
from litestar.datastructures import State
from litestar.di import Provide
from litestar.openapi.config import OpenAPIConfig
from litestar.openapi.plugins import JsonRenderPlugin
from litestar.openapi.spec import Components, SecurityScheme

from kept import __version__
from kept.api import API_ROUTES
from kept.cells import HomeElsewhere
from kept.console import CONSOLE_ROUTES
from kept.edge import (
    Asker,
    SecurityHeaders,
    ask,
    ask_anywhere,
    count_rated,
    html_problem,
    json_problem,
    led_elsewhere,
    refuse_too_old,
    tell_if_moved,
    tell_newest,
)
from kept.kit.database import DATABASE_AWAY
from kept.look.templating import compile_all
from kept.runtime import Runtime
from kept.trust import TRUST_ROUTES
from kept.web import WEB_ROUTES

_log = structlog.get_logger()

FLUSH_SECONDS = 3.0
COMPILE_AFTER = 2.0
"""Seconds. Until then a page's templates are compiled when the first reader asks for it."""

_NAME_YOURSELF = (
    "A program may name itself and its version in a header, `Kept-Client: name/1.2.3`. An answer to one that is not the"
    " newest says so in `Kept-Newest`; one below the minimum is answered with 426."
)


def create_app(runtime: Runtime) -> Litestar:
    """The application that serves `runtime`; closes it when the application ends."""
    secure = bool(runtime.settings.server.certificate) or runtime.settings.server.public_url.startswith("https://")
    app: Litestar = Litestar(
        route_handlers=[*API_ROUTES, *TRUST_ROUTES, *WEB_ROUTES, *CONSOLE_ROUTES],
        dependencies={
            "runtime": Provide(_runtime, sync_to_thread=False),
            "asker": Provide(_asker),
            "anybody": Provide(_anybody),
        },
        exception_handlers={Exception: _problem},
        before_request=refuse_too_old,
        before_send=[tell_if_moved, tell_newest, SecurityHeaders(secure=secure, doors=_doors(runtime)), count_rated],
        lifespan=[_lifespan],
        openapi_config=_openapi(),
        state=State({"runtime": runtime}),
        request_max_body_size=None,
        logging_config=None,
    )
    return app


def _doors(runtime: Runtime) -> set[str]:
    """Where browsers may be led."""
    return {cell.origin for cell in runtime.cells.remote.values()}


@contextlib.asynccontextmanager
async def _lifespan(app: Litestar) -> AsyncIterator[None]:
    runtime: Runtime = app.state.runtime
    flushing = asyncio.create_task(_flush(runtime))
    compiling = asyncio.create_task(_compile())
    try:
        async with runtime.cells.directory.watching():
            yield
    finally:
        for task in (flushing, compiling):
            task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await task
        try:
            await runtime.flush()
        finally:
            await runtime.close()


async def _compile() -> None:
    """Compile what nobody has asked for yet, so that no reader waits for it; but first the doors are opened."""
    await asyncio.sleep(COMPILE_AFTER)
    await asyncio.to_thread(compile_all)


def _runtime(state: State) -> Runtime:
    runtime: Runtime = state.runtime
    return runtime


async def _asker(request: Request[object, object, State]) -> Asker:
    return await ask(request)


async def _anybody(request: Request[object, object, State]) -> Asker:
    """Whoever asks, wherever they are: for what is offered everywhere."""
    return await ask_anywhere(request)


async def _flush(runtime: Runtime) -> None:
    """Store what is counted, as long as the application runs: evidence of promises is made of it."""
    while True:
        await asyncio.sleep(FLUSH_SECONDS)
        try:
            await runtime.flush()
        except DATABASE_AWAY as error:
            _log.warning("app.flush_later", error=type(error).__name__)
        except Exception as error:  # noqa: BLE001  a loop's edge: what could not be stored is stored next time
            _log.error("app.flush_failed", error=type(error).__name__, exc_info=error)


def _problem(request: Request[object, object, State], error: Exception) -> Response[bytes] | Response[str]:
    """Programs get problem details; people get a page."""
    wants_page = "text/html" in request.headers.get("accept", "") and not request.url.path.startswith("/api/")
    if isinstance(error, HomeElsewhere):
        led = led_elsewhere(request, error, wants_page=wants_page)
        if led is not None:
            return led
    return html_problem(request, error) if wants_page else json_problem(request, error)


def _openapi() -> OpenAPIConfig:
    """`/api/openapi.json` and no pages of third parties."""
    bearer = SecurityScheme(type="http", scheme="bearer", description="The token that sign-up and sign-in answer with.")
    return OpenAPIConfig(
        title="Kept",
        version=__version__,
        description=_NAME_YOURSELF,
        path="/api",
        render_plugins=[JsonRenderPlugin(path="/openapi.json")],
        components=Components(security_schemes={"bearer": bearer}),
        use_handler_docstrings=True,
    )
