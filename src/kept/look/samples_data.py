"""A made-up data map, for the preview and the tests of the look. It says nothing of this system."""

from datetime import timedelta

from kept.look.samples import NOW
from kept.look.views import (
    DataView,
    MapChapter,
    MapField,
    MapGroup,
    MapRegion,
    MapSubject,
    MapView,
    PromiseState,
    RetentionLine,
    RetentionPart,
    RetentionView,
    ScanView,
    Shell,
    SweepLine,
)

_ADDRESS = MapGroup(
    table="account", holds="The accounts of members.", level="confidential", why="to let you sign in, and nobody else",
    basis="our contract with you (GDPR Art. 6(1)(b))", how_long="until your account is closed, and 30 days longer",
    because="contract", who="you; staff only if your region's security team agrees", where="only in your region",
    fields=(MapField(name="email", about="Your e-mail address, if you gave one.", sealed=True),
            MapField(name="a_column_with_quite_a_long_name_indeed", about="Whether we wrote to it.")),
)
_LINES = (
    RetentionLine(table="session", holds="Devices that are signed in.", how_long="30 days from when it was last used",
                  because="contract", ended_by="sweep", while_in_use=True),
    RetentionLine(table="credential_password_of_members", holds="Hashes of passwords.", because="contract",
                  how_long="until your account is closed, and 30 days longer", ended_by="erasure"),
)


def data(around: Shell) -> DataView:
    """The start page."""
    return DataView(shell=around, fields=142, tables=24)


def data_map(around: Shell, wanted: str = "", *, found: bool = True) -> MapView:
    """Two kinds of people, and two categories of data about one of them."""
    chapters = tuple(
        MapChapter(key=f"member-{name}", title=title, size=2, groups=(_ADDRESS,))
        for name, title in (("email", "Your e-mail address"), ("operations", "Times, sizes and states of the service"))
    )
    other = MapChapter(key="other-social", title="Whom you follow, block or know", size=2, groups=(_ADDRESS,))
    subjects = (
        MapSubject(key="member", title="Members", chapters=chapters),
        MapSubject(key="other", title="People whom members have to do with", chapters=(other,)),
    )
    return MapView(
        shell=around, operator="Example Operator e. V.", contact="privacy@example.org", wanted=wanted,
        subjects=subjects if found else (), nobody=("Counters.", "Cells' public keys."),
        regions=(MapRegion(name="Europe", provider="Machines AG, Frankfurt"), MapRegion(name="us", provider="this machine")),
    )


def retention(around: Shell, *, measured: bool = True) -> RetentionView:
    """Two rules, swept and scanned, or not yet."""
    at = NOW - timedelta(minutes=4) if measured else None
    state = PromiseState.KEPT if measured else PromiseState.UNPROVEN
    return RetentionView(
        shell=around,
        parts=(RetentionPart(counted="last_use", lines=_LINES[:1]), RetentionPart(counted="closure", lines=_LINES[1:])),
        sweeps=(SweepLine(cell="eu", at=at, gone=1), SweepLine(cell="us", at=None)),
        scan=ScanView(promise="retention.schedule", state=state, figure="0 of 48,211 rows past their time and not held",
                      at=at),
    )
