"""How an account stands, as the policy asks: in order, or with a new yes due because the terms changed."""

from datetime import date
from functools import lru_cache

from kept.policy import Standing
from kept.terms import still_good


@lru_cache(maxsize=1024)
def standing(agreements: tuple[str, ...], on: date) -> Standing:
    """How an account stands that agreed to `kind@version` …: a later version that asks again makes a new yes due.

    Only what somebody agreed to can be outdated; on an eighteenth birthday another notice is meant for them, and no yes due.
    """
    newest: dict[str, str] = {}
    for one in agreements:
        kind, _, version = one.partition("@")
        newest[kind] = max(version, newest.get(kind, ""))
    good = "terms" in newest and all(still_good(kind, version, on=on) for kind, version in newest.items())
    return Standing.GOOD if good else Standing.TERMS_DUE
