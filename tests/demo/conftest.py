"""An installation of the test's own, and a region with two stores."""

from tests.fixtures.installation import installation
from tests.residency.conftest import town

__all__ = ["installation", "town"]
