"""Signing up, signing in, and what a member may do with their account."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from kept.look.views.documents import DocumentLink
from kept.look.views.page import Link, Shell


class SignUpStep(StrEnum):
    """The steps of signing up, in their order. The age screen comes first and says nothing about what depends on it."""

    BIRTH = "birth"
    PLACE = "place"
    ACCOUNT = "account"
    AGREE = "agree"


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """One entry of a list to choose from."""

    value: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SignUpView:
    """One step of signing up; every step is a form that works without modules.

    `values` are what was typed, by field, and `errors` a sentence by field ('' for the form as a whole). Fields:
    `birth_day`, `birth_month`, `birth_year` (and the error `birth`); `country`; `handle`, `password`, `credential` (a
    passkey, JSON), `email`; `accept` (the version of the first of `documents`, the terms, which somebody says yes to).
    `passkey_options` is where the module gets options for a new passkey (POST, JSON), empty without passkeys.
    `back` is empty where there is no going back: past the age screen there is not.
    `email` says whether an address is asked for at all.
    """

    shell: Shell
    step: SignUpStep
    values: Mapping[str, str] = field(default_factory=dict)
    errors: Mapping[str, str] = field(default_factory=dict)
    countries: tuple[Choice, ...] = ()
    documents: tuple[DocumentLink, ...] = ()
    passkey_options: str = ""
    email: bool = True
    back: str = ""
    policy: Link | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SignInView:
    """Signing in by handle or e-mail with a password, or by passkey. `next` is a path on this site to go to afterwards."""

    shell: Shell
    login: str = ""
    error: str = ""
    next: str = ""
    passkey_options: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionView:
    """One signed-in device. `device` is `phone` or `laptop`, `name` what it calls itself ('Firefox on Android')."""

    session_id: str
    name: str
    device: str
    region: str
    started_at: datetime
    seen_at: datetime
    current: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionsView:
    """Every session of the member, the current one first."""

    shell: Shell
    sessions: tuple[SessionView, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class PasskeyView:
    """One passkey of the member."""

    passkey_id: str
    name: str
    added_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class SettingsView:
    """The account. `region` is the name of the home region, where the private data lives.

    `email` is masked ('a…@example.org'), empty without one. `passkeys` is None where passkeys are not offered; then
    `passkey_options` is empty. `documents` are those in force, with the version that this member accepted.
    `private` is None where nobody may follow the member; `unlisted` is left out of the search for people.
    `protected` is how many of the check-up's three steps are done.
    """

    shell: Shell
    handle: str
    region: str
    country: str
    joined_at: datetime
    sessions: int
    email: str = ""
    passkeys: tuple[PasskeyView, ...] | None = None
    passkey_options: str = ""
    documents: tuple[DocumentLink, ...] = ()
    private: bool | None = None
    protected: int = 0
    unlisted: bool = False
    hides_likes: bool = False
    sees_no_likes: bool = False
    messages: bool = False
    """There is something to choose about messages."""
