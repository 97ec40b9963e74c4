"""JSON bodies of the API: read through the catalogue's intake, and described as they are read.

    @post("/things", dto=Body[NewThing], responses=problems(409, 422))
    async def make(data: JSONBody[NewThing]) -> Thing: ...
"""

from http import HTTPStatus
from typing import TYPE_CHECKING, TypeVar

from litestar.dto import MsgspecDTO
from litestar.openapi.datastructures import ResponseSpec
from litestar.openapi.spec import Reference, Schema
from litestar.typing import FieldDefinition

from kept.catalog import Intake, decode
from kept.edge import Problem

if TYPE_CHECKING:
    from litestar._openapi.schema_generation import SchemaCreator

T = TypeVar("T", bound=Intake)

LARGEST_BODY = 64 * 1024
"""Bytes of a JSON body; what is larger is an upload, and has its own way in."""


class Body(MsgspecDTO[T]):
    """A body that comes in by `catalog.decode`: what is not declared, or has a forbidden shape, is refused and counted."""

    def decode_bytes(self, value: bytes) -> T:
        """Raises UnknownField, ForbiddenValue, InvalidBody."""
        return decode(value, self.model_type)

    @classmethod
    def create_openapi_schema(
        cls, field_definition: FieldDefinition, handler_id: str, schema_creator: "SchemaCreator"
    ) -> Reference | Schema:
        """The struct as it is declared; it takes no other fields."""
        described = schema_creator.for_field_definition(FieldDefinition.from_annotation(cls.model_type))
        if isinstance(described, Reference):
            schema_creator.schema_registry.from_reference(described).schema.additional_properties = False
        return described


def problems(*statuses: int) -> dict[int, ResponseSpec]:
    """The statuses with which a handler may fail, as problem details (RFC 9457); at any, 503 while the database is away, and
    426 for a program that names a version below the minimum.
    """
    return {
        status: ResponseSpec(
            Problem,
            description=HTTPStatus(status).phrase,
            media_type="application/problem+json",
            generate_examples=False,
        )
        for status in sorted({400, 426, 503, *statuses})
    }


def empty(*statuses: int) -> dict[int, ResponseSpec]:
    """Answers without a body: all they say is in their headers."""
    return {
        status: ResponseSpec(None, description=HTTPStatus(status).phrase, generate_examples=False) for status in statuses
    }
