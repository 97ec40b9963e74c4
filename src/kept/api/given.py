"""What the application gives to handlers by name."""

from litestar.di import NamedDependency

from kept.edge import Asker
from kept.runtime import Runtime

GivenAsker = NamedDependency[Asker]
GivenRuntime = NamedDependency[Runtime]
