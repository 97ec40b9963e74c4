"""From an uploaded file to a published clip: a durable job of one step, which is safe to run again from any point.

The gates that need no more than the bytes are asked before anything parses them. Then, in a sandbox, the clip without its
metadata is made, and its poster; they are stored and noted in the clip's row, and the original is deleted. Then come all
other gates, and publication. What is noted is not done again.

Whatever goes wrong, the clip ends in a state that its author can read: a file that is no clip we take has failed; what
could not be checked or prepared for reasons of our own is held, never published.
"""

from kept.jobs import Job, Step, job
from kept.videos import files
from kept.videos.arriving import PROCESS
from kept.videos.gates import UNCHECKED, Facts
from kept.videos.preparing import Clip, Made, make, note
from kept.videos.publishing import publish
from kept.videos.studio import Works
from kept.videos.takedown import remove_files

PATIENT = Step(attempts=11, wait=0.5)
"""Eight minutes in all: a database that restarts, a disk that somebody makes room on."""

_NOT_KEPT = "SELECT FROM video WHERE owner_id = $1 AND video_id = $2 AND original_gone_at IS NOT NULL"


@job(PROCESS)
async def process_video(job: Job, works: Works) -> None:
    """Process one clip."""
    clip = Clip(works.cells.named(job.cell), works.studio, job.owner_id, job.subject_id, works.clock)
    try:
        await job.step("preparing", bring_out, clip, percent=10, retry=PATIENT)
    except Exception:
        await clip.hold(UNCHECKED)
        raise


async def bring_out(clip: Clip) -> bool:
    """Check, prepare and publish a clip; whether it is published. Safe to run again from any point.

    Of a clip that has ended meanwhile, everything is deleted.
    """
    work = await clip.in_work()
    if work is None:
        await _tidy(clip)
        return False
    made = None
    if not work.prepared:
        if not await _passes(clip, clip.facts(work)):
            return False
        made = await make(clip, work.cut)
        if made is None:
            return False
    if clip.studio.gates.any_after_decoding:
        await _settle(clip, made)
        made = None
        async with files.film_of(clip.cell, clip.owner_id, clip.video_id) as film:
            if not await _passes(clip, clip.facts(work, film)):
                return False
    return await _publish(clip, made)


async def _passes(clip: Clip, facts: Facts) -> bool:
    """Ask gates; hold the clip if one of them says so."""
    verdict = await clip.studio.gates.ask(facts)
    if verdict.reason is not None:
        await clip.hold(verdict.reason)
    return verdict.reason is None


async def _settle(clip: Clip, made: Made | None) -> None:
    """Note what was made, and delete the original: the gates that come now may take their time."""
    if made is not None:
        async with clip.cell.begin() as tx:
            await note(tx, clip, made)
    await clip.studio.spool.remove(clip.cell.name, clip.video_id)


async def _publish(clip: Clip, made: Made | None) -> bool:
    """Note what was made and publish, in one transaction; then what is not needed any more goes."""
    async with clip.cell.begin() as tx:
        if made is not None:
            await note(tx, clip, made)
        published = await publish(tx, clip.owner_id, clip.video_id, now=clip.now)
        await clip.studio.moved(tx, clip.owner_id, clip.video_id, now=clip.now)
    await _tidy(clip)
    return published


async def _tidy(clip: Clip) -> None:
    """Delete the original once it is not kept any more, and everything of a clip that has ended."""
    await remove_files(clip.cell, clip.studio, clip.owner_id, clip.video_id, clip.now)
    if await clip.cell.database.fetch(_NOT_KEPT, clip.owner_id, clip.video_id):
        await clip.studio.spool.remove(clip.cell.name, clip.video_id)
