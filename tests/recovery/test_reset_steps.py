"""Each step of a password reset in each state: only what the table of moves allows."""

import pytest

from accounts.refusals import Refusal
from portal.lib import clock as portal_clock
from recovery.actions.resets import rows, steps
from recovery.enums import ResetState
from recovery.models import PasswordReset
from recovery.policies import reset_steps
from recovery.refusals import ResetOver
from tests.recovery.conftest import NEW_PASSWORD, ORIGIN, QUESTIONS

pytestmark = pytest.mark.django_db

OPEN = {
    "accept_code": ResetState.EMAIL,
    "send_again": ResetState.EMAIL,
    "accept_details": ResetState.DETAILS,
    "accept_key_code": ResetState.KEY,
    "accept_backup_code": ResetState.KEY,
    "accept_approval": ResetState.KEY,
    "ask_phone": ResetState.KEY,
    "choose_password": ResetState.PASSWORD,
}
GIVEN = {
    "accept_code": {"code": "000000", "origin": ORIGIN},
    "send_again": {},
    "accept_details": {"given": QUESTIONS, "origin": ORIGIN},
    "accept_key_code": {"code": "000000", "origin": ORIGIN},
    "accept_backup_code": {"typed": "7K3M-Q9XT", "origin": ORIGIN},
    "accept_approval": {"reference": "none", "origin": ORIGIN},
    "ask_phone": {"instead_of": "", "origin": ORIGIN},
    "choose_password": {"new_password": NEW_PASSWORD, "origin": ORIGIN},
}


def a_reset(holder, state: ResetState) -> steps.Owned:
    now = portal_clock.now()
    begun = steps.begin(username="ada", ticket="ticket", browser="", origin=ORIGIN, now=now)
    over = now if state in reset_steps.OVER else None
    proofs = {"mailbox_at": now, "details_at": now, "key_at": now}
    PasswordReset.objects.filter(pk=begun.pk).update(state=state, over_at=over, **proofs)
    begun.refresh_from_db()
    return steps.Owned(begun, "ticket")


@pytest.mark.parametrize("state", ResetState)
@pytest.mark.parametrize("step", OPEN)
@pytest.mark.asvs("2.3.1")
def test_a_step_is_open_in_its_state_only(clock, holder, step, state):
    owned = a_reset(holder, state)
    refused: Refusal | None = None

    try:
        getattr(steps, step)(owned, **GIVEN[step], now=portal_clock.now())
    except Refusal as refusal:
        refused = refusal

    assert isinstance(refused, ResetOver) == (state != OPEN[step])
    moved = PasswordReset.objects.get().state
    assert moved == state or moved in [to for (old, _), to in reset_steps.MOVES.items() if old == state]


@pytest.mark.parametrize("state", ResetState)
@pytest.mark.parametrize("step", sorted({step for _state, step in reset_steps.MOVES}))
def test_a_row_moves_only_as_the_table_says(clock, holder, step, state):
    row = a_reset(holder, state).reset
    allowed = reset_steps.after(state, step)

    try:
        rows.move(row, step, now=portal_clock.now())
    except ResetOver:
        assert allowed is None
    else:
        assert PasswordReset.objects.get().state == allowed
