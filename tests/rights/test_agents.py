"""Authorised agents: only what one signed, for us, in time, once; and their word verifies nobody."""

import asyncio
import base64
import json
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from kept.kit.settings import Mail
from kept.postgres import EmbeddedPostgres
from tests.fixtures.site import open_site
from tests.rights.conftest import Mailbox, Postal, listening
from tests.rights.test_requests import work

KEY, OTHER = (Ed25519PrivateKey.from_private_bytes(bytes([number]) * 32) for number in (1, 2))
TOKENS = {
    "good-agent": "a-token-of-more-than-thirty-two-letters",
    "other-agent": "another-token-of-more-than-thirty-two",
}
PATH = "/v1/data-rights-request"


@pytest.fixture(scope="module")
async def agency(
    postgres: EmbeddedPostgres, templates: dict[str, str], tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Postal]:
    file: Path = tmp_path_factory.mktemp("agents") / "agents.json"
    public = [base64.b64encode(key.public_key().public_bytes_raw()).decode() for key in (KEY, OTHER)]
    keys = dict(zip(TOKENS, public, strict=True))
    agents = [{"id": name, "name": name, "verify_key": keys[name], "token": token} for name, token in TOKENS.items()]
    await asyncio.to_thread(file.write_text, json.dumps({"business_id": "us", "agents": agents}))
    box = Mailbox()
    async with listening(box) as port:
        mail = Mail(server="127.0.0.1", port=port, tls="none", sender="privacy@kept.example", agents_file=str(file))
        async with open_site(postgres, templates, "agency", mail=mail) as site:
            yield Postal(site, box)


def signed(agency: Postal, email: str, *, key: Ed25519PrivateKey = KEY, **changed: Any) -> bytes:
    now = agency.site.runtime.clock.now()
    claims = {
        "agent-id": "good-agent",
        "business-id": "us",
        "issued-at": now.isoformat(),
        "expires-at": (now + timedelta(minutes=5)).isoformat(),
        "drp.version": "1.0",
        "exercise": "access",
        "regime": "ccpa",
        "agent-request-id": str(uuid4()),
        "name": "Kim",
        "email": email,
        "email_verified": True,
    }
    message = json.dumps(claims | {name.replace("_", "-"): value for name, value in changed.items()}).encode()
    return base64.b64encode(key.sign(message) + message)


async def send(agency: Postal, body: bytes, agent: str = "good-agent") -> Any:
    headers = {"authorization": f"Bearer {TOKENS.get(agent, agent)}", "content-type": "text/plain"}
    return await agency.site.client.post(PATH, content=body, headers=headers)


async def test_an_agents_request_is_begun_when_the_person_answers_the_code(agency: Postal) -> None:
    me, email = await agency.join()
    taken = (await send(agency, signed(agency, email))).json()
    assert (taken["status"], taken["reason"]) == ("in_progress", "need_user_verification")
    await work(agency.site)
    assert agency.box.letters[-1]["To"] == email
    mine = {"authorization": f"Bearer {TOKENS['good-agent']}"}
    place = f"{PATH}/{taken['request_id']}"
    assert (await agency.form("/rights/verify", request=taken["request_id"], code=agency.code())).status_code == 200
    assert (await agency.site.client.get(place, headers=mine)).json()["status"] == "in_progress"
    assert (await agency.site.client.delete(place, headers=mine)).status_code == 409, "it is the person's own now"
    await work(agency.site)
    told = (await agency.site.client.get(place, headers=mine)).json()
    assert told["status"] == "fulfilled"
    assert "results_url" not in told
    other = {"authorization": f"Bearer {TOKENS['other-agent']}"}
    assert (await agency.site.client.get(place, headers=other)).status_code == 404
    assert me.member_id


async def test_an_agent_takes_a_request_back_and_learns_nothing_of_who_has_an_account(agency: Postal) -> None:
    _, email = await agency.join()
    mine, told = {"authorization": f"Bearer {TOKENS['good-agent']}"}, []
    for named in (email, "nobody-has-this@example.org"):
        taken = (await send(agency, signed(agency, named))).json()
        told.append(
            {name: value for name, value in taken.items() if name not in ("request_id", "user_verification_url")}
        )
    assert told[0] == told[1]
    gone = await agency.site.client.delete(f"{PATH}/{taken['request_id']}", headers=mine)
    assert gone.json()["status"] == "revoked"
    agency.site.runtime.clock.advance(timedelta(days=1, seconds=1))  # type: ignore[attr-defined]


async def test_what_is_not_theirs_not_ours_not_now_or_not_new_is_turned_away(agency: Postal) -> None:
    now, minute = agency.site.runtime.clock.now(), timedelta(minutes=1)
    email, good = "kim@example.org", signed(agency, "kim@example.org")
    assert (await send(agency, good, agent="no-such-token")).status_code == 401
    assert (await agency.site.client.post(PATH, content=good)).status_code == 401
    raw = base64.b64decode(good)
    for wrong in (
        b"not base64!",
        b"",
        base64.b64encode(raw[:63]),
        base64.b64encode(raw[:-1] + b"!"),
        base64.b64encode(bytes([raw[0] ^ 1]) + raw[1:]),
        signed(agency, email, key=OTHER),
        signed(agency, email, agent_id="other-agent"),
        signed(agency, email, business_id="them"),
        signed(agency, email, expires_at=(now - minute).isoformat()),
        signed(agency, email, issued_at=(now + minute).isoformat()),
        signed(agency, email, expires_at=(now + 11 * minute).isoformat()),
        signed(agency, email, expires_at="2999-01-01T00:00:00"),
        signed(agency, email, **{"drp.version": "0.9"}),
        signed(agency, email, exercise=7),
    ):
        assert (await send(agency, wrong)).status_code == 403, wrong
    assert (await send(agency, signed(agency, email, exercise="sale:opt-out"))).status_code == 422
    assert (await send(agency, signed(agency, ""))).status_code == 422
    assert (await send(agency, good)).status_code == 200
    assert (await send(agency, good)).status_code == 403, "a replay"
    assert (await send(agency, good, agent="other-agent")).status_code == 403


async def test_without_a_file_of_agents_there_are_none(postal: Postal) -> None:
    assert (await send(postal, signed(postal, "kim@example.org"))).status_code == 401
