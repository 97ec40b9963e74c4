"""The ledger's workbench, for those who look at its logs from outside."""

from tests.ledger.conftest import bench

__all__ = ["bench"]
