"""The forms of signing up, and beside which of their fields an error belongs."""

from typing import Annotated

from kept.catalog import Intake, feeds, not_stored
from kept.look.views import SignUpStep

FIELDS = {
    "age_already_given": "birth",
    "bad_birth_date": "birth",
    "unknown_country": "country",
    "bad_handle": "handle",
    "handle_reserved": "handle",
    "name_taken": "handle",
    "bad_email": "email",
    "password_too_short": "password",
    "password_too_long": "password",
    "password_breached": "password",
    "password_weak": "password",
    "password_names_you": "password",
    "password_names_us": "password",
    "not_current_terms": "accept",
    "bad_passkey": "",
    "bad_ticket": "",
    "too_busy": "",
}
"""Beside which field the sentence of an error belongs, by the error's code; '' is the form as a whole."""

STEP_OF = {
    "birth": SignUpStep.BIRTH,
    "country": SignUpStep.PLACE,
    "handle": SignUpStep.ACCOUNT,
    "email": SignUpStep.ACCOUNT,
    "password": SignUpStep.ACCOUNT,
    "accept": SignUpStep.AGREE,
}
"""Which step has which field."""


class Step(Intake):
    """What the form of every step sends."""

    step: Annotated[str, not_stored("tells which form it is")] = ""


class BirthStep(Step):
    """The age screen."""

    birth_day: Annotated[str, feeds("account.birth_date")] = ""
    birth_month: Annotated[str, feeds("account.birth_date")] = ""
    birth_year: Annotated[str, feeds("account.birth_date")] = ""


class PlaceStep(Step):
    """Where somebody lives."""

    country: Annotated[str, feeds("account.country")] = ""


class AccountStep(Step):
    """Name, and what to sign in with: a password, or a passkey that the browser made."""

    handle: Annotated[str, feeds("account.handle")] = ""
    email: Annotated[str, feeds("account.email")] = ""
    password: Annotated[str, feeds("credential_password.hash")] = ""
    credential: Annotated[str, feeds("credential_passkey.public_key")] = ""


class AgreeStep(Step):
    """The yes to the documents that were shown: the version of the terms."""

    accept: Annotated[str, feeds("acceptance.version")] = ""
