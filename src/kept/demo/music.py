"""Music as an expression that ffmpeg computes: chords that swell, a bass, plucked notes, and a soft beat."""

from collections.abc import Sequence
from dataclasses import dataclass

MAJOR = (0, 2, 4, 5, 7, 9, 11)
MINOR = (0, 2, 3, 5, 7, 8, 10)
DORIAN = (0, 2, 3, 5, 7, 9, 10)
LYDIAN = (0, 2, 4, 6, 7, 9, 11)

_RATE = 16_000  # enough for what is played; made finer afterwards
_DETUNE = 0.0015
_A4, _A4_KEY = 440.0, 69


@dataclass(frozen=True, slots=True, kw_only=True)
class Song:
    """What is played, over and over."""

    key: int
    """MIDI number of the lowest chord's root: 57 is the A below middle C."""
    scale: Sequence[int]
    chords: Sequence[int]
    """Steps of the scale that the chords stand on, a bar each."""
    pattern: Sequence[int]
    """Steps above the chord's root that are plucked, evenly over a bar."""
    bar: float = 2.0
    """Seconds."""
    pluck: float = 5.0
    """How fast a plucked note dies away."""
    beat: bool = False

    def source(self, seconds: float) -> str:
        """A filter graph that plays it for `seconds`, in stereo, with an echo."""
        left, right = self._expression(1 + _DETUNE), self._expression(1 - _DETUNE)
        room = "aecho=0.85:0.75:190|330:0.32|0.2,lowpass=f=6500"
        ends = f"afade=t=in:d=0.15,afade=t=out:st={seconds - 0.8:g}:d=0.8"
        return (
            f"aevalsrc=exprs='{left}|{right}':s={_RATE}:d={seconds:g},{room},{ends},aresample=44100,alimiter=limit=0.85"
        )

    def _expression(self, detune: float) -> str:
        """Amplitude at the time t. Registers: 0 chord, 1 place in the bar, 2 step, 3 time in the step, 4 frequency."""
        step = self.bar / len(self.pattern)
        clock = [
            f"st(0,mod(floor(t/{self.bar}),{len(self.chords)}))*0",
            f"st(1,mod(t,{self.bar})/{self.bar})*0",
            f"st(2,mod(floor(t/{step}),{len(self.pattern)}))*0",
            f"st(3,mod(t,{step}))*0",
        ]
        return "+".join([*clock, *self._pad(detune), self._bass(), self._plucked(step), *self._drums()])

    def _pad(self, detune: float) -> list[str]:
        voices = []
        for third, loud in ((0, 0.16), (2, 0.13), (4, 0.12)):
            pitches = [self._pitch(chord + third) * detune for chord in self.chords]
            tone = "(sin(2*PI*ld(4)*t)+0.3*sin(4*PI*ld(4)*t)+0.12*sin(6*PI*ld(4)*t))"
            voices.append(f"st(4,{_chosen(0, pitches)})*0+{loud}*pow(sin(PI*ld(1)),0.45)*{tone}")
        return voices

    def _bass(self) -> str:
        pitches = [self._pitch(chord) / 2 for chord in self.chords]
        swell = f"exp(-1.2*{self.bar}*ld(1))*min(1,ld(1)*60)"
        return f"st(4,{_chosen(0, pitches)})*0+0.22*{swell}*sin(2*PI*ld(4)*ld(1)*{self.bar})"

    def _plucked(self, step: float) -> str:
        pitches = [2 * self._pitch(chord + above) for chord in self.chords for above in self.pattern]
        swell = f"exp(-{self.pluck}*ld(3))*min(1,ld(3)*300)*min(1,({step}-ld(3))*200)"
        string = (
            "(sin(2*PI*ld(4)*ld(3))+0.35*exp(-6*ld(3))*sin(4*PI*ld(4)*ld(3))+0.2*exp(-9*ld(3))*sin(8*PI*ld(4)*ld(3)))"
        )
        place = f"st(5,ld(0)*{len(self.pattern)}+ld(2))*0+st(4,{_chosen(5, pitches)})*0"
        return f"{place}+0.26*{swell}*{string}"

    def _drums(self) -> list[str]:
        if not self.beat:
            return []
        quarter = self.bar / 4
        kick = f"st(6,mod(t,{quarter}))*0+0.5*exp(-9*ld(6))*sin(2*PI*(48*ld(6)+4*(1-exp(-28*ld(6)))))"
        return [kick, f"0.07*(random(0)-0.5)*exp(-45*mod(t+{quarter / 2},{quarter}))"]

    def _pitch(self, degree: int) -> float:
        """Frequency in hertz of a step of the scale, counted from the key."""
        octave, step = divmod(degree, len(self.scale))
        return float(_A4 * 2 ** ((self.key + 12 * octave + self.scale[step] - _A4_KEY) / 12))


def _chosen(register: int, values: Sequence[float]) -> str:
    """The value whose number is in `register`."""
    return "+".join(f"{value:.2f}*eq(ld({register}),{number})" for number, value in enumerate(values))
