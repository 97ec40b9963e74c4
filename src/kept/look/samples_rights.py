"""Made-up requests about one's own data, for the preview and the tests of the look."""

from datetime import timedelta

from kept.look.samples import NOW
from kept.look.views import FollowView, OutcomeGroup, OutcomeLine, RequestView, RightsFormView, RightsView, Shell

_COPIES = (("a", "ready"), ("b", "ready"), ("c", "building"))
_CODE = "019c0000-0000-7000-8000-00000000000a.q7Zr2k9vXw5Jt1mB4nYc8sLd0fGh3pAe6uRiKoTz_xQ"


def rights(around: Shell) -> RightsView:
    """The member's page: two copies that are ready, and one that is being made."""
    return RightsView(shell=around, requests=tuple(_request(number, "access", state) for number, state in _COPIES))


def follow(around: Shell, state: str = "done") -> FollowView:
    """A deletion, followed by its code."""
    return FollowView(shell=around, request=_request("a", "deletion", state), code=_CODE)


def no_request(around: Shell) -> FollowView:
    """The form that asks for a code."""
    return FollowView(shell=around, code="not a code", error="There is no such request.")


def _request(number: str, kind: str, state: str) -> RequestView:
    left = 12 if state == "held" else 0
    groups = (
        OutcomeGroup(what="erased", lines=(_line(holds="Messages: each party has a copy.", rows=1204),
                                           _line(place="keys", rows=1), _line(place="directory", rows=1))),
        OutcomeGroup(what="anonymised", lines=(_line(holds="Messages: each party has a copy.", rows=1, others=True),
                                               _line(place="others", others=True))),
        OutcomeGroup(what="held", lines=(_line(holds="Clips that members made.", rows=2, left=left),)),
        OutcomeGroup(what="nothing_found", lines=(_line(holds="Keys that requests to send were repeated by."),)),
    )
    return RequestView(
        request_id=f"019c0000-0000-7000-8000-00000000000{number}", kind=kind, state=state, asked_at=NOW - timedelta(days=31),
        due_at=NOW + timedelta(days=14), answered_at=NOW, expires_at=NOW + timedelta(days=30), percent=40,
        outcomes=tuple(group for group in groups if left or group.what != "held") if kind == "deletion" else (),
        has_receipt=state == "done",
    )


def _line(*, place: str = "", holds: str = "", rows: int = 0, left: int = 0, others: bool = False) -> OutcomeLine:
    return OutcomeLine(place=place, holds=holds, of_others=others, rows=rows, left=left)


def form(around: Shell, *, sends_mail: bool = True, wrong: bool = False) -> RightsFormView:
    """Asking without being signed in; where no e-mail is sent; and one that came back."""
    return RightsFormView(
        shell=around, open=sends_mail, contact="privacy@kept.example",
        kinds=("access", "portability", "deletion", "correction", "objection"),
        fields=("birth_date", "handle", "email", "country", "other"), uses=(("improve", "improving the service"),),
        kind="correction" if wrong else "access", named="lena.makes" if wrong else "", about="birth_date" if wrong else "",
        error="Say what would be right." if wrong else "",
    )
