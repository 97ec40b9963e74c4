"""What our processes write to stderr: one line an event, without private values.

An exception's text may repeat what somebody typed ('Key (handle)=(…) already exists'), and its frames hold it. So a line
names the error's class and where it happened, and repeats the text only of errors that can't hold anything of anybody's.
"""

import logging
import sys
import traceback
from types import TracebackType
from typing import Any

import structlog
from structlog.typing import EventDict, WrappedLogger

from kept.kit import Fatal, KeptError

_SPEAKABLE = (KeptError, Fatal, OSError, ImportError, AttributeError)
"""Errors whose text is ours or Python's own words about the program."""

_PROGRAM_ERROR = "42"
"""SQLSTATE class of a wrong statement: it names tables and columns, no values (PostgreSQL, appendix A)."""

_FRAMES = 12


def configure_logging() -> None:
    """Send every log line of this process to stderr: for people on a terminal, else as JSON."""
    terminal = sys.stderr.isatty()
    renderer: Any = structlog.dev.ConsoleRenderer() if terminal else structlog.processors.JSONRenderer()
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            _without_private_values,
            renderer,
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.INFO),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(_Formatter("%(asctime)s %(levelname)s %(name)s %(message)s"))
    logging.basicConfig(level=logging.WARNING, handlers=[handler], force=True)
    logging.getLogger("asyncpg.pool").setLevel(logging.ERROR)  # says a hundred times what whoever needs it says once
    sys.excepthook = _last_words


def describe(error: BaseException) -> str:
    """What went wrong and where, without a value of anybody's: the error, then what caused it."""
    return "\n".join(_lines(error, set()))


def _lines(error: BaseException, told: set[int]) -> list[str]:
    """Each error once: a group may be the cause of an error that is in it (`raise group.exceptions[0] from group`)."""
    lines: list[str] = []
    seen: BaseException | None = error
    while seen is not None and id(seen) not in told:
        told.add(id(seen))
        lines.append(_name(seen))
        frames = traceback.extract_tb(seen.__traceback__)[-_FRAMES:]
        lines += [f"  {frame.filename}:{frame.lineno} {frame.name}" for frame in frames]
        if isinstance(seen, BaseExceptionGroup):
            lines += [f"  | {line}" for one in seen.exceptions for line in _lines(one, told)]
        seen = seen.__cause__ or (None if seen.__suppress_context__ else seen.__context__)
    return lines


def _name(error: BaseException) -> str:
    name = f"{type(error).__module__}.{type(error).__qualname__}"
    speaks = isinstance(error, _SPEAKABLE) or str(getattr(error, "sqlstate", "")).startswith(_PROGRAM_ERROR)
    return f"{name}: {error}" if speaks else name


def _without_private_values(_logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
    """Replace an exception by its description."""
    given = event.pop("exc_info", None)
    error = sys.exc_info()[1] if given is True else given[1] if isinstance(given, tuple) else given
    if isinstance(error, BaseException):
        event["exception"] = describe(error)
    return event


def _last_words(kind: type[BaseException], error: BaseException, _where: TracebackType | None) -> None:
    """For an error that ends the process."""
    if not issubclass(kind, KeyboardInterrupt):
        structlog.get_logger().critical("process.failed", exc_info=error)


class _Formatter(logging.Formatter):
    """For lines of libraries."""

    def formatException(self, ei: Any) -> str:
        return describe(ei[1])
