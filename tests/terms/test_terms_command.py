"""`kept terms`, as a person uses it."""

from typer.testing import CliRunner

from kept.cli.terms import app
from kept.terms import KINDS, current, generated_part

RUN = CliRunner()


def test_every_document_is_listed_with_its_version() -> None:
    output = RUN.invoke(app, ["list"]).output
    for kind in KINDS:
        assert f"{kind:<14} {current(kind).version}" in output


def test_a_document_and_the_part_about_data_are_printed_as_they_are() -> None:
    assert RUN.invoke(app, ["show", "terms"]).output == current("terms").text
    assert RUN.invoke(app, ["data"]).output == generated_part()
