"""The evidence checks, one file a subject; importing this package declares them."""

from kept.promises.evidence import (
    access,
    collection,
    keys,
    ledger,
    legal,
    mailboxes,
    messages,
    network,
    openings,
    residency,
    retention,
    rights,
    service,
    stores,
    terms,
    youth,
)

__all__ = [
    "access",
    "collection",
    "keys",
    "ledger",
    "legal",
    "mailboxes",
    "messages",
    "network",
    "openings",
    "residency",
    "retention",
    "rights",
    "service",
    "stores",
    "terms",
    "youth",
]
