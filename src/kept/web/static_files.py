"""What pages are made of besides HTML: the static files, the manifest, the service worker, the page without a connection."""

from litestar import MediaType, Request, Response, get
from litestar.datastructures import State
from litestar.di import NamedDependency
from litestar.exceptions import NotFoundException
from litestar.params import FromPath

from kept.edge import FOR_EVERY_VERSION, shell_of
from kept.look import assets, pages
from kept.look.assets import Asset
from kept.look.views import ErrorView, GalleryView
from kept.runtime import Runtime

AnyRequest = Request[object, object, State]

FOREVER = "public, max-age=31536000, immutable"
SOON = "no-cache"


@get("/static/{build:str}/{path:path}", include_in_schema=False, opt=FOR_EVERY_VERSION)
async def static_file(build: FromPath[str], path: FromPath[str], request: AnyRequest) -> Response[bytes]:
    """A file of the set `build`; another build's address is gone, so that no page mixes two."""
    asset = assets.assets().get(path.lstrip("/"))
    if asset is None or build != assets.build():
        raise NotFoundException
    return _answer(asset, request, FOREVER)


@get("/manifest.webmanifest", include_in_schema=False, opt=FOR_EVERY_VERSION)
async def manifest(request: AnyRequest) -> Response[bytes]:
    """The web app manifest, with its rating."""
    return _answer(assets.manifest(), request, SOON)


@get("/sw.js", include_in_schema=False, opt=FOR_EVERY_VERSION)
async def worker(request: AnyRequest) -> Response[bytes]:
    """The service worker: keeps the shell, never media."""
    return _answer(assets.worker(), request, SOON)


@get("/offline", include_in_schema=False, media_type=MediaType.HTML, opt=FOR_EVERY_VERSION)
async def offline(request: AnyRequest, runtime: NamedDependency[Runtime]) -> str:
    """What is shown when there is no connection."""
    return pages.render_error(ErrorView(shell=shell_of(request, runtime), status=0))


@get("/dev/components", include_in_schema=False, media_type=MediaType.HTML)
async def gallery(request: AnyRequest, runtime: NamedDependency[Runtime]) -> str:
    """Every component, once; in development only."""
    if not runtime.settings.server.development:
        raise NotFoundException
    return pages.render_gallery(GalleryView(shell=shell_of(request, runtime)))


def _answer(asset: Asset, request: AnyRequest, caching: str) -> Response[bytes]:
    """The file, compressed for whoever takes it; 304 for whoever has it."""
    headers = {"cache-control": caching, "etag": f'"{asset.etag}"', "vary": "accept-encoding"}
    if request.headers.get("if-none-match") == headers["etag"]:
        return Response(b"", status_code=304, headers=headers, media_type=asset.media_type)
    if asset.gzipped and "gzip" in request.headers.get("accept-encoding", ""):
        headers["content-encoding"] = "gzip"
        return Response(asset.gzipped, headers=headers, media_type=asset.media_type)
    return Response(asset.body, headers=headers, media_type=asset.media_type)
