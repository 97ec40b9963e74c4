"""What a request handler may ask the application for."""

from typing import Any

from litestar.connection import ASGIConnection
from litestar.datastructures import State

from kept.runtime import Runtime

AnyConnection = ASGIConnection[Any, Any, Any, State]


def runtime_of(connection: AnyConnection) -> Runtime:
    """The opened stores of this process."""
    runtime: Runtime = connection.app.state.runtime
    return runtime
