"""Protecting an account: the check-up, codes from an app, recovery codes, the password, and the second step of signing in."""

from dataclasses import dataclass

from kept.look.views.page import AlertView, Shell


@dataclass(frozen=True, slots=True, kw_only=True)
class CodeView:
    """The second step of signing in: a code."""

    shell: Shell
    next: str = ""
    error: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class StepView:
    """A question of the check-up. `key` and `says` pick the texts (`security.<key>.<says>`), `n` is the number in them.

    `state` is `done`, `half` or `open`. The one action leads to `href`; its words are `security.do.<do>`.
    """

    key: str
    state: str
    says: str
    href: str
    do: str
    n: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class SecurityView:
    """The check-up: what is asked about, and three steps. `codes_left` is None where no code is asked for."""

    shell: Shell
    steps: tuple[StepView, ...]
    alerts: tuple[AlertView, ...] = ()
    has_password: bool = True
    codes_left: int | None = None
    disowned: bool = False
    """The member has just said that a sign-in was not theirs."""

    @property
    def done(self) -> int:
        """How many steps are done."""
        return sum(step.state == "done" for step in self.steps)


@dataclass(frozen=True, slots=True, kw_only=True)
class SetUpView:
    """Setting up an authenticator app: what the QR code says, the secret to type, the ticket to send back."""

    shell: Shell
    uri: str
    secret: str
    ticket: str
    error: str = ""
    error_at: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class CodesView:
    """Codes are on: how many recovery codes are left, new ones, turning it off. `error_at` is `renew_…` or `off_…`."""

    shell: Shell
    left: int
    error: str = ""
    error_at: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class RecoveryCodesView:
    """Recovery codes, the one time that they are shown, and the same as a text to keep."""

    shell: Shell
    codes: tuple[str, ...]
    site: str
    handle: str
    fresh: bool = True
    """Codes were turned on with it, not only renewed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PasswordView:
    """Choosing a password, after showing again who one is."""

    shell: Shell
    has_password: bool
    shortest: int
    passkey_options: str = ""
    error: str = ""
    error_at: str = ""
