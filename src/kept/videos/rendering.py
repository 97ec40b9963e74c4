"""Lighter forms of a published clip, 540 and 720 lines: a job of its own, after publication, a step for each form."""

from datetime import datetime
from uuid import UUID

from kept.cells import Cell
from kept.jobs import Job, job
from kept.media import rendition, warm
from kept.videos import files
from kept.videos.captioning import SpeechRecogniser, begin_captions
from kept.videos.cards import show_card
from kept.videos.models import VideoState
from kept.videos.processing import PATIENT
from kept.videos.publishing import RENDER
from kept.videos.states import locked
from kept.videos.studio import Studio, Works

HEIGHTS = (540, 720)
"""Lines of the shorter side, the one that most viewers get first."""


_LANGUAGE = """
SELECT a.language FROM video v JOIN account a USING (owner_id)
WHERE v.owner_id = $1 AND v.video_id = $2 AND v.state = 'published'
    AND NOT EXISTS (SELECT FROM caption_track t WHERE t.owner_id = v.owner_id AND t.video_id = v.video_id)
"""


@job(RENDER, hurry=False)
async def render_video(job: Job, works: Works) -> None:
    """Make what is missing of the lighter forms of a clip."""
    cell, now = works.cells.named(job.cell), works.clock.now()
    for number, height in enumerate(HEIGHTS):
        percent = 5 + 90 * number // len(HEIGHTS)
        arguments = (cell, works.studio, job.owner_id, job.subject_id, height, now)
        await job.step(f"rendering {height}", render, *arguments, percent=percent, retry=PATIENT)
    if works.studio.recogniser is not None:
        await job.step("listening", listen, cell, works.studio.recogniser, job.owner_id, job.subject_id, now, percent=95)


async def listen(cell: Cell, recogniser: SpeechRecogniser, owner_id: UUID, video_id: UUID, now: datetime) -> bool:
    """Begin the captions of a published clip that has none with what a recogniser hears; whether it heard anything.

    What its author wrote meanwhile stays. Safe to repeat.
    """
    rows = await cell.database.fetch(_LANGUAGE, owner_id, video_id)
    if not rows:
        return False
    language = rows[0]["language"]
    async with files.film_of(cell, owner_id, video_id) as film:
        cues = await recogniser.listen(film, language=language)
    async with cell.begin() as tx:
        return await begin_captions(tx, owner_id, video_id, cues, language=language, now=now)


async def render(cell: Cell, studio: Studio, owner_id: UUID, video_id: UUID, height: int, now: datetime) -> bool:
    """Make one form and show it on the card; whether it was made. Safe to repeat.

    Nothing is made of a clip that is withdrawn, or that is no larger than the form would be.
    """
    name = str(height)
    async with cell.begin() as tx:
        video = await locked(tx, owner_id, video_id)
        if video is None or video.state != VideoState.PUBLISHED or min(video.width, video.height) <= height:
            return False
        keys = await files.plan(tx, owner_id, video_id, {name: files.MP4})
    with files.workplace(studio, cell, video_id) as folder:
        made = folder / f"{name}.mp4"
        try:
            async with files.film_of(cell, owner_id, video_id) as film:
                await rendition(film, made, height)
        finally:
            warm()  # the next upload, for which somebody waits, shall find a child ready
        stored = await files.take_in(cell.objects, keys, {name: made})
    async with cell.begin() as tx:
        video = await locked(tx, owner_id, video_id)
        if video is not None and video.state == VideoState.PUBLISHED:
            await files.mark_ready(tx, owner_id, video_id, stored, now=now)
            await show_card(tx, video, now=now)
            return True
    await cell.objects.delete(keys[name])
    return False
