"""A clip as a phone makes it, made up: for benches, tests and demos, which all need one and may not need each other."""

import subprocess
from pathlib import Path

from kept.media.ffmpeg import find_ffmpeg

_FPS = 30
_TAGS = {
    "location": "+48.8577+002.2950/",
    "make": "PearCo",
    "model": "Pear Phone 7",
    "creation_time": "2026-05-01T10:00:00Z",
}
_PATIENCE = 180.0


def phone_clip(path: Path, seconds: float = 15) -> Path:
    """Write an MP4 of 1080 × 1920 pixels and about 7 Mbit/s, with place, device and time in its metadata. Blocks.

    Raises:
        subprocess.SubprocessError: this ffmpeg can't make it.
        NoFfmpeg: there is none.
    """
    source = f"mandelbrot=s=270x480:r={_FPS}:maxiter=600,scale=1080:1920:flags=bilinear,noise=alls=4:allf=t"
    inputs = ["-f", "lavfi", "-i", source, "-f", "lavfi", "-i", "sine=440:r=48000", "-t", str(seconds)]
    picture = ["-c:v", "libx264", "-preset", "ultrafast", "-g", str(2 * _FPS), "-pix_fmt", "yuv420p"]
    rate = ["-b:v", "7000k", "-maxrate", "7000k", "-bufsize", "1000k"]
    metadata = [word for name, value in _TAGS.items() for word in ("-metadata", f"{name}={value}")]
    encoding = [*picture, *rate, "-c:a", "aac", "-b:a", "128k", *metadata, "-movflags", "use_metadata_tags"]
    command = [str(find_ffmpeg().path), "-nostdin", "-v", "error", "-y", *inputs, *encoding, str(path)]
    subprocess.run(command, check=True, capture_output=True, timeout=_PATIENCE, stdin=subprocess.DEVNULL)
    return path
