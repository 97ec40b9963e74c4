"""Every kind of actor, as the doors see them, and what an answer means to them."""

from dataclasses import dataclass, field
from enum import StrEnum

from httpx import Response

from kept.policy import Action, Actor, AgeBand, Resource, Standing, can
from tests.fixtures.site import PASSWORD, Member, Site


class Kind(StrEnum):
    """Who may come to a door."""

    VISITOR = "a visitor"
    CHILD = "under 13"
    YOUNG_TEEN = "13 to 15"
    OLD_TEEN = "16 or 17"
    ADULT = "an adult"
    STRANGER = "somebody with another one's token"
    ENDED = "somebody whose session ended"
    LISTED_VISITOR = "a visitor from a country on the list"
    LISTED_MEMBER = "a member in a country on the list"


class Outcome(StrEnum):
    """What came of it."""

    OK = "ok"
    SIGN_IN = "sign in first"
    REFUSED = "refused"
    NOT_FOUND = "not found"
    NOT_OFFERED = "not offered"
    INVALID = "this can't be"
    """Let in, and refused for what was sent."""


BORN = {
    Kind.CHILD: "2017-01-01",
    Kind.YOUNG_TEEN: "2012-01-01",
    Kind.OLD_TEEN: "2009-12-01",
    Kind.ADULT: "1990-05-17",
    Kind.STRANGER: "1985-02-03",
}
BANDS = {
    Kind.CHILD: AgeBand.UNDER_13,
    Kind.YOUNG_TEEN: AgeBand.TEEN_13_15,
    Kind.OLD_TEEN: AgeBand.TEEN_16_17,
    Kind.ADULT: AgeBand.ADULT,
    Kind.STRANGER: AgeBand.ADULT,
}
NOBODY = (Kind.VISITOR, Kind.ENDED)
LISTED = (Kind.LISTED_VISITOR, Kind.LISTED_MEMBER)
AUTHORS = (Kind.YOUNG_TEEN, Kind.OLD_TEEN, Kind.ADULT)
"""Who acts on what is their own; a stranger and a child act on what is the adult's."""


@dataclass
class Town:
    """One member of each kind, and what they have."""

    site: Site
    members: dict[Kind, Member]
    clip: str
    """A published clip of the adult."""
    media: str
    """Address of its file."""
    clip_data: bytes = field(repr=False)

    def owner(self, kind: Kind) -> Member:
        return self.members[kind if kind in AUTHORS else Kind.ADULT]

    def token(self, kind: Kind) -> str | None:
        """The token that they come with."""
        if kind in (Kind.VISITOR, Kind.LISTED_VISITOR):
            return None
        member = self.members[Kind.ADULT if kind is Kind.LISTED_MEMBER else kind]
        return member.headers["authorization"].removeprefix("Bearer ")

    async def another_session(self, kind: Kind) -> str | None:
        """A token that may be spent."""
        if kind in (Kind.VISITOR, Kind.LISTED_VISITOR, Kind.ENDED):
            return self.token(kind)
        member = self.members[Kind.ADULT if kind is Kind.LISTED_MEMBER else kind]
        made = await self.site.client.post("/api/v1/sessions", json={"login": member.handle, "password": PASSWORD})
        assert made.status_code == 201, made.text
        return str(made.json()["token"])


async def settle(site: Site, data: bytes) -> Town:
    """Let one of each kind sign up."""
    members = {kind: await site.join("US", born) for kind, born in BORN.items()}
    members[Kind.ENDED] = await site.join()
    ended = await site.client.delete("/api/v1/sessions/current", headers=members[Kind.ENDED].headers)
    assert ended.status_code == 204
    clip = await site.publish(members[Kind.ADULT], data)
    media = (await site.client.get(f"/api/v1/videos/{clip}")).json()["media"]
    return Town(site, members, clip, media, data)


def outcome_of(answer: Response) -> Outcome:
    """What an answer means."""
    if answer.status_code == 303 and answer.headers["location"].startswith(("/sign-in", "/console/sign-in")):
        return Outcome.SIGN_IN
    if answer.status_code < 400:
        return Outcome.OK
    meanings = {401: Outcome.SIGN_IN, 403: Outcome.REFUSED, 404: Outcome.NOT_FOUND, 451: Outcome.NOT_OFFERED}
    assert answer.status_code < 500, answer.text
    return meanings.get(answer.status_code, Outcome.INVALID)


def by_policy(action: Action, resource: Resource, *, hidden: bool = False) -> dict[Kind, Outcome]:
    """What the policy itself says of each kind; `hidden`: a refusal looks like something that is not there."""
    expected = {}
    for kind in Kind:
        if kind in LISTED:
            expected[kind] = Outcome.NOT_OFFERED
        elif kind in NOBODY:
            allowed = can(Actor.visitor(offered=True), action, resource).allowed
            expected[kind] = Outcome.OK if allowed else Outcome.NOT_FOUND if hidden else Outcome.SIGN_IN
        else:
            actor = Actor.member(BANDS[kind], standing=Standing.GOOD, offered=True, limits=())
            allowed = can(actor, action, resource).allowed
            expected[kind] = Outcome.OK if allowed else Outcome.NOT_FOUND if hidden else Outcome.REFUSED
    return expected
