"""What a benchmark says: figures, each with its ratio to the bare baseline of the same run, for people or as JSON."""

import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass

import msgspec


@dataclass(frozen=True, slots=True)
class Figure:
    """One measured figure. `ratio` is value / `baseline`; `aim` is what it should at least be, in the unit of `value`."""

    name: str
    value: float
    unit: str
    baseline_name: str
    baseline: float
    aim: float | None = None

    @property
    def ratio(self) -> float:
        """The figure as a share of the baseline."""
        return self.value / self.baseline if self.baseline else 0.0

    @property
    def met(self) -> bool | None:
        """Whether the aim is reached; None without one."""
        return None if self.aim is None else self.value >= self.aim


def best_rate(work: Callable[[], object], count: int, *, rounds: int = 5) -> float:
    """How many a second: `work` does `count` of something; the best of some rounds, since others use the machine, too."""
    best = 0.0
    for _ in range(rounds):
        start = time.perf_counter()
        work()
        best = max(best, count / (time.perf_counter() - start))
    return best


def as_text(figures: Sequence[Figure]) -> str:
    """A line for each figure."""
    return "\n".join(_line(figure) for figure in figures)


def as_json(figures: Sequence[Figure]) -> str:
    """The figures as a JSON list."""
    said = [{**asdict(figure), "ratio": round(figure.ratio, 4), "met": figure.met} for figure in figures]
    return msgspec.json.encode(said).decode()


def _line(figure: Figure) -> str:
    aim = "" if figure.aim is None else f"   aim {figure.aim:,.0f}: {'met' if figure.met else 'MISSED'}"
    bare = f"{figure.ratio:.1%} of {figure.baseline_name} ({figure.baseline:,.0f})"
    return f"{figure.name:<42} {figure.value:>14,.0f} {figure.unit:<12} {bare}{aim}"
