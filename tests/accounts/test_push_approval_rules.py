"""Whether a request may be sent, where one stands, which app may approve: plain rules, as tables."""

from datetime import datetime, timedelta
from itertools import product

import pytest

from accounts.enums import DenyReason, RequestState
from accounts.policies import push_approval as rules
from accounts.policies.push_approval import Past, Verdict
from tests.conftest import NOON

DENIED, NOT_ME = RequestState.DENIED, DenyReason.NOT_ME


def ago(minutes: float) -> datetime:
    return NOON - timedelta(minutes=minutes)


def denied(minutes: float, reason: str = DenyReason.CANCELLED) -> Past:
    return Past(ago(minutes), DENIED, reason)


def approved(minutes: float) -> Past:
    return Past(ago(minutes), RequestState.USED)


OPEN, STOPPED = Verdict(), Verdict(is_stopped=True)
VERDICTS = [
    ([], None, OPEN),
    ([denied(1)], None, OPEN),
    ([denied(1, NOT_ME)], None, Verdict(until=ago(1) + rules.SILENCE)),
    ([denied(10, NOT_ME)], None, OPEN),
    ([denied(1, NOT_ME)], None, Verdict(until=ago(1) + rules.SILENCE)),
    ([denied(1), denied(2)], None, STOPPED),
    ([denied(100), denied(200)], None, STOPPED),
    ([denied(11), approved(12), denied(13)], None, OPEN),
    ([approved(11), denied(12), denied(13)], None, OPEN),
    ([denied(1), denied(2)], ago(0.5), OPEN),
    ([denied(1), denied(2)], ago(1), OPEN),
    ([denied(1), denied(3)], ago(2), OPEN),
    ([denied(1), denied(3)], ago(3.5), STOPPED),
    ([denied(1, NOT_ME), denied(2, NOT_ME)], ago(0.5), Verdict(until=ago(1) + rules.SILENCE)),
]


@pytest.mark.parametrize(("past", "proved_at", "verdict"), VERDICTS)
def test_whether_a_request_may_be_sent(past: list[Past], proved_at: datetime | None, verdict: Verdict) -> None:
    assert rules.may_ask(past, proved_at=proved_at, now=NOON) == verdict


@pytest.mark.parametrize(
    ("version", "is_current"),
    [
        *[(version, True) for version in ("1.0", "1", "1.0.0", "1.10", "1.0.1", "2", "9" * 40)],
        *[(version, False) for version in ("0.9.99", "", "x", "1.x", "-1", "²", "0" * 40)],
    ],
)
def test_which_app_may_approve(version: str, is_current: bool) -> None:
    assert rules.is_current(version, minimum="1.0") is is_current


STANDINGS = list(product(RequestState.values, [-1, 0, 1]))


@pytest.mark.parametrize(("state", "seconds_left"), STANDINGS)
def test_what_is_open_runs_out_and_what_is_over_stays(state: str, seconds_left: int) -> None:
    runs_out = seconds_left <= 0 and state in {RequestState.WAITING, RequestState.APPROVED}

    found = rules.state_at(state, expires_at=NOON + timedelta(seconds=seconds_left), now=NOON)

    assert found == (rules.EXPIRED if runs_out else state)
