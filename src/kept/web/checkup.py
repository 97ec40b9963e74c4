"""The check-up as a page shows it: what each step says of an account, and the one thing to do about it."""

from dataclasses import replace
from typing import Any

from litestar import Request
from litestar.datastructures import State

from kept.accounts import Answered, Held, Session, devices_in_order, held_by, open_alerts, recovery, way_in
from kept.edge import Asker, alert_view, shell_of
from kept.edge.passkeys import relying_party
from kept.look import paths
from kept.look.views import Nav, SecurityView, StepView
from kept.runtime import Runtime

AnyRequest = Request[Any, Any, State]


async def security_view(request: AnyRequest, runtime: Runtime, asker: Asker, mine: Session) -> SecurityView:
    """The check-up of whoever is signed in."""
    held = await held_by(mine, now=runtime.clock.now())
    alerts = await open_alerts(mine)
    offered = relying_party(request, runtime.settings) is not None
    return SecurityView(
        shell=replace(shell_of(request, runtime, asker, active=Nav.ME), alert=None),  # it stands on the page itself
        steps=steps_of(held, alerts=len(alerts), passkeys=offered),
        alerts=tuple(alert_view(one) for one in alerts),
        has_password=held.password,
        codes_left=held.codes if held.second else None,
        disowned=request.query_params.get("disowned") == "yes",
    )


def steps_of(held: Held, *, alerts: int, passkeys: bool) -> tuple[StepView, ...]:
    """The three steps. `passkeys` tells whether they can be made here."""
    return (_way(held), _devices(held, alerts), _recovery(held, passkeys))


def _way(held: Held) -> StepView:
    if not held.password:
        says = "passkey"
    elif held.second:
        says = "second"
    else:
        says = "beside" if held.passkeys else "alone"
    href = paths.CODES if held.password else f"{paths.SETTINGS}#security"
    do = {"passkey": "see_passkeys", "second": "see_codes"}.get(says, "set_up")
    return StepView(key="way", state=way_in(held), says=says, href=href, do=do)


def _devices(held: Held, alerts: int) -> StepView:
    if alerts:
        says, n = "asked", alerts
    elif held.idle:
        says, n = "idle", held.idle
    else:
        says, n = "fine", held.devices
    state = devices_in_order(held, alerts=alerts)
    do = "see_devices" if state is Answered.DONE else "end_devices"
    return StepView(key="devices", state=state, says=says, n=n, href=paths.SESSIONS, do=do)


def _recovery(held: Held, passkeys: bool) -> StepView:
    state = recovery(held)
    if held.second:
        do = "see_codes" if state is Answered.DONE else "renew"
        return StepView(key="recovery", state=state, says="codes", n=held.codes, href=paths.CODES, do=do)
    says = "ways" if state is Answered.DONE else "alone"
    if passkeys or not held.password:
        do = "see_passkeys" if state is Answered.DONE else "add_passkey"
        return StepView(key="recovery", state=state, says=says, href=f"{paths.SETTINGS}#security", do=do)
    return StepView(key="recovery", state=state, says=says, href=paths.CODES, do="set_up")
