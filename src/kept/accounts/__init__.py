"""accounts: who has an account, and how they show that they are who they are.

Owns accounts, credentials (passwords and passkeys), sessions, what members agreed to, the age screen, and the claims by
which an account comes into a cell without half of it ever being seen. Never decides what somebody may do (policy does),
never stores an address of the network, never keeps a password, a secret of a session, or a birth date in clear.
Start reading at `signing_up.py` (how a member comes to be), then `sessions.py` (how each request knows them).
"""

from kept.accounts.age_screen import AgeAlreadyGiven, BadBirthDate, answer, birth_band
from kept.accounts.agreements import agree
from kept.accounts.attempts import TooManyAttempts
from kept.accounts.changing import is_kept_out_of, keep_out_of, set_birth_date
from kept.accounts.countries import COUNTRIES, UnknownCountry, country_of
from kept.accounts.devices import device_of, is_phone
from kept.accounts.hashing import Hasher, TooBusy
from kept.accounts.leaving import Ways, WrongPassword, close, confirm, confirm_by_passkey, rest, wake, ways_in
from kept.accounts.models import Account
from kept.accounts.names import BadEmail, BadHandle, HandleReserved, email_of, handle_of, masked
from kept.accounts.opening import Accounts, open_accounts
from kept.accounts.others import About, about
from kept.accounts.overview import Agreed, Overview, overview, set_language
from kept.accounts.passkeys import (
    BadPasskey,
    Ceremony,
    LastCredential,
    NewPasskey,
    NoSuchPasskey,
    Passkey,
    PasskeyRefused,
    RelyingParty,
    TooManyPasskeys,
    add_passkey,
    begin_another,
    begin_asking,
    begin_newcomer,
    finish_making,
    passkeys_of,
    read_answer,
    remove_passkey,
)
from kept.accounts.passwords import (
    HashedPassword,
    PasswordBreached,
    PasswordNamesYou,
    PasswordTooLong,
    PasswordTooShort,
    PasswordWeak,
    choose,
)
from kept.accounts.sessions import (
    Device,
    NoSuchSession,
    NotSignedIn,
    Session,
    resume,
    revoke,
    revoke_others,
    sessions_of,
)
from kept.accounts.signing_in import WrongLogin, sign_in, sign_in_with_passkey
from kept.accounts.signing_up import Newcomer, SignedIn, free_handle, may_give_email, settle_claims, sign_up
from kept.accounts.sweeping import forget_lapsed
from kept.accounts.tickets import BadTicket, Tickets

__all__ = [
    "COUNTRIES",
    "About",
    "Account",
    "Accounts",
    "AgeAlreadyGiven",
    "Agreed",
    "BadBirthDate",
    "BadEmail",
    "BadHandle",
    "BadPasskey",
    "BadTicket",
    "Ceremony",
    "Device",
    "HandleReserved",
    "HashedPassword",
    "Hasher",
    "LastCredential",
    "NewPasskey",
    "Newcomer",
    "NoSuchPasskey",
    "NoSuchSession",
    "NotSignedIn",
    "Overview",
    "Passkey",
    "PasskeyRefused",
    "PasswordBreached",
    "PasswordNamesYou",
    "PasswordTooLong",
    "PasswordTooShort",
    "PasswordWeak",
    "RelyingParty",
    "Session",
    "SignedIn",
    "Tickets",
    "TooBusy",
    "TooManyAttempts",
    "TooManyPasskeys",
    "UnknownCountry",
    "Ways",
    "WrongLogin",
    "WrongPassword",
    "about",
    "add_passkey",
    "agree",
    "answer",
    "begin_another",
    "begin_asking",
    "begin_newcomer",
    "birth_band",
    "choose",
    "close",
    "confirm",
    "confirm_by_passkey",
    "country_of",
    "device_of",
    "email_of",
    "finish_making",
    "forget_lapsed",
    "free_handle",
    "handle_of",
    "is_kept_out_of",
    "is_phone",
    "keep_out_of",
    "masked",
    "may_give_email",
    "open_accounts",
    "overview",
    "passkeys_of",
    "read_answer",
    "remove_passkey",
    "rest",
    "resume",
    "revoke",
    "revoke_others",
    "sessions_of",
    "set_birth_date",
    "set_language",
    "settle_claims",
    "sign_in",
    "sign_in_with_passkey",
    "sign_up",
    "wake",
    "ways_in",
]
