"""Bodies of calls are read exactly as they are documented; nothing that is sent is a fault of ours."""

import json
from typing import Annotated

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec import Meta

from accounts.key_api import schemas
from accounts.key_api.decorators import MAX_BODY_BYTES
from portal.lib import strict_json
from portal.lib.strict_json import Unreadable
from tests.conftest import Clock
from tests.phone import API, Phone
from tests.phones import row_of

SHAPES = [
    shape for shape in vars(schemas).values() if isinstance(shape, type) and issubclass(shape, strict_json.Strict)
]
ID = "00000000-0000-4000-8000-000000000000"


class Everything(strict_json.Strict):
    name: schemas.Label
    count: Annotated[int, Meta(ge=-5, le=5)]
    sure: bool
    one: schemas._Id
    many: Annotated[dict[schemas._Id, Annotated[str, Meta(pattern=r"\A[0-9]{2}\Z")]], Meta(min_length=1)]
    word: Annotated[str, Meta(pattern=r"\A(a|b)\Z")] = ""


GOOD = {"name": "Ann", "count": 3, "sure": True, "one": ID, "many": {ID: "47"}, "word": "b"}
VALUES = [
    *(None, True, False, 0, 1, -1, 6, 1.0, 1e3, -0.0, 10**400, "", "x", "1", "true", "null", [], {}, [1], {"a": 1}),
    *(
        "\x00",
        "a\nb",
        "\ud800",
        "\u202e",
        "\u200d",
        "x" * 61,
        "٤٧",
        ID,
        ID.upper(),
        ID + "\n",
        {ID: 1},
        {"x": "47"},
        {ID: "47\n"},
    ),
]
RIGHT = {
    "name": ["x", "1", "true", "null", "٤٧", ID],
    "count": [0, 1, -1],
    "sure": [True, False],
    "one": [ID],
    "many": [],
    "word": [],
}


def as_read(body: object) -> Everything:
    return strict_json.read(json.dumps(body).encode(), Everything)


def test_a_body_of_the_shape_is_read():
    read = as_read(GOOD)

    assert (read.name, read.count, read.sure, read.one, read.word) == ("Ann", 3, True, ID, "b")
    assert read.many == {ID: "47"}


def test_a_name_with_a_default_may_be_left_out():
    assert as_read({name: value for name, value in GOOD.items() if name != "word"}).word == ""


@pytest.mark.parametrize("name", [name for name in GOOD if name != "word"])
def test_no_other_name_may(name: str):
    with pytest.raises(Unreadable):
        as_read({other: value for other, value in GOOD.items() if other != name})


@pytest.mark.parametrize("name", GOOD)
@pytest.mark.parametrize("value", VALUES, ids=lambda value: repr(value)[:20])
def test_each_name_takes_its_own_kind_of_value_alone(name: str, value: object):
    is_right = any(type(value) is type(right) and value == right for right in RIGHT[name])

    if is_right:
        assert getattr(as_read(GOOD | {name: value}), name) == value
    else:
        with pytest.raises(Unreadable):
            as_read(GOOD | {name: value})


TORTURE = {
    "nothing": b"",
    "blank": b" ",
    "no object": b"[]",
    "a text": b'"name"',
    "a number": b"1",
    "null": b"null",
    "cut off": b'{"name": "x"',
    "two values": b'{"name": "x"} {"name": "x"}',
    "a comma too many": b'{"name": "x",}',
    "a comment": b'{"name": "x"} // yes',
    "single quotes": b"{'name': 'x'}",
    "the name twice": b'{"name": "x", "name": "x"}',
    "the name twice, once in escapes": b'{"name": "x", "n\\u0061me": "y"}',
    "twice further in": b'{"name": {"a": 1, "a": 1}}',
    "a name not listed": b'{"name": "x", "more": 1}',
    "another's name": b'{"__class__": "x", "name": "x"}',
    "an empty name": b'{"": 1, "name": "x"}',
    "not a number": b'{"name": NaN}',
    "infinite": b'{"name": -Infinity}',
    "huge": b'{"name": 1' + b"0" * 400 + b"}",
    "huger": b'{"name": 1' + b"0" * 10_000 + b"}",
    "a huge exponent": b'{"name": 1e999999999}',
    "deep lists": b'{"name": ' + b"[" * 8_000 + b"]" * 8_000 + b"}",
    "deep objects": b'{"name":' * 1_600 + b"1" + b"}" * 1_600,
    "open lists": b"[" * 16_000,
    "a mark of the byte order": b'\xef\xbb\xbf{"name": "x"}',
    "UTF-16": '{"name": "x"}'.encode("utf-16"),
    "UTF-32": '{"name": "x"}'.encode("utf-32"),
    "Latin-1": '{"name": "é"}'.encode("latin-1"),
    "too long a sequence": b'{"name": "\xc0\xaf"}',
    "half a pair": b'{"name": "\xed\xa0\x80"}',
    "half a pair in escapes": b'{"name": "\\ud800"}',
    "a NUL": b'{"name": "a\x00"}',
    "a NUL in escapes": b'{"name": "\\u0000"}',
    "a tab as it is": b'{"name": "a\tb"}',
    "form fields": b"name=x",
    "markup": b"<name>x</name>",
}


@pytest.mark.django_db
@pytest.mark.parametrize("what", TORTURE)
def test_a_signed_body_of_another_form_is_refused_with_its_cause(pixel: Phone, clock: Clock, what: str):
    said = pixel.call("POST", "rename/", TORTURE[what])

    assert (said.status, said.cause) == (400, "Y1")
    assert row_of(pixel).name == "Ann's Pixel"


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("length", "status"), [(MAX_BODY_BYTES, 200), (MAX_BODY_BYTES + 1, 400), (200_000, 400), (300_000, 400)]
)
def test_a_body_has_a_longest_length(pixel: Phone, clock: Clock, length: int, status: int):
    raw = b'{"name": "x"}'.ljust(length)

    assert pixel.call("POST", "rename/", raw).status == status


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("content_type", "status"),
    [
        ("application/json", 200),
        ("application/json; charset=utf-8", 200),
        ("application/json; charset=latin-1", 400),
        ("text/json", 400),
        ("text/plain", 400),
        ("application/x-www-form-urlencoded", 400),
        ("multipart/form-data; boundary=x", 400),
        ("application/problem+json", 400),
        ("", 400),
    ],
)
def test_a_body_says_that_it_is_json(pixel: Phone, clock: Clock, content_type: str, status: int):
    path, raw = API + "rename/", b'{"name": "x"}'

    answer = pixel.client.generic(
        "POST", path, raw, content_type=content_type, headers=pixel.headers("POST", path, raw)
    )

    assert answer.status_code == status
    assert answer["Content-Type"] == "application/json"


@pytest.mark.django_db
@pytest.mark.parametrize("length", ["abc", "-1", "1e3", "\u00b2", "9" * 5000, "16385x"])
def test_a_length_that_is_none_is_refused(pixel: Phone, clock: Clock, length: str):
    path, raw = API + "rename/", b'{"name": "x"}'

    answer = pixel.client.generic(
        "POST", path, raw, "application/json", headers=pixel.headers("POST", path, raw), CONTENT_LENGTH=length
    )

    assert (answer.status_code, answer.json()["cause"]) == (400, "Y1")


@pytest.mark.django_db
def test_a_line_that_breaks_half_way_is_refused(pixel: Phone, clock: Clock, monkeypatch: pytest.MonkeyPatch):
    def broken(*_: object) -> bytes:
        raise OSError("connection reset")

    monkeypatch.setattr("django.test.client.FakePayload.read", broken)

    assert pixel.rename("Renamed").cause == "Y1"


@pytest.mark.django_db
def test_what_only_looks_has_no_body(pixel: Phone, clock: Clock):
    assert pixel.call("GET", "requests/", b"{}").cause == "Y1"
    assert pixel.client.generic("GET", API + "time/", b"{}", content_type="application/json").status_code == 400


# --- Whatever is sent ---------------------------------------------------------------------------------------------
LEAVES = st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.sampled_from([ID, "47", "deny"])
JSON = st.recursive(LEAVES, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3))
NAMES = st.sampled_from(sorted({name for shape in SHAPES for name in shape.__struct_fields__})) | st.text()


def read_or_refuse(raw: bytes) -> None:
    """Read as every shape; anything but a refusal would be a fault of ours."""
    for shape in [Everything, *SHAPES]:
        try:
            strict_json.read(raw, shape)
        except Unreadable:
            continue


@given(st.binary(max_size=200))
def test_any_bytes_are_read_or_refused(raw: bytes):
    read_or_refuse(raw)


@given(st.dictionaries(NAMES, JSON, max_size=6))
def test_any_object_is_read_or_refused(body: dict):
    read_or_refuse(json.dumps(body).encode())


@given(st.fixed_dictionaries({name: JSON | st.just(value) for name, value in GOOD.items()}))
def test_what_is_read_can_be_said_again_and_is_read_the_same(body: dict):
    raw = json.dumps(body).encode()
    try:
        once = strict_json.read(raw, Everything)
    except Unreadable:
        return

    assert strict_json.read(json.dumps(json.loads(raw)).encode(), Everything) == once
    assert type(once.count) is int
    assert type(once.sure) is bool
    assert once.name.replace("\u200d", "").isprintable()
