"""Made-up documents and promises, for the gallery, the preview and the tests of the look. They say nothing of this system."""

from datetime import datetime, timedelta

from markupsafe import Markup

from kept.look import paths
from kept.look.samples import NOW
from kept.look.views import (
    AskedRow,
    AuthoritiesView,
    CountryName,
    DisclosedRow,
    DocumentView,
    Figure,
    HistoryPoint,
    InstrumentRow,
    Link,
    PromiseGroup,
    PromiseRow,
    PromiseState,
    Shell,
    TrustView,
)

_PATTERN = {"K": PromiseState.KEPT, "B": PromiseState.BROKEN, "U": PromiseState.UNPROVEN, "P": PromiseState.PLANNED}


def trust(around: Shell) -> TrustView:
    """The trust centre with a promise in every state."""
    data = (
        _row("residency.home", "A member's private data is stored, by default, in the region where the member lives.",
             "K" * 30, "A scan of both cells found no row whose owner's home is another region.", ("0", "rows elsewhere"),
             minutes=4),
        _row("residency.routing", "All of a region's member traffic is served by that region's cloud.",
             "K" * 22 + "BBB" + "K" * 4 + "B", "11 of 48,210 requests in the last 24 hours were answered in another region.",
             ("99.98", "% served at home"), minutes=4, numbers=True),
        _row("collection.no-mac", "MAC addresses are not collected.", "U" * 6 + "K" * 24,
             "No store holds a value of that shape; 3 were refused on intake.", ("0", "values stored"), minutes=31),
        _row("audit.independent", "An independent third party can audit how data is managed, without trusting the operator.",
             "U" * 12, "The log verifies from the first entry to the last, but no witness has cosigned a checkpoint yet.",
             ("48,211", "entries verified"), minutes=9),
        _row("government.refusal", "User data is not given to governments on the refusal list, nor would it be if they asked.",
             "", "Not built yet.", None, minutes=0),
    )
    young = (
        _row("youth.under13",
             "Children under 13 get a separate experience: they can watch, but not upload, comment or message.",
             "K" * 18, "0 of 212 attempts over every write route succeeded", None, minutes=52),
        _row("messages.no-media", "Images cannot be sent in direct messages, nor images or videos from off the platform.",
             "", "Not built yet.", None, minutes=0),
    )
    return TrustView(
        shell=around, measured_at=NOW - timedelta(minutes=4), operator="Example Operator e. V.",
        groups=(PromiseGroup(key="data", title="Data and security", rows=data),
                PromiseGroup(key="safety", title="Trust and safety", rows=young)),
        links=(Link(text="The ledger's newest checkpoint", href="/ledger/checkpoint"),
               Link(text="Verify it yourself", href="/ledger/")),
    )


def document(around: Shell) -> DocumentView:
    """A privacy notice, shortened."""
    body = Markup(
        '<h2 id="what">What we store</h2><p>We store what you choose to give, and what the app needs to work, to be secure '
        'and to improve. The table is made from the program itself; there is no second list.</p>'
        '<table><thead><tr><th>What</th><th>Why</th><th>Where</th><th>For how long</th></tr></thead><tbody>'
        '<tr><td>Handle</td><td>to name you</td><td>everywhere</td><td>as long as the account</td></tr>'
        '<tr><td>Date of birth</td><td>to give you the place that fits you</td><td>home region, encrypted</td>'
        '<td>as long as the account</td></tr></tbody></table>'
        '<h2 id="where">Where it is</h2><p>Your private data lives in the region where you live.</p>'
        '<ul><li>If you live in the European Union, it lives there.</li>'
        '<li>If you live in the United States, it lives there.</li></ul>'
        '<h2 id="rights">What you can ask for</h2><p>You may get a copy, and you may have it removed.</p>'
    )
    return DocumentView(
        shell=around, title="Privacy notice", version="5", in_force_from=NOW - timedelta(days=60), body=body,
        summary="What we store about you, where, why and for how long.",
        sections=(Link(text="What we store", href="#what"), Link(text="Where it is", href="#where"),
                  Link(text="What you can ask for", href="#rights")),
        versions=(Link(text="4", href=paths.PRIVACY + "/4"), Link(text="3", href=paths.PRIVACY + "/3")),
        others=(Link(text="Privacy notice for younger people", href=paths.PRIVACY + "-young"),),
    )


def authorities(around: Shell, *, empty: bool = False) -> AuthoritiesView:
    """What authorities have to know; without any request, and without a list, if `empty`."""
    china, spain = CountryName(code="CN", name="China"), CountryName(code="ES", name="Spain")
    row = AskedRow(country=china, instrument="national", received="1–9", refused="1–9", valid="0", withdrawn="0")
    other = AskedRow(country=spain, instrument="epoc", received="10–49", refused="1–9", valid="10–49", withdrawn="1–9")
    return AuthoritiesView(
        shell=around, operator="Example Operator e. V.", contact="privacy@example.org",
        listed=() if empty else (china, CountryName(code="KP", name="North Korea")),
        instruments=(
            InstrumentRow(key="epoc", answer_days=10, emergency_hours=8, preserves_days=None, longer_days=None,
                          reaches=("subscriber", "identification", "traffic", "content")),
            InstrumentRow(key="us_preservation", answer_days=None, emergency_hours=None, preserves_days=90, longer_days=90,
                          reaches=("subscriber", "identification", "traffic", "content")),
        ),
        asked=() if empty else (row, other),
        disclosed=() if empty else (DisclosedRow(country=china, accounts="0"), DisclosedRow(country=spain, accounts="0")),
        state=PromiseState.UNPROVEN if empty else PromiseState.KEPT,
        measured_at=None if empty else NOW - timedelta(minutes=1),
    )


def _row(name: str, statement: str, history: str, finding: str, figure: tuple[str, str] | None, *, minutes: int,
         numbers: bool = False) -> PromiseRow:
    points = tuple(_point(letter, place - len(history), numbers=numbers) for place, letter in enumerate(history))
    return PromiseRow(
        id=name, state=points[-1].state if points else PromiseState.PLANNED, statement=statement, finding=finding,
        enforcement="Each region is a cell with its own database, object store and key store; every write is checked.",
        evidence="A scan of every table that holds private rows, each hour.",
        refused="A write of a private row to another region's cell: nothing is written, and the attempt is logged.",
        figure=Figure(value=figure[0], unit=figure[1]) if figure else None,
        measured_at=NOW - timedelta(minutes=minutes) if points else None, history=points,
        proofs=(Link(text="Ledger entry 48,190", href="/ledger/entry/48190"),) if points else (),
        code="src/kept/cells/residency.py",
    )


def _point(letter: str, place: int, *, numbers: bool) -> HistoryPoint:
    state = _PATTERN[letter]
    at: datetime = NOW + timedelta(days=place)
    value = (100.0 if state is PromiseState.KEPT else 99.9 + (place % 5) / 100) if numbers else None
    return HistoryPoint(at=at, state=state, value=value)
