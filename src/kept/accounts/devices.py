"""What a device is called: the family of its browser and system, from the User-Agent header, without versions or models.

That is enough to recognise one's own sessions, and too little to recognise a person (RFC 9110, 17.13: fingerprinting).
"""

_BROWSERS = (
    ("Edg", "Edge"),
    ("OPR/", "Opera"),
    ("SamsungBrowser", "Samsung Internet"),
    ("Firefox/", "Firefox"),
    ("FxiOS", "Firefox"),
    ("CriOS", "Chrome"),
    ("Chrome/", "Chrome"),
    ("Safari/", "Safari"),
)
"""Marks in the order in which they must be looked for: most browsers name others, too."""

_SYSTEMS = (
    ("Android", "Android"),
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("CrOS", "ChromeOS"),
    ("Windows", "Windows"),
    ("Mac OS X", "macOS"),
    ("Linux", "Linux"),
)
_PHONES = ("Android", "iPhone", "iPad")


def device_of(user_agent: str) -> str:
    """“Firefox on Android”; “A program” for what is no browser that we know."""
    browser = next((name for mark, name in _BROWSERS if mark in user_agent), None)
    system = next((name for mark, name in _SYSTEMS if mark in user_agent), None)
    if browser is None:
        return "A program"
    return f"{browser} on {system}" if system else browser


def is_phone(device: str) -> bool:
    """Whether a device, as named by `device_of`, is held in the hand."""
    return device.endswith(_PHONES)
