"""Serves every page of the look with made-up views, for eyes and for tests: `python -m tools.preview [PORT]`.

No database, no member, no policy: only `kept.look` and what ffmpeg draws. Add `?lang=es` or `?theme=dark` to any address.
"""

import contextlib
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable
from functools import cache
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

from kept.look import (
    assets,
    console_pages,
    pages,
    paths,
    samples,
    samples_comments,
    samples_data,
    samples_family,
    samples_notices,
    samples_ranking,
    samples_reports,
    samples_rights,
    samples_security,
    samples_trust,
)
from kept.look.views import ClipState, GalleryView, Notice, PeopleTab, Shell, SignUpStep, Theme, Tone

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; media-src 'self' blob:; "
    "connect-src 'self'; font-src 'none'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'; "
    "manifest-src 'self'; worker-src 'self'"
)
_DRAWINGS = (  # what each clip shows: a source and what is done to it
    "gradients=s=360x640:c0=#123c69:c1=#3a86b7:c2=#e8f1f2:n=3:x0=0:y0=0:x1=360:y1=640:speed=0.02:type=radial",
    "gradients=s=360x640:c0=#ff9a5a:c1=#7a3b69:c2=#1d1e3a:n=3:x0=180:y0=0:x1=180:y1=640:speed=0.015",
    "mandelbrot=s=360x640:maxiter=200:end_scale=0.02:rate=25,hue=h=200:s=0.9",
    "gradients=s=360x640:c0=#0b3d3a:c1=#2a9d8f:c2=#e9c46a:n=3:speed=0.03:type=circular",
    "life=s=90x160:mold=12:r=12:ratio=0.18:life_color=#ffd9a0:death_color=#7a4a1e:mold_color=#20130a,scale=360:640:flags=neighbor",
    "gradients=s=360x640:c0=#0b0d12:c1=#3d348b:c2=#f18701:n=3:speed=0.04:type=spiral",
)

Pages = dict[str, Callable[[Shell], str]]


def media_folder() -> Path:
    """Where the preview's clips are, drawn when first asked for."""
    folder = Path(tempfile.gettempdir()) / "kept-preview"
    folder.mkdir(exist_ok=True)
    for number, drawing in enumerate(_DRAWINGS):
        _draw(folder / f"clip-{number}", drawing, 220 + 55 * number)
    return folder


def _draw(name: Path, drawing: str, pitch: int) -> None:
    clip, poster = name.with_suffix(".mp4"), name.with_suffix(".webp")
    if poster.exists():
        return
    sound = f"sine=frequency={pitch}:duration=8,volume=0.15"
    _ffmpeg("-f", "lavfi", "-i", drawing, "-f", "lavfi", "-i", sound, "-t", "8", "-r", "25", "-c:v", "libx264", "-preset",
            "veryfast", "-pix_fmt", "yuv420p", "-c:a", "aac", "-movflags", "+faststart", str(clip))
    _ffmpeg("-ss", "1.5", "-i", str(clip), "-frames:v", "1", str(poster))


def _ffmpeg(*arguments: str) -> None:
    import imageio_ffmpeg

    program = shutil.which("ffmpeg") or imageio_ffmpeg.get_ffmpeg_exe()
    subprocess.run([program, "-v", "error", "-y", *arguments], check=True)


@cache
def routes() -> Pages:
    """Every page by its path. The paths of the site show its usual pages; those under /as/ show special states."""
    s, t, d, r, f, c = samples, samples_trust, samples_data, samples_rights, samples_family, samples_comments
    p, n, k, e = samples_security, samples_notices, samples_ranking, samples_reports
    found: Pages = {
        "/": lambda shell: pages.render_feed(s.feed(shell)),
        "/cards": lambda shell: pages.render_cards(s.feed(shell, first=7)),
        "/as/visitor": lambda shell: pages.render_feed(s.feed(s.shell(None, language=shell.language))),
        "/as/social": lambda shell: pages.render_feed(s.feed(shell, social=True)),
        "/as/empty": lambda shell: pages.render_feed(s.empty_feed(shell)),
        "/as/young": lambda shell: pages.render_feed(s.feed(_young(shell))),
        "/as/young-empty": lambda shell: pages.render_feed(s.empty_feed(_young(shell))),
        "/as/young-settings": lambda shell: pages.render_settings(s.settings(_young(shell))),
        "/as/clip": lambda shell: pages.render_clip(s.clip(shell)),
        "/as/own-clip": lambda shell: pages.render_clip(s.own_clip(shell)),
        paths.clip_captions(s.card(3).clip_id): lambda shell: pages.render_captions(s.captions(shell)),
        "/as/captions-wrong": lambda shell: pages.render_captions(s.captions(shell, wrong=True)),
        "/as/held": lambda shell: pages.render_clip(s.held_clip(shell)),
        "/as/on-its-way": lambda shell: pages.render_clip(s.clip_on_its_way(shell)),
        "/@marco_bikes": lambda shell: pages.render_profile(s.profile(shell)),
        "/as/visitor-profile": lambda shell: pages.render_profile(s.profile(s.shell(None, language=shell.language))),
        "/as/private-profile": lambda shell: pages.render_profile(s.profile(shell, closed=True)),
        paths.DISCOVER: lambda shell: pages.render_discover(s.discover(shell)),
        "/as/discover-found": lambda shell: pages.render_discover(s.discover(shell, words="glazing")),
        "/as/discover-nothing": lambda shell: pages.render_discover(s.discover(shell, words="glazing", empty=True)),
        "/as/discover-empty": lambda shell: pages.render_discover(s.discover(shell, empty=True)),
        paths.ME: lambda shell: pages.render_my_clips(s.my_clips(shell)),
        "/as/me-empty": lambda shell: pages.render_my_clips(s.my_clips(shell, empty=True)),
        paths.UPLOAD: lambda shell: pages.render_upload(s.upload(shell)),
        "/as/upload-drafts": lambda shell: pages.render_upload(s.upload(shell, s.drafts())),
        paths.draft("d0"): lambda shell: pages.render_draft(s.draft(shell)),
        "/as/draft-wrong": lambda shell: pages.render_draft(s.draft(shell, wrong=True)),
        paths.SIGN_IN: lambda shell: pages.render_sign_in(s.sign_in(s.shell(None, language=shell.language))),
        "/as/sign-in-wrong": lambda shell: pages.render_sign_in(s.sign_in(shell, wrong=True)),
        "/as/sign-up-wrong": lambda shell: pages.render_sign_up(s.sign_up(shell, SignUpStep.ACCOUNT, wrong=True)),
        paths.SETTINGS: lambda shell: pages.render_settings(s.settings(shell)),
        paths.SESSIONS: lambda shell: pages.render_sessions(s.sessions(shell)),
        paths.SECURITY: lambda shell: pages.render_security(p.security(shell)),
        "/as/security-done": lambda shell: pages.render_security(p.security(shell, done=True)),
        paths.CODES: lambda shell: pages.render_set_up(p.set_up(shell)),
        "/as/set-up-wrong": lambda shell: pages.render_set_up(p.set_up(shell, wrong=True)),
        "/as/codes-on": lambda shell: pages.render_codes(p.codes(shell)),
        "/as/recovery-codes": lambda shell: pages.render_recovery_codes(p.recovery_codes(shell)),
        paths.PASSWORD: lambda shell: pages.render_password(p.password(shell)),
        paths.SIGN_IN_CODE: lambda shell: pages.render_code(p.sign_in_code(s.shell(None, language=shell.language))),
        "/as/asked": lambda shell: pages.render_feed(s.feed(p.asked(shell))),
        "/as/asked-me": lambda shell: pages.render_my_clips(s.my_clips(p.asked(shell, "codes"))),
        "/as/young-asked": lambda shell: pages.render_feed(s.feed(p.asked(_young(shell)))),
        paths.PRIVACY: lambda shell: pages.render_document(t.document(shell)),
        paths.TRUST: lambda shell: pages.render_trust(t.trust(shell)),
        paths.AUTHORITIES: lambda shell: pages.render_authorities(t.authorities(shell)),
        "/as/authorities-empty": lambda shell: pages.render_authorities(t.authorities(shell, empty=True)),
        paths.DATA: lambda shell: pages.render_data(d.data(shell)),
        paths.DATA_MAP: lambda shell: pages.render_data_map(d.data_map(shell)),
        "/as/data-found": lambda shell: pages.render_data_map(d.data_map(shell, "e-mail")),
        "/as/data-not-found": lambda shell: pages.render_data_map(d.data_map(shell, "shoes", found=False)),
        paths.DATA_RETENTION: lambda shell: pages.render_retention(d.retention(shell)),
        "/as/retention-new": lambda shell: pages.render_retention(d.retention(shell, measured=False)),
        "/as/for-you": lambda shell: pages.render_feed(k.for_you(shell)),
        "/as/for-you-new": lambda shell: pages.render_feed(k.for_you(shell, new=True)),
        "/as/for-you-seen": lambda shell: pages.render_feed(k.for_you(shell, empty=True)),
        "/as/latest": lambda shell: pages.render_feed(k.latest(shell)),
        paths.FEED_SETTINGS: lambda shell: pages.render_your_feed(k.your_feed(shell)),
        "/as/feed-latest": lambda shell: pages.render_your_feed(k.your_feed(shell, ranked=False)),
        "/as/feed-teen": lambda shell: pages.render_your_feed(k.your_feed(shell, ranked=False, may_choose=False)),
        paths.RANKING: lambda shell: pages.render_ranking(k.ranking(shell)),
        paths.RIGHTS: lambda shell: pages.render_rights(r.rights(shell)),
        paths.RIGHTS_FORM: lambda shell: pages.render_rights_form(r.form(s.shell(None, language=shell.language))),
        "/as/rights-form-wrong": lambda shell: pages.render_rights_form(r.form(shell, wrong=True)),
        "/as/rights-form-closed": lambda shell: pages.render_rights_form(r.form(shell, sends_mail=False)),
        paths.FOLLOW: lambda shell: pages.render_follow(r.no_request(shell)),
        "/as/follow-done": lambda shell: pages.render_follow(r.follow(shell)),
        "/as/follow-held": lambda shell: pages.render_follow(r.follow(shell, "held")),
        paths.OFFLINE: lambda shell: pages.render_error(s.error(s.shell(None, language=shell.language), 0)),
        paths.GALLERY: lambda shell: pages.render_gallery(GalleryView(shell=shell)),
        paths.FAMILY: lambda shell: pages.render_family(f.guardian(shell)),
        "/as/family-code": lambda shell: pages.render_family(f.guardian(shell, code=True)),
        "/as/family-young": lambda shell: pages.render_family(f.young(shell)),
        paths.FAMILY_JOIN: lambda shell: pages.render_pairing(f.pairing(shell)),
        "/as/pause": lambda shell: pages.render_pause(f.pause(shell, guarded=False)),
        "/as/pause-guarded": lambda shell: pages.render_pause(f.pause(shell, guarded=True)),
        paths.comments(s.card(0).clip_id): lambda shell: pages.render_comments(c.comments(shell)),
        "/as/comments-visitor": lambda shell: pages.render_comments(c.comments(s.shell(None, language=shell.language))),
        "/as/comments-sure": lambda shell: pages.render_comments(c.unsure(shell)),
        "/as/comments-empty": lambda shell: pages.render_comments(c.empty(shell)),
        "/as/comment-answers": lambda shell: pages.render_comments(c.thread(shell)),
        paths.HELD: lambda shell: pages.render_held(c.held(shell)),
        "/as/held-comments-empty": lambda shell: pages.render_held(c.held(shell, nothing=True)),
        paths.COMMENT_SETTINGS: lambda shell: pages.render_comment_settings(c.settings(shell)),
        paths.NOTICES: lambda shell: pages.render_notices(n.notices(shell)),
        "/as/notices-empty": lambda shell: pages.render_notices(n.notices(shell, nothing=True)),
        paths.NOTICE_SETTINGS: lambda shell: pages.render_notice_settings(n.settings(shell)),
        "/as/notice-settings-young": lambda shell: pages.render_notice_settings(n.settings(shell, young=True)),
        paths.MESSAGE_SETTINGS: lambda shell: pages.render_message_settings(e.message_settings(shell)),
        "/as/inbox-requests": lambda shell: pages.render_inbox(e.requests(shell)),
        "/as/conversation-request": lambda shell: pages.render_conversation(e.asked(shell)),
        "/as/conversation-seen": lambda shell: pages.render_conversation(e.seen(shell)),
        paths.REPORT: lambda shell: pages.render_sheet(e.sheet(shell)),
        "/as/report-message": lambda shell: pages.render_sheet(e.sheet(shell, "message", thing="I know where you live.")),
        "/as/report-young": lambda shell: pages.render_sheet(e.sheet(_young(shell), "clip", young=True)),
        paths.REPORTS: lambda shell: pages.render_reports(e.reports(shell, done=True)),
        "/as/reports-empty": lambda shell: pages.render_reports(e.reports(shell, nothing=True)),
        "/as/reports-young": lambda shell: pages.render_reports(e.reports(_young(shell), done=True, young=True)),
        paths.NOTICE: lambda shell: pages.render_notice(e.notice(s.shell(None, language=shell.language))),
        "/as/notice-given": lambda shell: pages.render_notice(e.notice(shell, number="4F2A91C0")),
        paths.CONSOLE_REPORTS: lambda shell: console_pages.render_queue(e.queue(shell)),
        "/as/console-reports-empty": lambda shell: console_pages.render_queue(e.queue(shell, nothing=True)),
        "/as/confirm": lambda shell: pages.render_confirm(s.confirm(shell)),
    }
    for tab in PeopleTab:
        found[paths.people(tab)] = lambda shell, tab=tab: pages.render_people(s.people(shell, tab))
        found[f"/as/{tab}-empty"] = lambda shell, tab=tab: pages.render_people(s.people(shell, tab, empty=True))
    for step in SignUpStep:
        found[f"/as/sign-up-{step}"] = lambda shell, step=step: pages.render_sign_up(s.sign_up(shell, step))
    for status in (401, 403, 404, 410, 422, 429, 451, 500):
        found[f"/as/error-{status}"] = lambda shell, status=status: pages.render_error(s.error(shell, status))
    return found


def _young(shell: Shell) -> Shell:
    return samples.shell("noa", young=True, language=shell.language)


class Handler(BaseHTTPRequestHandler):
    """Answers with pages, static files and media with byte ranges. Quiet."""

    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        split = urlsplit(self.path)
        asked = {name: values[0] for name, values in parse_qs(split.query).items()}
        if split.path in routes():
            theme, notice = Theme(asked.get("theme", "system")), None
            if "notice" in asked:
                notice = Notice(text="Your clip is deleted.", tone=Tone.GOOD)
            shell = samples.shell(language=asked.get("lang", "en"), theme=theme, notice=notice)
            self._page(routes()[split.path](shell))
        elif split.path.startswith(assets.PREFIX):
            self._asset(assets.assets().get(split.path.removeprefix(assets.PREFIX).partition("/")[2].partition("/")[2]))
        elif split.path == paths.MANIFEST:
            self._asset(assets.manifest())
        elif split.path == paths.WORKER:
            self._asset(assets.worker())
        elif split.path.startswith("/media/"):
            self._media(media_folder() / Path(split.path).name)
        elif split.path == "/api/v1/messages/events":
            self._send(200, b"retry: 3600000\n\n", {"Content-Type": "text/event-stream"})
        elif split.path.endswith("/state"):
            self._send(200, b'{"state": "%s"}' % ClipState.HELD.encode(), {"Content-Type": "application/json"})
        elif split.path.endswith("/events"):
            self._stream(b'event: notices\ndata: {"unread": 3}\n\n')
        else:
            self._page(pages.render_error(samples.error(samples.shell(), 404)), 404)

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers.get("Content-Length", 0)))
        self._send(204, b"", {})

    def _page(self, text: str, status: int = 200) -> None:
        self._send(status, text.encode(), {"Content-Type": "text/html; charset=utf-8", "Content-Security-Policy": POLICY})

    def _stream(self, told: bytes) -> None:
        """Tell something, and nothing more until the page goes."""
        self.send_response(200)
        self.send_header("Content-Type", "text/event-stream")
        self.end_headers()
        self.wfile.write(told)
        self.close_connection = True
        with contextlib.suppress(OSError):
            self.rfile.read(1)

    def _asset(self, asset: assets.Asset | None) -> None:
        if asset is None:
            return self._send(404, b"", {})
        coded = {"Content-Encoding": "gzip"} if asset.gzipped else {}
        return self._send(200, asset.gzipped or asset.body, {"Content-Type": asset.media_type, **coded})

    def _media(self, file: Path) -> None:
        if not file.exists():
            return self._send(404, b"", {})
        whole = file.read_bytes()
        kind = {"Content-Type": "video/mp4" if file.suffix == ".mp4" else "image/webp", "Accept-Ranges": "bytes"}
        wanted = self.headers.get("Range", "").removeprefix("bytes=")
        if not wanted:
            return self._send(200, whole, kind)
        first, _, last = wanted.partition("-")
        start, end = int(first or 0), int(last or len(whole) - 1)
        span = {"Content-Range": f"bytes {start}-{end}/{len(whole)}"}
        return self._send(206, whole[start : end + 1], {**kind, **span})

    def _send(self, status: int, body: bytes, headers: dict[str, str]) -> None:
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: Any) -> None:
        """Nothing is logged."""


class PreviewServer(ThreadingHTTPServer):
    """The preview on a free port of this machine only."""

    daemon_threads = True

    def __init__(self, port: int = 0, handler: type[Handler] = Handler) -> None:
        super().__init__(("127.0.0.1", port), handler)

    @property
    def address(self) -> str:
        """Where it listens."""
        return f"http://127.0.0.1:{self.server_address[1]}"

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A browser that stops reading a clip half-way is no error; anything else is."""
        if not isinstance(sys.exception(), ConnectionError):
            super().handle_error(request, client_address)


if __name__ == "__main__":
    media_folder()
    server = PreviewServer(int(sys.argv[1]) if len(sys.argv) > 1 else 0)
    print(server.address, *routes(), sep="\n  ")
    server.serve_forever()
