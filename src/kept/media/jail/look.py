"""What is in a file, found by walking through all its packets and decoding one picture with PyAV (FFmpeg's libraries).

Runs in a confined child that can open nothing: the file comes as a descriptor, so no address inside it can lead anywhere.
The answer is plain numbers and short texts; what they mean for us is decided by the parent.
"""

import os
from typing import Any

import av
import av.subtitles.codeccontext  # PyAV would import these when first needed: too late, in a jail
import av.subtitles.stream
from av.error import FFmpegError

_CONTAINERS = "mov,mp4,m4a,3gp,3g2,mj2,matroska,webm"
_OPTIONS = {"format_whitelist": _CONTAINERS, "protocol_whitelist": "", "max_streams": "32"}
_MP4_MARK, _MATROSKA_MARK = b"ftyp", b"\x1a\x45\xdf\xa3"
_BUFFER = 1 << 16
_MOST_DECODED = 500  # packets to feed the decoder with until a picture comes out
_MOST_TAGS, _LONGEST_TAG = 64, 200
_HDR_TRANSFERS = (16, 18)  # ITU-T H.273: PQ, HLG


def look(descriptor: int, most_packets: int) -> dict[str, Any]:
    """The facts about the file behind `descriptor`; or `{"problem": name}`: not_a_video, no_picture, truncated, too_many."""
    head = os.pread(descriptor, 12, 0)
    known = head[4:8] == _MP4_MARK or head[:4] == _MATROSKA_MARK
    try:
        file = os.fdopen(descriptor, "rb", 0)
        with av.open(file, options=_OPTIONS, buffer_size=_BUFFER, metadata_errors="replace") as container:
            return _facts(container, most_packets)
    except (FFmpegError, ValueError, IndexError, OverflowError):
        return {"problem": "truncated" if known else "not_a_video"}


def _facts(container: Any, most_packets: int) -> dict[str, Any]:
    pictures = [one for one in container.streams.video if not _still(one)]
    if not pictures:
        return {"problem": "no_picture" if container.streams.audio else "not_a_video"}
    video = pictures[0]
    if video.codec_context is None:
        return {"problem": "not_a_video"}
    walk = _walk(container, video, most_packets)
    if "problem" in walk:
        return walk
    sound = container.streams.audio[0] if container.streams.audio else None
    tags = [(str(name), str(value)[:_LONGEST_TAG]) for name, value in _tags(container)][:_MOST_TAGS]
    return {
        "container": "mov" if "mp4" in container.format.name else "matroska",
        "video_codec": video.codec_context.name,
        "profile": str(video.codec_context.profile or ""),
        "level": video.codec_context.level,
        "other_streams": len(container.streams) - 1 - (sound is not None),
        "audio_codec": sound.codec_context.name if sound is not None and sound.codec_context else "",
        "audio_channels": sound.codec_context.channels if sound is not None and sound.codec_context else 0,
        "tags": tags,
        **walk,
    }


def _still(stream: Any) -> bool:
    """Cover art and thumbnails are pictures in a video stream's clothes."""
    marks = type(stream.disposition)
    return bool(stream.disposition & (marks.attached_pic | marks.timed_thumbnails | marks.still_image))


def _tags(container: Any) -> list[tuple[str, str]]:
    found = list(container.metadata.items())
    for stream in container.streams:
        found += stream.metadata.items()
    return found


def _walk(container: Any, video: Any, most_packets: int) -> dict[str, Any]:
    """Every packet of the picture: how many, how long, how large, how far apart the keyframes; and the first picture."""
    video.thread_type = "NONE"
    frame, starts, end, count, size, hidden, corrupt = None, [], 0.0, 0, 0, 0, False
    first = None
    try:
        for packet in container.demux(video):
            if packet.size == 0:
                continue
            count += 1
            if count > most_packets:
                return {"problem": "too_many"}
            size, hidden, corrupt = size + packet.size, hidden + packet.is_discard, packet.is_corrupt
            stamp = packet.pts if packet.pts is not None else packet.dts
            at = float((stamp or 0) * packet.time_base)
            first = at if first is None else min(first, at)
            end = max(end, at + float((packet.duration or 0) * packet.time_base))
            starts += [at] if packet.is_keyframe else []
            if frame is None and starts and count <= _MOST_DECODED:
                frame = _picture(packet)
        frame = frame or _picture(None, video)
    except FFmpegError:
        corrupt = True
    if frame is None:
        return {"problem": "truncated" if corrupt else "no_picture"}
    seconds = end - (first or 0.0)
    declared = float((video.duration or 0) * video.time_base)
    if corrupt or declared - seconds > max(0.5, declared * 0.02):
        return {"problem": "truncated"}
    gaps = [after - before for before, after in zip(starts, [*starts[1:], end], strict=True)]
    return {
        "seconds": seconds,
        "frames": count,
        "hidden_frames": hidden,
        "video_bytes": size,
        "keyframe_seconds": max(gaps),
        **_appearance(video, frame),
    }


def _picture(packet: Any, video: Any = None) -> Any:
    """The first picture that comes out of the decoder after `packet`, or at the end of `video`; None when none does yet."""
    try:
        frames = packet.decode() if packet is not None else video.codec_context.decode(None)
    except FFmpegError:
        return None
    return frames[0] if frames else None


def _appearance(video: Any, frame: Any) -> dict[str, Any]:
    ratio = video.sample_aspect_ratio
    matrix = next((bytes(one) for one in frame.side_data if one.type.name == "DISPLAYMATRIX"), b"")
    return {
        "width": frame.width,
        "height": frame.height,
        "pixel_format": frame.format.name,
        "pixel_aspect": float(ratio) if ratio else 1.0,
        "rotation": frame.rotation % 360,
        "mirrored": _mirrors(matrix),
        "hdr": video.codec_context.color_trc in _HDR_TRANSFERS,
    }


def _mirrors(matrix: bytes) -> bool:
    """Whether a display matrix (nine 32-bit numbers, ISO/IEC 14496-12, 6.2.2) turns the picture over."""
    if len(matrix) < 36:
        return False
    a, b, _, c, d = (int.from_bytes(matrix[i : i + 4], "little", signed=True) for i in range(0, 20, 4))
    return a * d - b * c < 0
