"""`kept policy`, as a person uses it."""

from typer.testing import CliRunner

from kept.cli.policy import app

RUN = CliRunner()


def test_every_policy_is_shown_with_its_promise() -> None:
    result = RUN.invoke(app, ["show"], env={"COLUMNS": "200"})
    assert result.exit_code == 0
    assert "youth.watch-only" in result.output
    assert "youth.under13" in result.output


def test_a_policys_text_is_shown_and_an_unknown_one_refused() -> None:
    assert "forbid (principal is Member" in RUN.invoke(app, ["show", "youth.watch-only"]).output
    assert RUN.invoke(app, ["show", "youth.nothing"]).exit_code == 2


def test_the_build_is_up_to_date() -> None:
    assert RUN.invoke(app, ["build", "--check"]).exit_code == 0


def test_a_decision_is_explained() -> None:
    refused = RUN.invoke(app, ["can", "member", "comment", "relation=stranger", "--band", "under_13"])
    assert refused.output.startswith("no. You can't comment on this clip: your account is for watching.")
    allowed = RUN.invoke(app, ["can", "member", "upload"])
    assert allowed.output.startswith("yes\n  uploading.upload")


def test_what_the_policy_does_not_know_is_named() -> None:
    for words in ("member fly", "robot watch", "member comment mood=good", "member comment relation=aunt"):
        assert RUN.invoke(app, ["can", *words.split()]).exit_code == 2, words
