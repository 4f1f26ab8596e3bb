"""The diagnosis from facts alone: what stops somebody first, in the order in which a sign-in meets it."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from django.utils import timezone

from accounts.actions.desk.diagnosis import Verdict, checks, diagnose
from accounts.actions.desk.facts import Facts, KeyFacts, Refused, Tries
from accounts.actions.sign_in.pause_origins import Where

NOW = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
EARLIER = NOW - timedelta(hours=1)
KEY = KeyFacts(1, "Ada's Pixel", EARLIER, app="1.0", takes_requests=True)
WELL = Facts("ada", keys=(KEY,), signed_in_at=EARLIER)
PAUSE = Tries("password", 5, 5, NOW, NOW + timedelta(minutes=15), where=Where("Chrome on Windows", "near Leeds"))
KNOWN = replace(PAUSE, known_as="Safari on macOS")
CLOCK = Refused("K2", NOW, drift_seconds=-420)

# In the order of a sign-in: each stops it, whatever comes after.
STOPS = {
    "closed": ({"is_closed": True, "closed_at": EARLIER}, Verdict.NO, "", ""),
    "suspended": ({"suspended_at": EARLIER}, Verdict.NO, "L2", "reinstate"),
    "no password": ({"has_password": False, "letter": "none"}, Verdict.NO, "", "letter"),
    "codes used up": ({"tries": (replace(PAUSE, is_used_up=True),)}, Verdict.NO, "L4", ""),
    "paused": ({"tries": (PAUSE,)}, Verdict.NO, "L1", "end-pause"),
    "in recovery": ({"case_since": EARLIER}, Verdict.PARTLY, "", ""),
    "no Key": ({"keys": ()}, Verdict.NO, "K6", ""),
    "wrong clock": ({"refusals": (CLOCK,)}, Verdict.NO, "K2", ""),
    "old app": ({"keys": (replace(KEY, is_old_app=True),)}, Verdict.PARTLY, "K5", ""),
    "nothing": ({}, Verdict.YES, "", ""),
}


@pytest.fixture(autouse=True)
def london():
    with timezone.override("Europe/London"):
        yield


@pytest.mark.parametrize("state", STOPS)
def test_each_state_has_its_answer(state: str):
    changes, verdict, code, step = STOPS[state]

    found = diagnose(replace(WELL, **changes), now=NOW)

    assert (found.verdict, found.code, found.step) == (verdict, code, step)
    assert found.headline.endswith(".")


@pytest.mark.parametrize("first", range(len(STOPS) - 1))
def test_what_stops_a_sign_in_earlier_is_said_first(first: int):
    states = list(STOPS.values())
    changes: dict[str, object] = {}
    for more, *_rest in reversed(states[first:]):
        changes |= more

    found = diagnose(replace(WELL, **changes), now=NOW)

    assert (found.code, found.step) == states[first][2:]


def test_a_recovery_is_no_answer_yet_for_who_has_no_key():
    without, old_way = (diagnose(replace(WELL, case_since=EARLIER, keys=keys), now=NOW) for keys in ((), WELL.keys))

    assert without.verdict == Verdict.NO
    assert without.advice != old_way.advice, "the old Key is no way in for who has none"


def test_the_line_says_until_when_after_what_and_from_where():
    line = diagnose(replace(WELL, tries=(PAUSE,)), now=NOW).headline

    assert [
        part for part in ("12:15", "5 wrong passwords", "Chrome on Windows", "near Leeds") if part not in line
    ] == []


def test_the_pause_of_strangers_is_said_before_that_of_a_known_browser():
    code = replace(KNOWN, limit="code")

    assert "Safari" not in diagnose(replace(WELL, tries=(code, PAUSE)), now=NOW).headline
    assert "5 wrong codes" in diagnose(replace(WELL, tries=(code,)), now=NOW).headline
    assert "Safari on macOS" in diagnose(replace(WELL, tries=(code,)), now=NOW).headline


@pytest.mark.parametrize(("seconds", "said"), [(-420, "7 minutes slow"), (90, "1.5 minutes fast")])
def test_the_clock_is_wrong_by_so_much(seconds: int, said: str):
    facts = replace(WELL, refusals=(replace(CLOCK, drift_seconds=seconds),))

    assert said in diagnose(facts, now=NOW).headline
    assert said in next(check.fact for check in checks(facts, now=NOW) if "Clock" in check.name)


def test_a_wrong_code_after_a_wrong_clock_does_not_hide_it():
    refusals = (Refused("K1", NOW), CLOCK)

    assert diagnose(replace(WELL, refusals=refusals), now=NOW).code == "K2"


@pytest.mark.parametrize("code", ["K2", "W1", "W2", "I1"])
def test_what_was_refused_before_the_last_sign_in_is_over(code: str):
    facts = replace(WELL, networks=1, refusals=(Refused(code, EARLIER - timedelta(minutes=1), drift_seconds=-420),))

    assert diagnose(facts, now=NOW).verdict == Verdict.YES
    assert diagnose(replace(facts, signed_in_at=None), now=NOW).code == code


def test_a_lost_key_is_named_with_when_and_why():
    lost = KeyFacts(2, "Ada's Nokia", None, ended_at=EARLIER, ended_because="The phone was reported lost")

    line = diagnose(replace(WELL, keys=(), ended=(lost,)), now=NOW).headline

    assert [part for part in ("Ada's Nokia", "11:00", "reported lost") if part not in line] == []


def test_backup_codes_and_passkeys_are_ways_in_without_a_key():
    without = replace(WELL, keys=())

    assert diagnose(replace(without, backup_codes=3), now=NOW).verdict == Verdict.PARTLY
    assert diagnose(replace(without, passkeys=1), now=NOW).verdict == Verdict.YES


def test_one_new_app_is_enough_to_approve():
    old = replace(KEY, is_old_app=True)

    assert diagnose(replace(WELL, keys=(old, KEY)), now=NOW).verdict == Verdict.YES


def test_a_day_that_is_not_today_is_named():
    assert "28 February, 12:00" in diagnose(replace(WELL, suspended_at=NOW - timedelta(days=2)), now=NOW).headline
    assert "2 March 2025" in diagnose(replace(WELL, suspended_at=NOW - timedelta(days=365)), now=NOW).headline


def test_wrong_tries_that_pause_nothing_are_said_beside_yes():
    tries = (Tries("password", 2, 5, NOW),)

    found = diagnose(replace(WELL, tries=tries), now=NOW)

    assert found.verdict == Verdict.YES
    assert "2 wrong passwords" in found.advice


@pytest.mark.parametrize("state", STOPS)
def test_the_checks_show_what_the_line_says(state: str):
    changes, verdict, _code, _step = STOPS[state]

    tones = {check.tone for check in checks(replace(WELL, **changes, passkeys=1), now=NOW)}

    if state in {"old app", "in recovery"}:
        assert Verdict.PARTLY in tones
    else:
        assert (Verdict.NO in tones) == (verdict == Verdict.NO)
