"""Reading a JSON object strictly: exactly the names and kinds of values that are written down, nothing else.

A shape is a frozen dataclass whose fields say by ``metadata=`` how their value is read. A field with a default
may be left out. What two readers of JSON could understand differently is refused: names given twice, numbers
that are not whole, halves of characters.
"""

import dataclasses
import json
import re
import unicodedata
from collections.abc import Callable, Mapping
from typing import Any, NoReturn, TypeVar
from uuid import UUID

Shape = TypeVar("Shape")
Reader = Callable[[object], Any]

_READ = "read"
_LONGEST_NUMBER = 15  # digits; what every reader of JSON holds exactly
_UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_HARD_SPACE = "\u00a0"
_JOINER = "\u200d"  # stands inside pictures such as families


class Unreadable(ValueError):
    """The text is no JSON, or not of the shape."""


def read(raw: bytes, shape: type[Shape]) -> Shape:
    """Return the object of that shape, or raise ``Unreadable``."""
    given = _object(raw)
    fields = {field.name: field for field in dataclasses.fields(shape)}  # type: ignore[arg-type]  # shapes are dataclasses
    if not given.keys() <= fields.keys():
        raise Unreadable("a name that is not listed")
    values = {name: fields[name].metadata[_READ](value) for name, value in given.items()}
    try:
        return shape(**values)
    except TypeError as error:
        raise Unreadable("a name is missing") from error


def words(longest: int) -> dict[str, Reader]:
    """Read what a person named something: 1 to ``longest`` characters, one line, nothing invisible."""

    def reader(value: object) -> str:
        name = unicodedata.normalize("NFC", _text(value)).replace(_HARD_SPACE, " ").strip(" ")
        shown = name.replace(_JOINER, "")
        if not shown or len(name) > longest or not shown.isprintable():
            raise Unreadable("not a name")
        return name

    return {_READ: reader}


def text(pattern: str) -> dict[str, Reader]:
    """Read a text that matches the pattern from end to end."""
    form = re.compile(pattern, re.ASCII)

    def reader(value: object) -> str:
        if not form.fullmatch(_text(value)):
            raise Unreadable("not of the form")
        return str(value)

    return {_READ: reader}


def whole(low: int, high: int) -> dict[str, Reader]:
    """Read a whole number in these bounds."""

    def reader(value: object) -> int:
        if type(value) is not int or not low <= value <= high:
            raise Unreadable("not a number in bounds")
        return value

    return {_READ: reader}


def flag() -> dict[str, Reader]:
    """Read true or false."""

    def reader(value: object) -> bool:
        if type(value) is not bool:
            raise Unreadable("neither true nor false")
        return value

    return {_READ: reader}


def uuid() -> dict[str, Reader]:
    """Read a UUID in its one spelling."""
    return {_READ: _uuid}


def by_uuid(values: Mapping[str, Reader]) -> dict[str, Reader]:
    """Read an object that has UUIDs as names; ``values`` says how each value is read."""

    def reader(value: object) -> dict[UUID, Any]:
        if not isinstance(value, dict) or not value:
            raise Unreadable("not an object, or an empty one")
        return {_uuid(name): values[_READ](item) for name, item in value.items()}

    return {_READ: reader}


def _uuid(value: object) -> UUID:
    if not _UUID.fullmatch(_text(value)):
        raise Unreadable("not a UUID")
    return UUID(str(value))


def _text(value: object) -> str:
    if type(value) is not str:
        raise Unreadable("not a text")
    return value


def _object(raw: bytes) -> dict[str, object]:
    try:
        value = json.loads(
            raw.decode("utf-8"),
            object_pairs_hook=_without_twins,
            parse_int=_short_number,
            parse_float=_refused,
            parse_constant=_refused,
        )
    except (UnicodeDecodeError, json.JSONDecodeError, RecursionError) as error:
        raise Unreadable("not JSON") from error
    if not isinstance(value, dict):
        raise Unreadable("not an object")
    return value


def _without_twins(pairs: list[tuple[str, object]]) -> dict[str, object]:
    if len({name for name, _value in pairs}) < len(pairs):
        raise Unreadable("a name is given twice")
    return dict(pairs)


def _short_number(digits: str) -> int:
    if len(digits.lstrip("-")) > _LONGEST_NUMBER:
        raise Unreadable("a number too long")
    return int(digits)


def _refused(_text: str) -> NoReturn:
    raise Unreadable("not a whole number")
