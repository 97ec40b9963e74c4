"""An installation of the test's own."""

from tests.fixtures.installation import installation

__all__ = ["installation"]
