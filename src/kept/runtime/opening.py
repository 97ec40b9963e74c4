"""What a process works with, opened from the settings. Connections open at first use; nothing is checked yet."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from kept.accounts import Accounts, open_accounts
from kept.cells import Cells, Deliver, Gateway, Keys, gateway_key, open_cells
from kept.comments import WHAT as A_COMMENT
from kept.comments import Comments, open_comments
from kept.comments import deliver as deliver_comment
from kept.feed import Feed
from kept.kit import Clock, Database, Settings, SystemClock
from kept.kit.objects import Objects
from kept.kit.pace import Pace
from kept.ledger import Checker, source_of
from kept.likes import Counted, pace_of_likes
from kept.messages import WHAT as A_MESSAGE
from kept.messages import Known, Messages, Ties, open_messages
from kept.notices import WHAT as A_NOTICE
from kept.notices import Notices, clip_moved, comment_shown, likes_counted, open_notices, tie_changed
from kept.notices import deliver as deliver_notice
from kept.policy import tally as policy_tally
from kept.reports import WHAT as A_REPORT
from kept.reports import Reports, open_reports
from kept.reports import deliver as deliver_report
from kept.residency import Supplied
from kept.runtime.keys import Vaults, beacon_file, open_vaults
from kept.runtime.tallies import Tallies
from kept.social import WHAT as A_TIE
from kept.social import Social, deliver, open_social
from kept.vault import Beacon, Post, Vault
from kept.videos import ClipLuggage, PublishGate, SpeechRecogniser, Studio, Takedowns, open_studio
from kept.youth import WHAT as A_FAMILY
from kept.youth import Youth, open_youth
from kept.youth import deliver as deliver_to_family


@dataclass(frozen=True, slots=True)
class LedgerStores:
    """Where the log is: its head, its files, and the file of its signing key (opened by the worker alone)."""

    database: Database
    objects: Objects
    signing_key: Path
    origin: str
    checker: Checker
    """Checks the published log, and remembers how far it was sound."""


@dataclass(frozen=True, slots=True)
class Runtime:
    """The opened stores of this process."""

    settings: Settings
    clock: Clock
    cells: Cells
    gateway: Gateway
    keys: Vaults
    beacon: Beacon
    ledger: LedgerStores
    accounts: Accounts
    social: Social
    youth: Youth
    studio: Studio
    feed: Feed
    messages: Messages
    comments: Comments
    notices: Notices
    reports: Reports
    like_pace: Pace
    tallies: Tallies
    supplied: Supplied
    """What goes along with members who move, beside rows and objects; what is done again to a restored cell."""

    @property
    def vaults(self) -> Mapping[str, Vault]:
        """The vaults, by cell."""
        return self.keys.by_cell

    @property
    def counted(self) -> Counted:
        """Who hears of likes that were counted."""
        return partial(likes_counted, self.notices)

    async def flush(self) -> None:
        """Store what this process counted."""
        for vault in self.vaults.values():
            self.tallies.add(vault.take_opens())
        self.tallies.add(policy_tally.take())
        self.tallies.add(self.accounts.take_counts())
        self.tallies.add(self.messages.take_counts())
        await self.tallies.flush(self.cells, now=self.clock.now())
        await self.gateway.flush(now=self.clock.now())

    async def close(self) -> None:
        """Forget keys, return connections."""
        await self.messages.close()
        await self.notices.close()
        self.accounts.close()
        await self.keys.close()
        await self.gateway.close()
        await self.cells.close()
        await self.ledger.database.close()


def clips_go_along(studio: Studio) -> Supplied:
    """What there is to supply on this floor and below."""
    return Supplied(luggage=(ClipLuggage(studio.spool),), replays=(Takedowns(),))


def open_runtime(
    settings: Settings,
    embedded: Callable[[str], str],
    *,
    gates: tuple[PublishGate, ...],
    recogniser: SpeechRecogniser | None = None,
    ties: Ties | None = None,
    clock: Clock | None = None,
    supply: Callable[[Studio], Supplied] = clips_go_along,
    keys: Keys = Keys.HERE,
) -> Runtime:
    """Open the stores that `settings` name; `embedded` gives addresses on the embedded database server.

    With keys apart, nothing is opened or remembered that leads to a key store or a root.

    Raises:
        KeyFileExposed: somebody else may read a key file.
        BadPolicy: the witness policy can't be read.
        EmptyGates: nothing would check what is published.
    """
    clock = clock or SystemClock()
    settings = settings if keys is Keys.HERE else settings.without_keys
    folder = settings.data_folder
    cells = open_cells(settings, embedded, keys=keys)
    beacon = Beacon(beacon_file(settings))
    vaults = open_vaults(settings, cells, clock, beacon, keys=keys)
    log_files = Objects(settings.ledger.objects or str(folder / "ledger"))
    ledger = LedgerStores(
        database=Database(settings.database.ledger or embedded("kept_ledger"), pool=settings.database.pool),
        objects=log_files,
        signing_key=folder / "keys" / "ledger.key",
        origin=settings.ledger.origin,
        checker=Checker(source_of(log_files)),
    )
    accounts = open_accounts(settings, cells, vaults.by_cell, beacon)
    post = Post(cells.directory, vaults.by_cell)
    notices = open_notices(accounts, post)
    studio = open_studio(settings, beacon, gates, moved=partial(clip_moved, notices), recogniser=recogniser)
    social = open_social(settings, accounts, post, tie_changed)
    messages = open_messages(settings, accounts, ties or Known(), post)
    youth = open_youth(accounts, social)
    comments = open_comments(settings, accounts, post, partial(comment_shown, notices))
    reports = open_reports(settings, accounts, comments, messages, post)
    handlers: dict[str, Deliver] = {
        A_MESSAGE: messages.border.deliver,
        A_TIE: partial(deliver, social),
        A_FAMILY: partial(deliver_to_family, youth),
        A_COMMENT: partial(deliver_comment, comments),
        A_NOTICE: partial(deliver_notice, notices),
        A_REPORT: partial(deliver_report, reports),
    }
    return Runtime(
        settings=settings,
        clock=clock,
        cells=cells,
        gateway=Gateway(cells, handlers, key=gateway_key(settings)),
        keys=vaults,
        beacon=beacon,
        ledger=ledger,
        accounts=accounts,
        social=social,
        youth=youth,
        studio=studio,
        feed=Feed(studio.addresses),
        messages=messages,
        comments=comments,
        notices=notices,
        reports=reports,
        like_pace=pace_of_likes(settings),
        tallies=Tallies(),
        supplied=supply(studio),
    )
