"""Every promise, in the order in which the public page shows them."""

from kept.promises.data_security import DATA_AND_SECURITY
from kept.promises.promise import Promise
from kept.promises.the_service import THE_SERVICE
from kept.promises.trust_safety import TRUST_AND_SAFETY

PROMISES: tuple[Promise, ...] = (*DATA_AND_SECURITY, *TRUST_AND_SAFETY, *THE_SERVICE)

_BY_ID = {promise.id: promise for promise in PROMISES}


def by_id(promise_id: str) -> Promise:
    """The promise of that id. Raises KeyError."""
    return _BY_ID[promise_id]
