"""Evidence on mailboxes: a rule that lets one picture pass breaks the promise, whatever was stored."""

import pytest

from kept.messages import payload_of
from kept.policy import Action, Payload, can_anyhow
from kept.promises import Verdict
from kept.promises.evidence import mailboxes
from tests.fixtures.installation import Installation
from tests.promises import in_mailboxes


async def test_a_text_of_the_longest_kind_fits(installation: Installation) -> None:
    await in_mailboxes.a_text(installation, size=in_mailboxes.LARGEST_BODY)
    found = await installation.found("messages.no-media")
    assert found.verdict is Verdict.GOOD
    assert found.figure.startswith("0 attempts refused; 0 of 1 messages hold more")


async def test_a_classifier_that_takes_a_picture_for_a_text_breaks_it(
    installation: Installation, monkeypatch: pytest.MonkeyPatch
) -> None:
    await in_mailboxes.a_text(installation)
    blind = lambda text: Payload.TEXT if "imgur" in text else payload_of(text)  # noqa: E731
    monkeypatch.setattr(mailboxes, "payload_of", blind)
    found = await installation.found("messages.no-media")
    assert found.verdict is Verdict.BAD
    assert "1 of 8 made-up texts" in found.figure


async def test_a_policy_that_lets_teens_write_breaks_it(
    installation: Installation, monkeypatch: pytest.MonkeyPatch
) -> None:
    await installation.join(born=in_mailboxes.TEEN)
    assert await installation.verdict("youth.under16") is Verdict.GOOD
    lax = lambda actor, action: action is Action.SEND_MESSAGE or can_anyhow(actor, action)  # noqa: E731
    monkeypatch.setattr(mailboxes, "can_anyhow", lax)
    assert await installation.verdict("youth.under16") is Verdict.BAD
