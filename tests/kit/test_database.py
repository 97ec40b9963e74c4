"""Addresses of databases."""

import pytest

from kept.kit import Database
from kept.kit.database import PlainDatabaseLink


@pytest.mark.parametrize(
    "address",
    [
        "postgresql://db.example/kept",
        "postgresql://db.example/kept?sslmode=require",
        "postgresql:///kept?host=db.example",
    ],
)
def test_another_machine_needs_verified_tls(address: str) -> None:
    with pytest.raises(PlainDatabaseLink):
        Database(address)


@pytest.mark.parametrize(
    "address",
    [
        "postgresql://127.0.0.1/kept",
        "postgresql:///kept?host=/run/kept",
        "postgresql://db.example/kept?sslmode=verify-full",
    ],
)
def test_sockets_loopback_and_verified_tls_are_fine(address: str) -> None:
    assert Database(address).name == "kept"
