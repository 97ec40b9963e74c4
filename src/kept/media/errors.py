"""How a file is refused, and how processing fails. The messages are for the people who sent the file."""

from kept.kit import KeptError, Kind


class NotAVideo(KeptError):
    code = "not_a_video"
    kind = Kind.UNSUPPORTED
    message = "We can't read this file as a video. Send an MP4, MOV or WebM file, as phones and browsers record them."


class NoPicture(KeptError):
    code = "no_picture"
    kind = Kind.INVALID
    message = "This file has no moving picture. Send a video, not a sound or a photo."


class BadCut(KeptError):
    code = "bad_cut"
    kind = Kind.INVALID
    message = "Less than half a second would be left of this clip. Choose more of it."


class TooLong(KeptError):
    code = "too_long"
    kind = Kind.INVALID
    message = "This clip lasts {seconds} seconds; we take up to {limit}. Trim it and send it again."


class TooLarge(KeptError):
    code = "too_large"
    kind = Kind.TOO_LARGE
    message = (
        "This file is too large: it has {size}, we take up to {limit}. Record it with a lower quality, or trim it."
    )


class Truncated(KeptError):
    code = "truncated"
    kind = Kind.INVALID
    message = "Part of this video is missing or damaged. Check that it plays on your device, then send it again."


class MediaFailed(KeptError):
    """Processing ended without a result; `detail` holds what the program said, for the operator's log only."""

    code = "media_failed"
    kind = Kind.INVALID
    message = "We could not prepare this video: {why}. Try a clip that was recorded anew, or a different format."


class DiskFull(KeptError):
    code = "disk_full"
    kind = Kind.FULL
    message = "There is no room for new videos at the moment. Nothing is lost; we will try again."


class NotConfined(KeptError):
    """A process that parses media could not be confined, so nothing was parsed. The operator has to act."""

    code = "not_confined"
    kind = Kind.BUG
    message = "Videos can't be processed safely on this machine, so they are not processed: {why}."


class NoFfmpeg(KeptError):
    code = "no_ffmpeg"
    kind = Kind.BUG
    message = "Videos can't be processed: no usable ffmpeg was found. Install ffmpeg, or the package imageio-ffmpeg."
