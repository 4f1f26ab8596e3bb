"""What rows that are not a person's own say about them is gone after an erasure, too (FIRM-5)."""

import io

import pytest
from django.core.management import call_command

from accounts.actions import purging
from accounts.actions.people import closing, firm_changes
from accounts.actions.privacy import erasure
from accounts.actions.staff import invitations, leaving
from accounts.actions.staff.invitations import NewPerson
from accounts.enums import Action, MandateRole, Role
from accounts.models import Customer, Employee, Mandate, TradingAccount, User
from accounts.staff_refusals import HasLeft
from portal.audit import hash_chain
from portal.outbox import history
from portal.outbox.models import Notice
from recovery.actions import claims
from recovery.actions.resets import steps
from recovery.enums import Purpose
from recovery.models import Case
from tests import factories
from tests.factories import Person
from tests.recovery import planted
from tests.recovery.conftest import ada_with_records, now

pytestmark = [pytest.mark.django_db, pytest.mark.promise("FIRM-5")]


@pytest.fixture
def closed(clock) -> Person:
    """A customer whom the firm's books have closed."""
    person = ada_with_records("greengage", given_name="Tamarind")
    closing.close_person(Customer.objects.get(pk=person.user.customer_id), now=now())
    return person


def erase(person: Person) -> None:
    erasure.erase(erasure.of_customer(Customer.objects.get(pk=person.user.customer_id)), now=now())


def test_whoever_asked_for_help_under_the_closed_username_has_left_nothing(closed):
    """To a closed username everybody is a stranger: the case is a phantom, the reset nobody's."""
    claims.open_claim(
        username="greengage", lost=[Purpose.KEY], contact="+442079460777", browser="b" * 20, by=None,
        origin=planted.ORIGIN, now=now(),
    )  # fmt: skip
    steps.begin(username="Greengage", ticket="t" * 20, browser="", origin=planted.ORIGIN, now=now())
    other = claims.open_claim(
        username="nobody", lost=[Purpose.KEY], contact="call 4711", browser="", by=None, origin=planted.ORIGIN,
        now=now(),
    )  # fmt: skip

    erase(closed)

    marks = ("+442079460777", "greengage", "Greengage", planted.ADDRESS, planted.DEVICE, closed.user.username_hash)
    assert planted.left(*marks) == set()
    assert Case.objects.get(subject=None, claims=other.claim).event_n == 1
    other.claim.refresh_from_db()
    assert other.claim.contact == "call 4711"
    assert list(hash_chain.faults()) == []


def test_an_account_that_an_adviser_keeps_has_the_firms_number_only(clock):
    person, adviser = ada_with_records("greengage", given_name="Tamarind"), factories.customer("ben")
    account = person.user.mandates.get().account
    Mandate.objects.create(user=adviser.user, account=account, role=MandateRole.ADVISER, label="Tamarind's pension")
    closing.close_person(person.user.customer, now=now())

    erase(person)

    assert planted.left("Tamarind") == set()
    assert adviser.user.mandates.filter(account=account).exists()


def test_the_record_does_not_name_the_accounts_of_somebody_who_was_erased(clock):
    person = ada_with_records("greengage")
    accounts = list(TradingAccount.objects.all())
    firm_changes.close_accounts(accounts, closes=True, now=now())
    firm_changes.note_mandates(Action.MANDATE_ENDED, person.user.mandates.select_related("user", "account"), now=now())
    closing.close_person(person.user.customer, now=now())

    erase(person)

    assert planted.left(*(account.number for account in accounts)) == set()


def test_a_closed_account_on_which_nobody_may_act_any_more_goes(clock, settings):
    account = factories.customer("ben").user.mandates.get().account
    firm_changes.close_accounts([account], closes=True, now=now())
    clock.move(days=settings.PORTAL_KEEP_CLOSED_DAYS, minutes=1)
    list(purging.purge(now=now()))
    assert TradingAccount.objects.exists()

    Mandate.objects.all().delete()
    list(purging.purge(now=now()))

    assert not TradingAccount.objects.exists()


def test_what_operators_were_told_about_a_colleague_is_gone_and_the_rest_stays(clock, lee, kim):
    boss, other = factories.staff("olga", Role.OPERATOR), factories.staff("oscar", Role.OPERATOR)
    leaving.leave(user=lee.user, reason="retired", by=boss.user, origin=None, now=now())
    leaving.leave(user=kim.user, reason="retired", by=boss.user, origin=None, now=now())

    call_command("portal_erase_person", "--username", "lee", "--yes", stdout=io.StringIO())

    assert planted.left("'lee'") == set()
    told = [history.shown(notice).text for notice in Notice.objects.filter(user=other.user).order_by("pk")]
    assert [("kim" in text) for text in told] == [False, True]


def test_somebody_who_was_erased_is_not_invited_again(clock, lee):
    leaving.leave(user=lee.user, reason="retired", by=None, origin=None, now=now())
    call_command("portal_erase_person", "--username", "lee", "--yes", stdout=io.StringIO())
    gone = User.objects.get(pk=lee.user.pk)

    with pytest.raises(HasLeft):
        invitations.invite_again(user=gone, by=None, origin=None, now=now())
    with pytest.raises(HasLeft):
        invitations.invite(
            username="lee2", person=NewPerson(same_as=gone), role=Role.AGENT, by=None, origin=None, now=now()
        )

    assert not User.objects.get(pk=gone.pk).is_active
    assert Employee.objects.get(pk=gone.employee_id).left_at
