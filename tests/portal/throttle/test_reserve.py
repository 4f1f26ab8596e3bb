"""How a limit counts: windows, pauses, what is given back, what is never given back, and many at once."""

from collections.abc import Iterator
from datetime import datetime, timedelta

import pytest

from portal.throttle import limits
from portal.throttle.counting import Bucket, Limit
from portal.throttle.models import Throttle
from portal.throttle.reserve import LimitReached, clear, end_pauses, forget, give_back, locked_until, reserve
from tests.conftest import NOON
from tests.races import at_once

MINUTE = timedelta(minutes=1)
TWENTY_A_DAY = Limit("push-number", "twenty", "", tries=20, window=timedelta(days=1))
FIVE_THEN_A_PAUSE = Limit("password", "five", "", tries=5, window=timedelta(hours=1), pause=15 * MINUTE)
pytestmark = pytest.mark.django_db


def grants(bucket: Bucket, *, now: datetime) -> bool:
    try:
        reserve(bucket, now=now)
    except LimitReached:
        return False
    return True


def use_up(bucket: Bucket, *, now: datetime) -> LimitReached:
    while True:
        try:
            reserve(bucket, now=now)
        except LimitReached as reached:
            return reached


def minutes(count: int) -> Iterator[datetime]:
    return (NOON + number * MINUTE for number in range(count))


def test_twenty_a_day_opens_when_the_day_that_the_first_began_is_over() -> None:
    bucket = TWENTY_A_DAY.of("s")

    granted = [at for at in minutes(25 * 60) if grants(bucket, now=at)]

    assert granted[19] == NOON + 19 * MINUTE
    assert granted[20] == NOON + timedelta(days=1)


def test_five_then_a_pause_is_shorter_than_the_window() -> None:
    bucket = FIVE_THEN_A_PAUSE.of("s")

    granted = [at for at in minutes(30) if grants(bucket, now=at)]

    assert granted[:6] == [*(NOON + number * MINUTE for number in range(5)), NOON + 19 * MINUTE]


def test_nobody_typing_moves_the_end_of_a_lock() -> None:
    bucket = FIVE_THEN_A_PAUSE.of("s")

    ends = {use_up(bucket, now=at).until for at in minutes(15)}

    assert ends == {NOON + 15 * MINUTE}


def test_tries_that_a_crash_took_are_gone_after_the_window_though_others_go_on(settings: object) -> None:
    bucket = limits.NETWORK.of("busy")
    leaked = 0
    for at in minutes(15):
        for _ in range(5):
            reserve(bucket, now=at)  # and the process dies
            leaked += 1
        for _ in range(10):
            give_back(reserve(bucket, now=at))
    assert leaked == 75 == Throttle.objects.get().used

    left = reserve(bucket, now=NOON + 15 * MINUTE).tries_left

    assert left == limits.NETWORK.bounds.tries - 1


def test_a_busy_address_that_leaks_all_day_is_never_locked() -> None:
    bucket = limits.NETWORK.of("busy")

    for at in minutes(24 * 60):
        give_back(reserve(bucket, now=at))
        if at.minute % 2:
            reserve(bucket, now=at)  # 720 a day are never given back

    assert locked_until(bucket, now=NOON + timedelta(days=1)) is None


@pytest.mark.parametrize("every", [11, 30, 179, 181, 225, 450])
@pytest.mark.parametrize("limit", [limits.PASSWORD, limits.TEST_PUSH], ids=lambda limit: limit.name)
def test_an_attacker_gets_no_more_than_the_tries_of_each_window(limit: Limit, every: int) -> None:
    bounds, bucket = limit.bounds, limit.of("s")
    windows = 12
    moments = [NOON + timedelta(seconds=s) for s in range(0, int(windows * bounds.window.total_seconds()), every)]

    granted = [at for at in moments if grants(bucket, now=at)]

    assert bounds.tries <= len(granted) <= windows * bounds.tries
    at_once = max(sum(start <= at < start + bounds.window for at in granted) for start in granted)
    assert at_once <= 2 * bounds.tries - 1


def test_staying_one_below_the_number_gains_nothing() -> None:
    bounds, bucket = limits.PASSWORD.bounds, limits.PASSWORD.of("s")

    granted = sum(
        grants(bucket, now=NOON + number * bounds.window) for number in range(10) for _ in range(bounds.tries - 1)
    )

    assert granted == 10 * (bounds.tries - 1)


def test_a_try_is_given_back_only_into_the_window_it_was_taken_from() -> None:
    bucket = limits.PASSWORD.of("s")
    late = reserve(bucket, now=NOON)
    for _ in range(3):
        reserve(bucket, now=NOON + 15 * MINUTE)

    give_back(late)

    assert Throttle.objects.get().used == 3


def test_a_try_of_a_slower_clock_than_the_first_ones_is_given_back() -> None:
    bucket = limits.PASSWORD.of("s")
    reserve(bucket, now=NOON)
    early = reserve(bucket, now=NOON - timedelta(milliseconds=5))

    give_back(early)

    assert Throttle.objects.get().used == 1


def test_a_try_given_back_after_clearing_pays_for_nobody_elses() -> None:
    bucket = limits.CODE.of("s")
    late = reserve(bucket, now=NOON)
    clear(bucket)
    reserve(bucket, now=NOON + MINUTE)

    give_back(late)

    row = Throttle.objects.get()
    assert (row.used, row.used_in_a_row) == (1, 1)


def test_giving_the_last_try_back_opens_the_lock_it_began() -> None:
    bucket = limits.PASSWORD.of("s")
    for _ in range(4):
        reserve(bucket, now=NOON)
    last = reserve(bucket, now=NOON)
    assert last.tries_left == 0
    assert last.reached.until == locked_until(bucket, now=NOON) == NOON + 15 * MINUTE

    give_back(last)

    assert locked_until(bucket, now=NOON) is None


def test_the_total_ends_in_a_lock_without_an_end() -> None:
    bucket = limits.CODE.of("s")
    for number in range(100):
        last = reserve(bucket, now=NOON + number * timedelta(hours=1))

    assert (last.tries_left, last.reached.until) == (0, None)
    with pytest.raises(LimitReached) as reached:
        reserve(bucket, now=NOON + timedelta(days=365))
    assert reached.value.until is None


def test_ending_a_pause_keeps_the_count_in_a_row_and_forgetting_does_not() -> None:
    bucket = limits.CODE.of("s")
    use_up(bucket, now=NOON)

    assert end_pauses([limits.PASSWORD], subject="s", now=NOON) == 0
    assert end_pauses([limits.CODE], subject="s", now=NOON) == 1
    assert (Throttle.objects.get().used, Throttle.objects.get().used_in_a_row) == (0, 5)
    assert forget([limits.CODE], subjects=["another"]) == 0
    assert forget([limits.CODE], subjects=["s"]) == 1
    assert not Throttle.objects.exists()


def test_what_one_limit_refuses_costs_nothing_in_another() -> None:
    shut, open_ = limits.PASSWORD.of("s"), limits.NETWORK.of("n")
    use_up(shut, now=NOON)

    with pytest.raises(LimitReached) as reached:
        reserve(open_, shut, now=NOON)

    assert reached.value.limit is limits.PASSWORD
    assert Throttle.objects.get(key=open_.key).used == 0


def test_reserving_is_one_statement_however_many_limits(django_assert_num_queries: object) -> None:
    buckets = (limits.PASSWORD.of("s"), *limits.NETWORK.of_network("2001:db8::1"))

    with django_assert_num_queries(1):
        reserve(*buckets, now=NOON)

    assert Throttle.objects.count() == 3


def test_a_settled_row_goes_and_one_that_still_counts_stays() -> None:
    for bucket in (limits.PASSWORD.of("s"), limits.CODE.of("s"), limits.CASE_PIN.of("s"), limits.ROUND.of("s")):
        reserve(bucket, now=NOON)

    gone = Throttle.objects.settled(before=NOON + timedelta(days=2))

    assert [row.limit for row in gone] == ["password"]


@pytest.mark.race
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("at", [NOON, NOON + 15 * MINUTE], ids=["at first", "as a window ends"])
def test_of_forty_at_once_exactly_as_many_are_granted_as_there_are_tries(at: datetime) -> None:
    buckets = (limits.PASSWORD.of("s"), *limits.NETWORK.of_network("2001:db8::1"))
    reserve(*buckets, now=at - 15 * MINUTE)

    def is_granted() -> bool:
        try:
            reserve(*buckets, now=at)
        except LimitReached:
            return False
        return True

    granted = at_once(*[is_granted] * 40)

    assert granted.count(True) == 5
    assert Throttle.objects.get(limit="network-56").used == 5
