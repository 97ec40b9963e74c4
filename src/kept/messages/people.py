"""Finding those whom messages go to, by the names that members use, and telling their names again."""

from collections import OrderedDict
from collections.abc import Sequence
from uuid import UUID

from kept.accounts import About, Accounts, about
from kept.cells import Cell, Home
from kept.kit.gathering import Gathering

REMEMBERED = 20_000
LONGEST_NAME = 64


class People:
    """Looks up members. Who has a name is remembered, and held against the account itself before anything is sent."""

    def __init__(self, accounts: Accounts) -> None:
        self._accounts = accounts
        self._directory = accounts.cells.directory
        self._homes: OrderedDict[str, Home] = OrderedDict()
        self._about = {cell.name: self._asking(cell) for cell in accounts.cells}

    async def named(self, name: str) -> Home | None:
        """Whose name that is, as far as we remember; with or without an @ before it."""
        handle = name.strip().removeprefix("@").lower()
        if not 0 < len(handle) <= LONGEST_NAME:
            return None
        return self._homes.get(handle) or await self._look_up(handle)

    async def known(self, cell: Cell, name: str, home: Home) -> tuple[Home, About | None] | None:
        """Where somebody of that name lives, and what is known of them if that is `cell`; None when there is nobody.

        `home` is where we remember them to live: somebody may have left since, or left the name to somebody else.
        """
        handle = name.strip().removeprefix("@").lower()
        for _ in range(2):
            if home.cell != cell.name:
                return home, None
            found = await self.one(cell, home.member_id)
            if found is not None and found.handle.lower() == handle:
                return home, found
            self._homes.pop(handle, None)
            fresh = await self._look_up(handle)
            if fresh is None or fresh == home:
                return None
            home = fresh
        return None

    async def one(self, cell: Cell, member_id: UUID) -> About | None:
        """What is known of a member who lives in `cell`."""
        return await self._about[cell.name].one(member_id)

    async def home(self, member_id: UUID) -> str | None:
        """The cell that a member lives in; None when they are gone."""
        return await self._directory.home(member_id)

    async def names(self, members: Sequence[UUID]) -> dict[UUID, str]:
        """The names of members, wherever they live; whoever is gone is left out."""
        return await self._directory.handles(list(members)) if members else {}

    async def _look_up(self, handle: str) -> Home | None:
        home = await self._directory.by_handle(handle)
        if home is not None:
            self._homes[handle] = home
            while len(self._homes) > REMEMBERED:
                self._homes.popitem(last=False)
        return home

    def _asking(self, cell: Cell) -> Gathering[UUID, About | None]:
        async def ask(members: Sequence[UUID]) -> Sequence[About | None]:
            known = await about(self._accounts, cell, list(dict.fromkeys(members)))
            return [known.get(member_id) for member_id in members]

        return Gathering(ask, most=200)
