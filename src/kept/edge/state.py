"""What a request handler may ask the application for."""

from litestar.connection import ASGIConnection
from litestar.datastructures import State

from kept.edge.tallies import Tallies
from kept.runtime import Runtime

AnyConnection = ASGIConnection[object, object, object, State]


def runtime_of(connection: AnyConnection) -> Runtime:
    """The opened stores of this process."""
    runtime: Runtime = connection.app.state.runtime
    return runtime


def tallies_of(connection: AnyConnection) -> Tallies:
    """The counters of this process."""
    tallies: Tallies = connection.app.state.tallies
    return tallies
