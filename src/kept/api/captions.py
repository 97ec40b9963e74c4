"""Captions of one's own clip, for programs."""

from typing import Annotated

import msgspec
from litestar import Controller, delete, put
from litestar.params import JSONBody

from kept.api.bodies import Body, problems
from kept.api.given import GivenAsker, GivenRuntime
from kept.api.videos import VideoId
from kept.catalog import Intake, feeds
from kept.videos import LONGEST_TRACK, Language, remove_captions, set_captions

_BEARER: list[dict[str, list[str]]] = [{"bearer": []}]
LARGEST = 6 * LONGEST_TRACK


class CaptionsGiven(Intake):
    """Captions: plain cues of a WebVTT file."""

    track: Annotated[
        str,
        feeds("caption_track.body"),
        msgspec.Meta(
            max_length=LONGEST_TRACK,
            description="The file's text. Styles and regions are not taken; tags and settings are dropped.",
            examples=["WEBVTT\n\n00:00.000 --> 00:01.500\nHello."],
        ),
    ]
    language: Annotated[Language, feeds("caption_track.language")] = "en"


class CuesKept(msgspec.Struct):
    """How many there are now."""

    cues: int


class CaptionsController(Controller):
    """Captions."""

    path = "/api/v1/videos/{video_id:uuid}/captions"
    tags = ("videos",)
    security = _BEARER

    @put(
        summary="Write captions",
        operation_id="set_captions",
        dto=Body[CaptionsGiven],
        return_dto=None,
        request_max_body_size=LARGEST,
        responses=problems(401, 403, 404, 413, 422, 451),
    )
    async def write(
        self, video_id: VideoId, data: JSONBody[CaptionsGiven], asker: GivenAsker, runtime: GivenRuntime
    ) -> CuesKept:
        """Give one's own clip these captions instead of those it has. A file without cues takes them away.

        422 `bad_captions` names the line that can't be taken.
        """
        by = asker.member
        async with by.cell.begin() as tx:
            cues = await set_captions(
                tx, by, video_id, data.track, language=data.language, now=runtime.clock.now()
            )
        return CuesKept(cues)

    @delete(summary="Take captions away", operation_id="remove_captions", responses=problems(401, 403, 404, 451))
    async def remove(self, video_id: VideoId, asker: GivenAsker, runtime: GivenRuntime) -> None:
        """Of one's own clip, if it has any."""
        by = asker.member
        async with by.cell.begin() as tx:
            await remove_captions(tx, by, video_id, now=runtime.clock.now())
