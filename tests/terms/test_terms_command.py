"""`kept terms`, as a person uses it."""

import importlib

from typer.testing import CliRunner

from kept.cli.terms import app
from kept.terms import KINDS, current, generated_part

RUN = CliRunner()


class Declared:
    """What `app` hands to commands, as far as these use it."""

    def declare_tables(self) -> None:
        importlib.import_module("kept.app.schema")



def test_every_document_is_listed_with_its_version() -> None:
    output = RUN.invoke(app, ["list"], obj=Declared()).output
    for kind in KINDS:
        assert f"{kind:<14} {current(kind).version}" in output


def test_a_document_and_the_part_about_data_are_printed_as_they_are() -> None:
    assert RUN.invoke(app, ["show", "terms"], obj=Declared()).output == current("terms").text
    assert RUN.invoke(app, ["data"], obj=Declared()).output == generated_part()
