"""Seeding: sign up the made-up members, let them upload clips, and wait until the worker has published them.

Doing it twice does no harm: who is there is left alone, and who has clips gets no more.
"""

import asyncio
import tempfile
from collections.abc import AsyncIterator, Callable, Sequence
from pathlib import Path

from kept.accounts import Newcomer, Session, resume, sign_up
from kept.cells import HomeElsewhere, NameTaken
from kept.demo.asking import let_authorities_ask
from kept.demo.befriending import befriend, give_hearts
from kept.demo.clips import Clip, generate
from kept.demo.commenting import comment
from kept.demo.families import GUARDIAN, WARDS, make_family
from kept.demo.leaving import use_rights
from kept.demo.people import PASSWORD, PEOPLE, Person
from kept.demo.protecting import come_back, protect
from kept.demo.relocating import keep_one_store_free, relocate
from kept.demo.reporting import report_some
from kept.demo.talking import talk
from kept.demo.working import at_work
from kept.runtime import Runtime
from kept.videos import Part, curate

CHUNK = 1 << 20
PATIENCE_SECONDS = 300.0
DEVICE = "A demo"


async def seed(runtime: Runtime, *, report: Callable[[str], None], clips: int = 12) -> None:
    """Make the members whose home is here, and `clips` clips among those who publish; says what it does.

    Raises:
        TimeoutError: the worker did not publish them in time.
    """
    await keep_one_store_free(runtime)
    people = [person for person in PEOPLE if _is_home_here(runtime, person)]
    sessions = [await _member(runtime, person) for person in people]
    report(f"{len(sessions)} made-up members")
    if said := await talk(runtime, sessions):
        report(f"{said} messages between them")
    if stopped := await protect(runtime, sessions):
        report(f"{stopped} made-up attacks on their accounts, all stopped")
    if asked := await use_rights(runtime, sessions[0]):
        report(f"{asked} requests about their data")
    if await make_family(runtime, sessions):
        report(f"A family: {GUARDIAN} looks after {' and '.join(WARDS)}; sign in as one of them and open /family")
    await at_work(runtime, sessions, report)
    if asked := await let_authorities_ask(runtime, sessions[0], people[0].handle):
        report(f"{asked} requests of made-up authorities")
    authors = [session for session, person in zip(sessions, people, strict=True) if person.publishes]
    if await _published(runtime) < clips:
        await _draw_and_publish(runtime, authors, clips, report)
    await _meet(runtime, sessions, report)
    if await relocate(runtime, report):
        report("A region moved to another store, and the old one was emptied: kept regions certificate")


async def _meet(runtime: Runtime, sessions: Sequence[Session], report: Callable[[str], None]) -> None:
    """Let them follow, like, comment and report."""
    if followed := await befriend(runtime, sessions):
        report(f"{followed} follows between them")
    if liked := await give_hearts(runtime, sessions):
        report(f"{liked} likes")
    if said := await comment(runtime, sessions):
        report(f"{said} comments")
    if told := await report_some(runtime, sessions):
        report(f"{told} reports, which wait in the console's room for them")


async def _draw_and_publish(
    runtime: Runtime, authors: Sequence[Session], clips: int, report: Callable[[str], None]
) -> None:
    with tempfile.TemporaryDirectory(prefix="kept-demo-") as folder:
        report("Drawing clips")
        made = await asyncio.to_thread(generate, Path(folder), count=clips)
        for number, clip in enumerate(made):
            await _upload(runtime, authors[number % len(authors)], clip)
            report(f"Uploaded “{clip.caption}”")
    await _wait(runtime, clips, report)
    await _pick_for_children(runtime)


def _is_home_here(runtime: Runtime, person: Person) -> bool:
    try:
        runtime.cells.require_home_here(person.country)
    except HomeElsewhere:
        return False
    return True


async def _member(runtime: Runtime, person: Person) -> Session:
    now = runtime.clock.now()
    newcomer = Newcomer(
        handle=person.handle,
        birth_date=person.birth_date(now.date()),
        country=person.country,
        credential=PASSWORD,
        accepts="current",
        device=DEVICE,
    )
    try:
        signed_in = await sign_up(runtime.accounts, newcomer, now=now)
    except NameTaken:
        signed_in = await come_back(runtime, person.handle, device=DEVICE)
    return await resume(runtime.accounts, signed_in.token, now=now)


async def _upload(runtime: Runtime, author: Session, clip: Clip) -> None:
    """Through the same door as everybody's uploads."""
    now = runtime.clock.now()
    length = clip.path.stat().st_size
    uploads = runtime.studio.uploads
    upload = await uploads.create(author, length=length, caption=clip.caption, now=now)
    await uploads.append(author, upload.upload_id, Part(offset=0), _chunks(clip.path), now=now)


async def _chunks(path: Path) -> AsyncIterator[bytes]:
    data = await asyncio.to_thread(path.read_bytes)
    for start in range(0, len(data), CHUNK):
        yield data[start : start + CHUNK]


async def _published(runtime: Runtime) -> int:
    total = 0
    for cell in runtime.cells:
        rows = await cell.database.fetch("SELECT count(*) AS n FROM video WHERE state = 'published'")
        total += rows[0]["n"]
    return total


async def _wait(runtime: Runtime, clips: int, report: Callable[[str], None]) -> None:
    """Until everything is published, and says how far it is."""
    told = -1
    async with asyncio.timeout(PATIENCE_SECONDS):
        while (ready := await _published(runtime)) < clips:
            if ready != told:
                report(f"{ready} of {clips} clips are ready")
                told = ready
            await asyncio.sleep(0.5)
    report(f"{clips} clips are ready")


async def _pick_for_children(runtime: Runtime) -> None:
    """Half of each cell's clips for the place where children watch, which staff would otherwise fill."""
    for cell in runtime.cells:
        rows = await cell.database.fetch(
            "SELECT owner_id, video_id FROM video WHERE state = 'published' AND picked_at IS NULL ORDER BY video_id"
        )
        for row in rows[::2]:
            async with cell.begin() as tx:
                await curate(tx, row["owner_id"], row["video_id"], picked_by=None, now=runtime.clock.now())
