"""Every limit: its numbers as they are kept, that it is documented, and that somebody asks for it."""

import re
from datetime import datetime, timedelta

import pytest

from portal.lib import client
from portal.throttle import limits
from portal.throttle.counting import Bucket, Limit
from portal.throttle.reserve import LimitReached, reserve
from tests.conftest import NOON
from tests.house.sources import ROOT

LOCKOUT, TEN_MINUTES, DAY, MONTH = (timedelta(minutes=m) for m in (15, 10, 24 * 60, 30 * 24 * 60))
# Limit: tries, window, and how long it is locked when all are used at once; None for good.
KEPT = {
    limits.PASSWORD: (5, LOCKOUT, LOCKOUT),
    limits.CODE: (5, LOCKOUT, LOCKOUT),
    limits.NETWORK: (100, LOCKOUT, LOCKOUT),
    limits.PASSKEY: (100, LOCKOUT, LOCKOUT),
    limits.PASSKEY_BROWSER: (20, LOCKOUT, LOCKOUT),
    limits.STEP_UP: (5, LOCKOUT, LOCKOUT),
    limits.NETWORK_REQUEST: (5, DAY, DAY),
    limits.REPORT: (20, DAY, DAY),
    limits.NEW_PASSWORD: (20, LOCKOUT, LOCKOUT),
    limits.TRAVEL_PASS: (5, LOCKOUT, LOCKOUT),
    limits.TRAVEL_PASS_OPENED: (4, DAY, DAY),
    limits.BROWSER_ASKED: (20, LOCKOUT, LOCKOUT),
    limits.BROWSER_CODE_SENT: (1, TEN_MINUTES, TEN_MINUTES),
    limits.BROWSER_CODE: (5, LOCKOUT, LOCKOUT),
    limits.BROWSER_NUMBER: (5, LOCKOUT, LOCKOUT),
    limits.NOTICE_CHECK: (20, LOCKOUT, LOCKOUT),
    limits.EMAIL_CODE_SENT: (5, LOCKOUT, LOCKOUT),
    limits.EMAIL_CODE: (5, LOCKOUT, LOCKOUT),
    limits.EMAIL_CHANGE: (10, DAY, DAY),
    limits.DETAILS: (5, LOCKOUT, LOCKOUT),
    limits.SET_UP_CODE: (5, LOCKOUT, LOCKOUT),
    limits.PAIRING: (10, LOCKOUT, LOCKOUT),
    limits.KEY_API: (30, LOCKOUT, LOCKOUT),
    limits.PUSH_REQUEST: (3, TEN_MINUTES, TEN_MINUTES),
    limits.PUSH_NUMBER: (3, DAY, DAY),
    limits.TEST_PUSH: (3, TEN_MINUTES, TEN_MINUTES),
    limits.RESET: (5, LOCKOUT, LOCKOUT),
    limits.RESET_A_DAY: (20, DAY, DAY),
    limits.RESET_NETWORK: (20, LOCKOUT, LOCKOUT),
    limits.RESET_EMAIL_CODE: (5, DAY, DAY),
    limits.RESET_DETAILS: (3, DAY, DAY),
    limits.RESET_KEY: (5, LOCKOUT, LOCKOUT),
    limits.INVITATION: (20, LOCKOUT, LOCKOUT),
    limits.FIRM_TOKEN: (20, LOCKOUT, LOCKOUT),
    limits.WELCOME: (5, LOCKOUT, LOCKOUT),
    limits.WELCOME_NETWORK: (20, LOCKOUT, LOCKOUT),
    limits.WELCOME_DETAILS: (5, DAY, DAY),
    limits.WELCOME_LETTER: (3, MONTH, MONTH),
    limits.DATA_DOWNLOAD: (6, DAY, DAY),
    limits.INTAKE: (20, LOCKOUT, LOCKOUT),
    limits.INTAKE_BY_STAFF: (20, LOCKOUT, LOCKOUT),
    limits.LOOK: (60, timedelta(hours=1), timedelta(hours=1)),
    limits.LOOK_MISSED: (10, DAY, DAY),
    limits.PAUSE_ENDED: (3, DAY, DAY),
    limits.SIGNED_OUT: (5, DAY, DAY),
    limits.CASE_PIN: (5, None, None),
    limits.ROUND: (3, MONTH, MONTH),
    limits.ROUND_PAST_DETAILS: (3, MONTH, MONTH),
    limits.GRANT_PART: (3, DAY, DAY),
    limits.RECOVERY_CODE: (5, LOCKOUT, LOCKOUT),
}
KEPT |= {limit.wide: (4 * tries, *spans) for limit, (tries, *spans) in KEPT.items() if limit.wide}
of_each = pytest.mark.parametrize("limit", list(limits.every()), ids=lambda limit: limit.name)


@pytest.mark.django_db
@of_each
def test_so_many_tries_are_granted_and_then_it_is_locked_so_long(limit: Limit) -> None:
    tries, _window, lock = KEPT[limit]
    bucket = limit.of("somebody")

    left = [reserve(bucket, now=NOON).tries_left for _ in range(tries)]

    assert left == list(range(tries - 1, -1, -1))
    with pytest.raises(LimitReached) as reached:
        reserve(bucket, now=NOON)
    assert (reached.value.limit, reached.value.until) == (limit, lock and NOON + lock)


def left_at(bucket: Bucket, moment: datetime) -> int:
    """Take one more try and return how many are left after it; -1 if there was none to take."""
    try:
        return reserve(bucket, now=moment).tries_left
    except LimitReached:
        return -1


@pytest.mark.django_db
@of_each
def test_tries_fade_at_the_end_of_the_window_and_not_a_second_before(limit: Limit) -> None:
    tries, window, _lock = KEPT[limit]
    bucket, other = limit.of("somebody"), limit.of("somebody else")
    for each in (bucket, other):
        reserve(each, now=NOON)
    wait = window or timedelta(days=3650)

    before, after = (left_at(one, NOON + at) for one, at in ((bucket, wait - timedelta(seconds=1)), (other, wait)))

    assert (before, after) == (tries - 2, tries - 1 if window else tries - 2)


def test_only_codes_count_over_any_time() -> None:
    assert {limit: limit.bounds.total for limit in limits.every() if limit.bounds.total} == {
        limits.CODE: 100,
        limits.STEP_UP: 100,
        limits.RESET_KEY: 100,
        limits.TRAVEL_PASS: 100,
    }


def test_a_setting_is_read_when_it_is_asked_for(settings: object) -> None:
    settings.PORTAL_FAILURE_LIMIT, settings.PORTAL_SOURCE_LIMIT, settings.PORTAL_LOCKOUT_MINUTES = 7, 50, 1

    assert (limits.PASSWORD.bounds.tries, limits.PASSWORD.bounds.pause) == (7, timedelta(minutes=1))
    assert limits.NETWORK.wide.bounds.tries == 200


@of_each
def test_every_limit_is_documented_in_one_sentence(limit: Limit) -> None:
    page = (ROOT / "docs" / "reference" / "limits.md").read_text(encoding="utf-8")

    assert re.fullmatch(r"[A-Z].{20,120}\.", limit.bounds_what)
    assert page.count(f"| `{limit.name}` | {limit.bounds_what} |") == 1
    assert str(limit.label)


def test_every_limit_is_asked_for_by_an_action() -> None:
    code = "".join(
        path.read_text(encoding="utf-8") for app in ("accounts", "recovery") for path in (ROOT / app).rglob("*.py")
    )
    names = [name for name, value in vars(limits).items() if isinstance(value, Limit)]

    assert [name for name in names if not re.search(rf"\blimits\.{name}\b", code)] == []
    assert len(names) == len([limit for limit in limits.every() if limit.times == 1])


def test_names_differ_and_buckets_of_one_subject_do_too() -> None:
    every = list(limits.every())

    assert len({limit.name for limit in every}) == len({limit.of("s").key for limit in every}) == len(every)
    assert limits.PASSWORD.of("s", scope="a").key != limits.PASSWORD.of("s", scope="b").key


def test_an_ipv6_network_is_counted_twice_and_an_ipv4_address_once() -> None:
    narrow, wide = limits.NETWORK.of_network("2001:db8::1")
    neighbour = limits.NETWORK.of_network("2001:db8:0:1::1")

    assert (narrow.limit, wide.limit) == (limits.NETWORK, limits.NETWORK.wide)
    assert (neighbour[0] == narrow, neighbour[1] == wide) == (False, True)
    assert [bucket.limit for bucket in limits.NETWORK.of_network("192.0.2.1")] == [limits.NETWORK]
    assert len(limits.NETWORK.of_network(client.UNKNOWN)) == 1


def test_staff_tell_every_limit_from_the_others_by_its_label() -> None:
    labels = [str(label) for _name, label in limits.choices()]

    assert len(set(labels)) == len(labels) > 20
