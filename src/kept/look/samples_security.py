"""Made-up views of an account's protection, as `samples.py` has them of clips."""

from dataclasses import replace
from datetime import timedelta

from kept.look import paths
from kept.look.samples import NOW
from kept.look.views import (
    AlertView,
    CodesView,
    CodeView,
    PasswordView,
    RecoveryCodesView,
    SecurityView,
    SetUpView,
    Shell,
    StepView,
)

_SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"  # noqa: S105  made up
_URI = f"otpauth://totp/Kept:lena.makes?secret={_SECRET}&issuer=Kept"
_CODES = tuple(f"{one}k7m-q{one}wd-xh4{one}" for one in "abcdefghjk")


def alert(kind: str = "session") -> AlertView:
    """A new device, or a password in wrong hands."""
    return AlertView(alert_id="a1", kind=kind, device="Firefox on Linux", at=NOW - timedelta(minutes=12))


def asked(around: Shell, kind: str = "session") -> Shell:
    """A page on which the viewer is asked about it."""
    return replace(around, alert=alert(kind))


def security(around: Shell, *, done: bool = False) -> SecurityView:
    """The check-up: all of it still to do, or all done."""
    if done:
        steps = (
            StepView(key="way", state="done", says="second", href=paths.CODES, do="see_codes"),
            StepView(key="devices", state="done", says="fine", n=1, href=paths.SESSIONS, do="see_devices"),
            StepView(key="recovery", state="done", says="codes", n=10, href=paths.CODES, do="see_codes"),
        )
        return SecurityView(shell=around, steps=steps, codes_left=10)
    steps = (
        StepView(key="way", state="half", says="beside", href=paths.CODES, do="set_up"),
        StepView(key="devices", state="open", says="asked", n=2, href=paths.SESSIONS, do="end_devices"),
        StepView(key="recovery", state="done", says="ways", href=paths.SETTINGS, do="see_passkeys"),
    )
    return SecurityView(shell=around, steps=steps, alerts=(alert(), alert("codes")), disowned=True)


def set_up(around: Shell, *, wrong: bool = False) -> SetUpView:
    """Setting up an app."""
    wrongly = {"error": "That code is not right.", "error_at": "code"} if wrong else {}
    return SetUpView(shell=around, uri=_URI, secret="JBSW Y3DP EHPK 3PXP", ticket="t", **wrongly)  # noqa: S106


def codes(around: Shell) -> CodesView:
    """Codes that are on, with few recovery codes left, and a wrong password."""
    return CodesView(shell=around, left=2, error="That is not your password.", error_at="renew_password")


def recovery_codes(around: Shell) -> RecoveryCodesView:
    """Ten codes, once."""
    return RecoveryCodesView(shell=around, codes=_CODES, site="Kept", handle="lena.makes")


def password(around: Shell) -> PasswordView:
    """Another password."""
    return PasswordView(shell=around, has_password=True, shortest=15, passkey_options="/passkey")


def sign_in_code(around: Shell) -> CodeView:
    """The second step of signing in, after a wrong code."""
    return CodeView(shell=around, error="That code is not right, or it was used already.")
