"""The fields of Inseq's file that are read, each checked; what else it holds is left alone."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, Field, Strict, ValidationError

from noiser.errors import NoiserError

Position = Annotated[int, Strict(), Field(ge=0, lt=2**31)]


def _attributes(value: Any) -> Any:
    """The fields of an object; the class that it names stays a name."""
    if isinstance(value, dict) and "attributes" in value and "__instance_type__" in value:
        return value["attributes"]
    return value


class TokenWithId(BaseModel):
    """One id of the vocabulary and how the vocabulary spells it."""

    id: Annotated[int, Strict(), Field(gt=-(2**63), lt=2**63)]
    token: str


Tokens = list[Annotated[TokenWithId, BeforeValidator(_attributes)]]


class TextAttributions(BaseModel):
    """The attributions of one text; the arrays are as they stand in the file.

    For a decoder-only model `source` is the prompt and `target` the prompt with what was generated.
    """

    source: Tokens
    target: Tokens
    source_attributions: str | None = None
    target_attributions: str | None = None
    step_scores: dict[str, str] | None = None
    attr_pos_start: Position = 0
    attr_pos_end: Position | None = None
    kind: str = ""
    """The class that the file names for it, of which only the name is used."""


def _sequence(value: Any) -> Any:
    named = value.get("__instance_type__") if isinstance(value, dict) else None
    fields = _attributes(value)
    if not isinstance(fields, dict):
        return fields
    kind = named[-1] if isinstance(named, list) and named else ""
    return {**fields, "kind": kind if isinstance(kind, str) else ""}


class Attributions(BaseModel):
    """The whole file: a text's attributions each, and how they came to be."""

    sequence_attributions: list[Annotated[TextAttributions, BeforeValidator(_sequence)]]
    info: dict[str, Any] = Field(default_factory=dict)


def is_inseq(document: object) -> bool:
    """Whether a JSON document is a file of Inseq's, and not a record of ours."""
    return isinstance(document, dict) and (
        "__instance_type__" in document or "sequence_attributions" in document
    )


def check(document: object) -> Attributions:
    """The fields of the document; NoiserError names the first that is wrong."""
    try:
        found = Attributions.model_validate(_attributes(document))
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(part) for part in first["loc"]) or "the whole"
        raise NoiserError(f"This Inseq file is damaged: {where}: {first['msg']}.") from error
    if not found.sequence_attributions:
        raise NoiserError("This Inseq file holds no attributions.")
    return found
