"""Why a clip was held or failed, in a sentence for its author: what, why, and what can be done. Codes are what is stored."""

from kept.videos.gates import UNCHECKED

AUTHOR = "author"
"""Withdrawn by whoever made it."""

_SENTENCES = {
    "not_a_video": "We can't read this file as a video. Send an MP4, MOV or WebM file, as phones and browsers record them.",
    "no_picture": "This file has no moving picture. Send a video, not a sound or a photo.",
    "truncated": "Part of this video is missing or damaged. Check that it plays on your device, then send it again.",
    "too_long": "This clip is longer than we take. Trim it and send it again.",
    "bad_cut": "Less than half a second was left of this clip. Send it again, and choose more of it.",
    "too_large": "This video is larger than we take. Record it with a lower quality, or trim it.",
    "media_failed": "We could not prepare this video. Try a clip that was recorded anew, or a different format.",
    UNCHECKED: "We could not check this clip, so it is not published. Delete it and send it again in a while.",
    AUTHOR: "You deleted this clip.",
}
_STOPPED = (
    "A check before publication stopped this clip. Only you can see it. Our guidelines say what we don't publish."
)


def sentence(reason: str) -> str:
    """The sentence of a reason; empty for a clip that needs none."""
    return _SENTENCES.get(reason, _STOPPED) if reason else ""
