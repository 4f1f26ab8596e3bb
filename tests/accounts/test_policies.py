"""The small verdicts: spellings of names, codes and their steps, the time a session rests."""

import json
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from accounts.policies import idleness, usernames
from accounts.policies.keys import identity_proofing, totp
from tests.conftest import VECTORS

NOON = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
SEED = b"12345678901234567890"
IDLE = timedelta(minutes=15)


def vectors(name: str) -> dict:
    return json.loads((VECTORS / name).read_text(encoding="utf-8"))


@pytest.mark.promise("KEY-1")
def test_codes_are_those_of_rfc_6238_cut_to_six_digits():
    rows = [row for row in vectors("rfc6238_totp.json")["rows"] if row["algorithm"] == "SHA1"]

    made = [totp.at_step(row["secret_ascii"].encode(), totp.step_at(row["time"])) for row in rows]

    assert len(rows) >= 6
    assert made == [row["totp8"][-6:] for row in rows] == [row["totp6"] for row in rows]


@pytest.mark.promise("KEY-1")
def test_codes_are_those_of_rfc_4226():
    published = vectors("rfc4226_hotp.json")

    made = [totp.at_step(published["secret_ascii"].encode(), row["counter"]) for row in published["rows"]]

    assert made == [row["otp"] for row in published["rows"]]
    assert len(made) == 10


@pytest.mark.parametrize(
    ("typed", "read"),
    [
        ("123456", "123456"),
        ("012345", "012345"),
        ("123 456", "123456"),
        ("12-34-56", "123456"),
        (" 123456\n", "123456"),
        ("123\u00a0456", "123456"),
        ("123\u2009456", "123456"),
        ("123\u202f456", "123456"),
        ("123\u2011456", "123456"),
        ("１２３４５６", "123456"),
        ("", None),
        ("12345", None),
        ("1234567", None),
        ("12345a", None),
        ("+12345", None),
        ("1.2345", None),
        ("1_23456", None),
        ("0x1234", None),
        ("١٢٣٤٥٦", None),
        ("①②③④⑤⑥", "123456"),
        ("123\x00456", None),
        ("123\t456", None),
        ("1" * 100_000, None),
    ],
)
def test_a_typed_code_is_read_as(typed: str, read: str | None):
    assert totp.read(typed) == read


@pytest.mark.promise("KEY-1")
@pytest.mark.parametrize("tolerance", [0, 1])
@pytest.mark.parametrize("offset", range(-3, 4))
def test_a_code_is_right_within_the_tolerance_alone(tolerance: int, offset: int):
    now = totp.step_at(NOON.timestamp())
    code = totp.at_step(SEED, now + offset)

    found = totp.matching_step(SEED, code, at=NOON.timestamp(), tolerance=tolerance, after=-1)

    assert found == (now + offset if abs(offset) <= tolerance else None)


@pytest.mark.promise("KEY-1")
@pytest.mark.parametrize("spent", range(-2, 3))
@pytest.mark.parametrize("offset", [-1, 0, 1])
def test_no_code_at_or_before_the_last_spent_one_is_right(spent: int, offset: int):
    now = totp.step_at(NOON.timestamp())
    code = totp.at_step(SEED, now + offset)

    found = totp.matching_step(SEED, code, at=NOON.timestamp(), tolerance=1, after=now + spent)

    assert found == (now + offset if offset > spent else None)


@pytest.mark.parametrize(("second", "step"), [(0, 0), (29.999, 0), (30, 1), (59.999, 1), (20_000_000_000, 666_666_666)])
def test_a_step_lasts_thirty_seconds(second: float, step: int):
    assert totp.step_at(second) == step


@pytest.mark.parametrize("secret", ["GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ", "gezdgnbvgy3tqojqgezdgnbvgy3tqojq"])
def test_a_seed_is_read_in_either_case(secret: str):
    assert totp.decode_secret(secret) == SEED


@pytest.mark.parametrize("secret", ["1", "GEZDGNBV!", "A", "é", "GEZ=DGNB"])
def test_a_seed_that_is_none_is_refused(secret: str):
    with pytest.raises(ValueError):
        totp.decode_secret(secret)


@pytest.mark.parametrize(
    ("typed", "canonical"),
    [
        ("ada", "ada"),
        ("ADA", "ada"),
        ("  Ada\t", "ada"),
        ("ａｄａ", "ada"),
        ("a\u200bd\u200da", "ada"),
        ("a\x00da", "ada"),
        ("ad\u00ada", "ada"),
        ("\u202eada", "ada"),
        ("ada lovelace", "ada lovelace"),
        ("Straße", "strasse"),
        ("ﬁnn", "finn"),
        ("e\u0301va", "éva"),
        ("ΑΣ", "ας".replace("ς", "σ")),
        ("", ""),
        ("\x00\u200b ", ""),
        ("x" * 200, "x" * 150),
    ],
)
def test_a_username_has_one_spelling(typed: str, canonical: str):
    assert usernames.canonical(typed) == canonical


@given(st.text(max_size=400) | st.text("a \u200b\u0345\u0301ß\u1e9eﷺ\u3000\u00ad", max_size=200))
@example(typed="a" * 149 + " b")
@example(typed="a\u200b\u0301")
@example(typed="\u0345\u0301")
def test_any_spelling_leads_to_one_that_is_its_own(typed: str):
    once = usernames.canonical(typed)

    assert usernames.canonical(once) == once
    assert once == once.strip()
    assert len(once) <= usernames.MAX_LENGTH


@pytest.mark.parametrize("typed", ["ADA", "ﬁnn", "Straße", "e\u0301va", "x" * 200, "İstanbul", "ϓ\u0301", "ᾳ", "½"])
def test_the_one_spelling_is_its_own(typed: str):
    once = usernames.canonical(typed)

    assert usernames.canonical(once) == once


@pytest.mark.promise("SESS-1")
@pytest.mark.parametrize(
    ("rested", "ends_in", "left"),
    [
        (0, 43_200, 900),
        (1, 43_200, 899),
        (0.001, 43_200, 900),
        (899, 43_200, 1),
        (899.999, 43_200, 1),
        (900, 43_200, 0),
        (901, 43_200, 0),
        (0, 60, 60),
        (0, 0, 0),
        (0, -1, 0),
        (890, 5, 5),
        (-5, 43_200, 905),
    ],
)
def test_a_session_has_this_many_seconds_left(rested: float, ends_in: float, left: int):
    active_at, ends_at = NOON - timedelta(seconds=rested), NOON + timedelta(seconds=ends_in)

    assert idleness.seconds_left(active_at=active_at, ends_at=ends_at, now=NOON, idle=IDLE) == left


@pytest.mark.promise("SESS-1")
@pytest.mark.parametrize(
    ("seconds", "state"), [(900, "active"), (121, "active"), (120, "warn"), (1, "warn"), (0, "ended")]
)
def test_the_warning_comes_at_its_second(seconds: int, state: str):
    assert idleness.state(seconds, 120) == state


@pytest.mark.parametrize(
    ("typed", "fits"), [("555 0142", True), ("0555 0142", True), ("55 0142", False), ("+44 20 555 0142", True)]
)
def test_a_telephone_number_needs_seven_digits_and_no_country(typed: str, fits: bool) -> None:
    given = {"typed_date": "1985-12-10", "typed_detail": typed}

    assert identity_proofing.are_details("1985-12-10", [], "+44 20 555 0142", **given) is fits
