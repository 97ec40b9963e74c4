"""What `/api/openapi.json` says is what the running server does: with data as described, and with data that is not."""

import httpx
import pytest
import schemathesis
from hypothesis import HealthCheck, given, settings
from schemathesis import APIOperation, Case, GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.config import GenerationConfig
from schemathesis.openapi import from_url
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from tests.fixtures.platform import Platform
from tests.journeys.people import Person, sign_up

CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
]
ENDLESS = {"GET /api/v1/messages/events", "GET /api/v1/notices/events"}
"""Answers without an end: the tests of the live streams read them."""
FEW = settings(
    max_examples=25,
    deadline=None,
    derandomize=True,
    database=None,
    suppress_health_check=list(HealthCheck),
)


@pytest.fixture(scope="module")
def described(platform: Platform) -> dict[str, APIOperation]:
    """Every operation of the description, by method and path."""
    schema = from_url(f"{platform.url}/api/openapi.json")
    schema.config.generation = GenerationConfig(with_security_parameters=False)
    return {one.ok().label: one.ok() for one in schema.get_all_operations()}


@pytest.fixture(scope="module")
def caller(platform: Platform) -> Person:
    return sign_up(platform.url)


@pytest.mark.parametrize("mode", GenerationMode)
def test_every_answer_is_described_whatever_is_sent(
    described: dict[str, APIOperation], caller: Person, mode: GenerationMode, subtests: pytest.Subtests
) -> None:
    """With data as described, and with data that is not."""
    assert len(described) > 15
    for label, operation in described.items():
        if label in ENDLESS:
            continue
        takes_something = operation.definition.raw.keys() & {"parameters", "requestBody"}
        if takes_something or mode is GenerationMode.POSITIVE:
            with subtests.test(label):
                send_and_hold(operation, mode, caller)


def send_and_hold(operation: APIOperation, mode: GenerationMode, caller: Person) -> None:
    """Send many cases as a member, and hold each answer against the description."""
    token = {"authorization": caller.http.headers["authorization"]}
    if operation.label == "DELETE /api/v1/sessions/current":
        token = {}  # else nobody would be signed in for what follows

    @FEW
    @given(case=operation.as_strategy(generation_mode=mode))
    def each(case: Case) -> None:
        case.validate_response(case.call(headers=token, allow_redirects=False), checks=CHECKS)

    each()


def test_a_real_clip_is_answered_as_described(
    described: dict[str, APIOperation], caller: Person, small_clip: bytes
) -> None:
    """What no generated address leads to: the answers on the way of a clip, from its first byte to its last."""
    http = caller.http

    def held(label: str, answer: httpx.Response, status: int) -> httpx.Response:
        assert answer.status_code == status, answer.text
        described[label].Case().validate_response(schemathesis.Response.from_any(answer), checks=CHECKS)
        return answer

    tus = {"tus-resumable": "1.0.0"}
    part = tus | {"content-type": "application/offset+octet-stream"}
    begin = tus | {"upload-length": str(len(small_clip))}
    place = held("POST /api/v1/uploads", http.post("/api/v1/uploads", headers=begin), 201).headers["location"]
    append, stand = "PATCH /api/v1/uploads/{upload_id}", "HEAD /api/v1/uploads/{upload_id}"
    wrong = part | {"upload-offset": "0", "upload-checksum": "sha256 AAAA"}
    held(append, http.patch(place, headers=wrong, content=small_clip), 460)
    held(stand, http.head(place, headers=tus), 200)
    held(stand, http.head(place), 204)
    done = held(append, http.patch(place, headers=part | {"upload-offset": "0"}, content=small_clip), 204)
    video_id = done.headers["video-id"]
    one = "GET /api/v1/videos/{video_id}"
    held(one, http.get(f"/api/v1/videos/{video_id}"), 200)
    caller.wait_for(video_id, "published")
    clip = held(one, http.get(f"/api/v1/videos/{video_id}"), 200).json()
    held("GET /api/v1/videos/{video_id}/media", http.get(f"/api/v1/videos/{video_id}/media"), 302)
    held("GET /api/v1/feed", http.get("/api/v1/feed"), 200)
    file = "GET /media/{home}/{video_id}/{name}"
    whole = held(file, http.get(clip["media"]), 200)
    held(file, http.get(clip["poster"]), 200)
    held(file, http.get(clip["media"], headers={"range": "bytes=0-9"}), 206)
    held(file, http.get(clip["media"], headers={"range": "bytes=999999999-"}), 416)
    held(file, http.get(clip["media"], headers={"if-none-match": whole.headers["etag"]}), 304)
    held("HEAD /media/{home}/{video_id}/{name}", http.head(clip["media"]), 200)
    held("GET /api/v1/promises", http.get("/api/v1/promises"), 200)
    held("DELETE /api/v1/videos/{video_id}", http.delete(f"/api/v1/videos/{video_id}"), 204)
