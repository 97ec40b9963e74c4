"""The installation that these tests are about."""

from tests.fixtures.installation import installation

__all__ = ["installation"]
