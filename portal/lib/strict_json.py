"""Strict JSON: exactly the fields of a shape, and nothing that two parsers could understand differently."""

import json
from typing import Any, TypeVar

import msgspec

Shape = TypeVar("Shape")


class Unreadable(Exception):
    """The text is not JSON, or not of the shape; says what is wrong, and where."""


class GivenTwice(Unreadable):
    """An object has a name twice; parsers differ in which value they use."""

    def __init__(self, name: str) -> None:
        super().__init__(f"the name {name!r} is there more than once")
        self.name = name


class Strict(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    """An object with these fields and no others; those with a default may be left out."""


def loads(text: str) -> Any:
    """Parse a JSON text. Raises: ``Unreadable``, ``GivenTwice``."""
    try:
        return json.loads(text, object_pairs_hook=_without_twins)
    except (ValueError, RecursionError) as error:
        raise Unreadable(f"not JSON: {error}") from error


def read(raw: bytes, shape: type[Shape]) -> Shape:
    """Parse UTF-8 JSON into an object of that shape. Raises: ``Unreadable``, ``GivenTwice``.

    A type that is neither a shape nor built in is called with the value and may raise ``ValueError``.
    """
    try:
        return msgspec.convert(loads(raw.decode()), shape, dec_hook=lambda kind, value: kind(value))
    except (UnicodeError, msgspec.ValidationError) as error:  # a lone surrogate in a name is a UnicodeError, too
        raise Unreadable(str(error)) from error


def _without_twins(pairs: list[tuple[str, object]]) -> dict[str, object]:
    found: dict[str, object] = {}
    for name, value in pairs:
        if name in found:
            raise GivenTwice(name)
        found[name] = value
    return found
