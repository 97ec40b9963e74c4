"""Categories of data: the keys of fideslang 3.1 (CC BY 4.0) that we store, and our own extensions, marked as such.

A test compares the keys with the fideslang package; the extensions are listed in `EXTENSIONS`.
"""

from enum import StrEnum


class Category(StrEnum):
    """fideslang `data_category` keys."""

    ID = "user.unique_id"
    PSEUDONYM = "user.unique_id.pseudonymous"
    HANDLE = "user.account.username"
    NAME = "user.name"
    SETTINGS = "user.account.settings"
    PREFERENCES = "user.privacy_preferences"
    EMAIL = "user.contact.email"
    COUNTRY = "user.contact.address.country"
    PASSWORD = "user.authorization.password"  # noqa: S105  a category, not a password
    CREDENTIALS = "user.authorization.credentials"
    BIRTH_DATE = "user.demographic.date_of_birth"
    AGE_RANGE = "user.demographic.age_range"
    LANGUAGE = "user.demographic.language"
    CHILDREN = "user.childrens"
    PUBLIC_CONTENT = "user.content.public"
    PRIVATE_CONTENT = "user.content.private"
    MEDIA_CONSUMPTION = "user.behavior.media_consumption"
    SEARCH_HISTORY = "user.behavior.search_history"
    SOCIAL = "user.social"
    IP_ADDRESS = "user.device.ip_address"
    DEVICE = "user.device.device_id"
    COOKIE = "user.device.cookie_id"
    MAC_ADDRESS = "user.device.mac_address"
    IMPRECISE_LOCATION = "user.location.imprecise"
    PRECISE_LOCATION = "user.location.precise"
    TELEMETRY = "user.telemetry"
    OPERATIONS = "system.operations"
    AUTHENTICATION = "system.authentication"


EXTENSIONS = frozenset({Category.MAC_ADDRESS})
"""Keys that fideslang does not have."""

FORBIDDEN = frozenset({Category.MAC_ADDRESS, Category.PRECISE_LOCATION})
"""Categories that nothing may store or accept."""

FORBIDDEN_PREFIXES = (
    "user.biometric",
    "user.health_and_medical",
    "user.criminal_history",
    "user.demographic.race_ethnicity",
    "user.demographic.religious_belief",
    "user.demographic.political_opinion",
    "user.demographic.sexual_orientation",
)
"""Special categories (GDPR Art. 9, 10): refused wherever a category is read."""
