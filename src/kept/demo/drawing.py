"""Words for ffmpeg filter graphs that draw: pictures that are computed once and held, small ones that are computed all the
time and enlarged, colours from a palette. Mind the time: an expression costs for every pixel, so what moves is small."""

from collections.abc import Callable

WIDTH, HEIGHT, FPS = 540, 960, 30
SIZE = f"{WIDTH}x{HEIGHT}"
ENLARGE = f"scale={WIDTH}:{HEIGHT}:flags=bicubic"
HOLD = f",loop=-1:1:0,setpts=N/{FPS}/TB"
"""After a `still`: the same picture for ever."""

Scene = Callable[[], str]
"""A filter graph that ends in `[v]`."""


def rgb(red: str, green: str, blue: str) -> str:
    """Expressions for the three colours of a pixel, held within 0 and 255: ffmpeg would start anew beyond."""
    return ":".join(f"{name}='clip({value},0,255)'" for name, value in (("r", red), ("g", green), ("b", blue)))


def gray(value: str) -> str:
    """An expression for the brightness of a pixel, held within 0 and 255."""
    return f"lum='clip({value},0,255)'"


def still(kind: str, size: str, expressions: str, after: str = "") -> str:
    """One computed picture of pixel format `kind`; `after` are further filters, `HOLD` among them to make it last."""
    return f"color=black:s={size}:r={FPS},trim=end_frame=1,format={kind},geq={expressions}{after}"


def moving(kind: str, size: str, expressions: str) -> str:
    """Computed pictures, 15 a second, the ones between mixed from their neighbours. For soft things, to be enlarged."""
    return f"color=black:s={size}:r=15,format={kind},geq={expressions},minterpolate=fps={FPS}:mi_mode=blend"


def cutout(colour: str, size: str, mask: str, after: str = "") -> str:
    """A shape in one colour; the stream `mask` says how opaque each pixel is. Lasts."""
    return f"color={colour}:s={size}:r={FPS},trim=end_frame=1,format=gbrp[{mask}c];[{mask}c][{mask}]alphamerge{HOLD}{after}"


def palette(red: tuple[float, float], green: tuple[float, float], blue: tuple[float, float]) -> str:
    """Colours for a gray picture: for each, how often it comes and goes from black to white, and where it starts."""
    waves = [f"clip(128+127*cos(2*PI*(val/255*{times}+{start})),0,255)" for times, start in (red, green, blue)]
    return "lutrgb=" + ":".join(f"{name}='{wave}'" for name, wave in zip("rgb", waves, strict=True))


def polar(x: str, y: str) -> str:
    """A `remap` of the stream `[texture]` by two maps of the picture, expressions of R (from the middle) and A (0 to 2π)."""
    maps = []
    for name, value in (("mapx", x), ("mapy", y)):
        from_middle = value.replace("R", "hypot(X-W/2,Y-H/2)").replace("A", "(atan2(Y-H/2,X-W/2)+PI)")
        maps.append(still("gray16le", SIZE, f"lum='{from_middle}'", HOLD) + f"[{name}]")
    return f"{';'.join(maps)};[texture][mapx][mapy]remap"


def glow(stream: str, out: str, *, blur: float = 4) -> str:
    """Light that spreads around what is bright in `stream`."""
    soft = f"[{stream}2]scale={WIDTH // 4}:{HEIGHT // 4},gblur={blur},{ENLARGE},format=gbrp[{stream}3]"
    return (
        f"[{stream}]format=gbrp,split[{stream}1][{stream}2];{soft};[{stream}1][{stream}3]blend=all_mode=screen[{out}]"
    )
