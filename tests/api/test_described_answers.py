"""Whatever is sent to accounts and sessions, the answer is one that the description names, and never a failure of ours."""

from typing import Any

import schemathesis
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from litestar.testing import AsyncTestClient
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from tests.api.test_accounts import PASSWORD, bearer, join, somebody

CHECKS = [
    schemathesis.checks.not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
]

VALID = {"POST /api/v1/accounts": somebody, "POST /api/v1/sessions": lambda: {"login": "lou1", "password": PASSWORD}}

_known: dict[str, Any] = {}


async def known(door: AsyncTestClient) -> dict[str, Any]:
    """The described operations, and somebody's token."""
    if not _known:
        schema = schemathesis.openapi.from_dict((await door.get("/api/openapi.json")).json())
        found = [one.ok() for one in schema.get_all_operations()]
        _known["operations"] = [one for one in found if "accounts" in (one.definition.raw.get("tags") or ())]
        _known["token"] = (await join(door))["token"]
    return _known


@settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))
@given(data=st.data())
async def test_every_answer_is_described(door: AsyncTestClient, data: st.DataObject) -> None:
    here = await known(door)
    operation = data.draw(st.sampled_from(here["operations"]))
    case = data.draw(operation.as_strategy())
    if operation.label in VALID and data.draw(st.booleans()):
        case.body = VALID[operation.label]()
    sent = case.as_transport_kwargs(base_url="http://kept.example")
    headers = dict(sent.pop("headers", None) or {})
    if data.draw(st.booleans()):
        headers = {name: value for name, value in headers.items() if name.lower() != "authorization"} | bearer(here["token"])
    given = {name: value for name, value in sent.items() if name in ("method", "url", "params", "json", "content", "data")}
    answer = await door.request(headers=headers, **given)
    case.validate_response(schemathesis.Response.from_any(answer), checks=CHECKS)
    if answer.status_code == 204:
        _known.clear()
