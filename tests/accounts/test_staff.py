"""The firm's own people: how they come in, and how they leave (FIRM-1)."""

import pytest
from django.db import IntegrityError, transaction

from accounts.actions.privacy import erasure
from accounts.actions.staff import contact, invitations, leaving
from accounts.actions.staff.invitations import Invited, NewPerson
from accounts.models import Customer, Employee, Key, PlatformSession, StaffInvitation, User
from accounts.refusals import Suspended, TooOften
from accounts.staff_refusals import (
    HasLeft,
    HasOperator,
    InvitationOver,
    InvitationWrong,
    NobodyByThatNumber,
    NotAnOperator,
    OwnMatter,
    PersonKnown,
    UsernameTaken,
)
from portal.audit import hash_chain
from portal.audit.models import SecurityEvent
from portal.lib import client
from portal.lib import clock as clocks
from portal.outbox.models import Notice
from tests import factories
from tests.accounts.staff_work import NINA, PASSWORD, accept, check, how, invite, parts, role_of, told_operators
from tests.conftest import Clock
from tests.factories import Person

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.promise("FIRM-1")]


def events(user: User) -> list[str]:
    return list(SecurityEvent.objects.filter(subject=user).order_by("n").values_list("action", flat=True))


def test_an_invited_colleague_is_a_person_with_a_username_a_role_and_no_way_in_yet(operator: Person, clock: Clock):
    user = invite(operator).invitation.user

    assert (user.employee.name, user.employee.phone, user.email) == (NINA.name, NINA.phone, NINA.email)
    assert role_of(user) == ["agent"]
    assert not user.has_usable_password()
    assert events(user) == ["staff_invited", "role_given"]
    assert told_operators("staff_invited") == ["root"]


def test_both_parts_open_the_invitation_and_a_password_uses_it_up(operator: Person, clock: Clock):
    invited = invite(operator)

    user = accept(invited)

    assert User.objects.get(pk=user.pk).check_password(PASSWORD)
    with pytest.raises(InvitationWrong):
        check(invited)
    assert told_operators("invitation_accepted") == ["root"]
    assert not list(hash_chain.faults())


@pytest.mark.parametrize(
    "other",
    [
        {"told_part": "2222 2222"},
        {"mailed_part": "2222 2222"},
        {"username": "nobody"},
        {"told_part": "", "mailed_part": ""},
    ],
    ids=["told", "mailed", "unknown name", "empty"],
)
def test_anything_wrong_gets_the_same_answer(operator: Person, clock: Clock, other: dict[str, str]):
    invited = invite(operator)

    with pytest.raises(InvitationWrong):
        check(invited, **other)


def test_one_part_twice_does_not_open_it(operator: Person, clock: Clock):
    invited = invite(operator)

    with pytest.raises(InvitationWrong):
        check(invited, told_part=parts(invited)["mailed_part"])


def test_the_parts_work_for_a_day_to_the_second(operator: Person, clock: Clock):
    invited = invite(operator)

    clock.move(hours=24, seconds=-1)
    assert check(invited)
    clock.move(seconds=1)
    with pytest.raises(InvitationWrong):
        check(invited)


@pytest.mark.parametrize("name", ["nina", "nobody"])
def test_twenty_wrong_guesses_end_guessing_for_known_and_unknown_names_alike(operator: Person, clock: Clock, name: str):
    invited = invite(operator)
    use_up(invited, name)

    with pytest.raises(TooOften):
        check(invited, username=name)


def use_up(invited: Invited, name: str) -> None:
    for _ in range(20):
        with pytest.raises((InvitationWrong, TooOften)):
            check(invited, username=name, told_part="22222222")


def test_a_stranger_who_knows_the_username_keeps_nobody_out(operator: Person, clock: Clock):
    invited = invite(operator)
    use_up(invited, "nina")

    elsewhere = client.Origin("198.51.100.7", "Firefox on Linux", "ABCD2345")
    assert invitations.check(**parts(invited), origin=elsewhere, now=clock.now)


def test_a_new_invitation_replaces_the_older_one(operator: Person, clock: Clock):
    first = invite(operator)

    again = invitations.invite_again(user=first.invitation.user, **how(operator))

    with pytest.raises(InvitationWrong):
        check(first)
    assert check(again)


def test_an_invitation_that_was_withdrawn_between_two_pages_sets_no_password(operator: Person, clock: Clock):
    invited = invite(operator)
    typed = check(invited)
    invitations.revoke(user=invited.invitation.user, **how(operator))

    with pytest.raises(InvitationOver):
        invitations.accept(invitation=typed, new_password=PASSWORD, origin=None, now=clock.now)


def test_a_suspended_colleague_cannot_accept(operator: Person, clock: Clock):
    invited = invite(operator)
    leaving.suspend(user=invited.invitation.user, reason="on leave", **how(operator))

    with pytest.raises(Suspended):
        accept(invited)


def test_whoever_is_invited_again_keeps_everything_until_they_accept(operator: Person, agent: Person, clock: Clock):
    factories.signed_in(agent)
    again = invitations.invite_again(user=agent.user, **how(operator))
    assert PlatformSession.objects.filter(user=agent.user).exists()
    assert Key.objects.filter(user=agent.user, confirmed=True).exists()

    accept(again)

    assert not PlatformSession.objects.filter(user=agent.user).exists()
    assert not Key.objects.filter(user=agent.user, confirmed=True).exists()
    assert role_of(agent.user) == ["agent"]


@pytest.mark.parametrize("who", ["agent", "reviewer", "auditor"])
def test_only_operators_invite(request: pytest.FixtureRequest, who: str, clock: Clock):
    with pytest.raises(NotAnOperator):
        invite(request.getfixturevalue(who))

    assert not StaffInvitation.objects.exists()


def test_nobody_deals_with_their_own_matters(operator: Person, clock: Clock):
    for action in (invitations.invite_again, invitations.revoke):
        with pytest.raises(OwnMatter):
            action(user=operator.user, **how(operator))
    for action in (leaving.suspend, leaving.leave):
        with pytest.raises(OwnMatter):
            action(user=operator.user, reason="bored", **how(operator))


def test_a_second_username_of_an_operator_is_their_own_matter_too(operator: Person, clock: Clock):
    second = invite(None, username="olive", person=NewPerson(same_as=operator.user)).invitation.user

    with pytest.raises(OwnMatter):
        leaving.suspend(user=second, reason="bored", **how(operator))


# --- People ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("same", [{"email": "NINA@northgate.test"}, {"phone": "+15550188"}], ids=["e-mail", "phone"])
def test_somebody_who_works_here_already_is_recognised(operator: Person, clock: Clock, same: dict[str, str]):
    invite(operator)
    twin = {"name": "Nina F.", "email": "other@northgate.test", "phone": "+15550199"} | same

    with pytest.raises(PersonKnown) as known:
        invite(operator, username="nina-two", person=NewPerson(**twin))

    assert known.value.facts == {"username": "nina"}
    assert Employee.objects.filter(users__username="nina-two").count() == 0


def test_two_usernames_of_one_person_are_known_as_such(operator: Person, clock: Clock):
    first = invite(operator).invitation.user

    second = invite(operator, username="nina-two", person=NewPerson(same_as=first)).invitation.user

    assert second.employee == first.employee
    assert second.email == first.email


def test_a_colleague_can_be_a_customer_too_but_only_one(operator: Person, ada: Person, clock: Clock):
    number = ada.user.customer.number
    invite(operator, person=NewPerson(name="Ada", email="ada@northgate.test", customer_number=number))

    with pytest.raises(NobodyByThatNumber):
        invite(operator, username="other", person=NewPerson(name="O", email="o@northgate.test", customer_number=number))
    with pytest.raises(NobodyByThatNumber):
        invite(operator, username="third", person=NewPerson(name="T", email="t@northgate.test", customer_number="C-0"))
    assert Customer.objects.get(employee__users__username="nina") == ada.user.customer


def test_a_username_is_given_once(operator: Person, ada: Person, clock: Clock):
    with pytest.raises(UsernameTaken):
        invite(operator, username="ADA")


def test_the_database_refuses_that_a_username_changes_hands(operator: Person, agent: Person, clock: Clock):
    with pytest.raises(IntegrityError, match="one person each"), transaction.atomic():
        User.objects.filter(pk=agent.user.pk).update(employee=operator.user.employee)


def test_the_database_refuses_staff_without_a_person(clock: Clock):
    with pytest.raises(IntegrityError, match="user_is_staff_or_customer"), transaction.atomic():
        User.objects.create(username="ghost", email="ghost@northgate.test", is_staff=True)


# --- The first operator, and leaving -----------------------------------------------------------------


def test_the_first_operator_takes_nobody_else(clock: Clock):
    invited = invitations.invite_first_operator(username="olive", person=NINA, now=clock.now)

    assert role_of(invited.invitation.user) == ["operator"]
    assert parts(invited)["mailed_part"] == invited.mailed_part


def test_there_is_one_first_operator(operator: Person, clock: Clock):
    with pytest.raises(HasOperator):
        invitations.invite_first_operator(username="olive", person=NINA, now=clock.now)


def test_a_first_operator_who_never_came_can_be_followed_by_another(clock: Clock):
    invitations.invite_first_operator(username="olive", person=NINA, now=clock.now)

    other = NewPerson(name="Oscar", email="oscar@northgate.test")
    assert invitations.invite_first_operator(username="oscar", person=other, now=clock.now)


def test_leaving_ends_everything_under_every_username(operator: Person, agent: Person, clock: Clock):
    second = invite(operator, username="dana-two", person=NewPerson(same_as=agent.user)).invitation
    factories.signed_in(agent)

    leaving.leave(user=agent.user, reason="resigned", **how(operator))

    for user in User.objects.filter(employee=agent.user.employee):
        assert (user.is_active, bool(user.closed_at), role_of(user)) == (False, True, [])
        assert events(user)[-1] == "staff_left"
    assert not PlatformSession.objects.filter(user=agent.user).exists()
    assert not Key.objects.filter(user=agent.user, confirmed=True).exists()
    second.refresh_from_db()
    assert second.revoked_at
    assert Employee.objects.get(users=agent.user).left_at
    with pytest.raises(HasLeft):
        leaving.leave(user=agent.user, reason="again", **how(operator))


def test_whoever_comes_back_is_invited_again_and_has_no_role_yet(operator: Person, agent: Person, clock: Clock):
    leaving.leave(user=agent.user, reason="resigned", **how(operator))

    again = invitations.invite_again(user=agent.user, **how(operator))
    assert Employee.objects.get(users=agent.user).left_at

    user = accept(again)
    assert (user.is_active, user.closed_at, role_of(user)) == (True, None, [])
    assert Employee.objects.get(users=user).left_at is None


def test_operators_hear_of_everything_and_nobody_else_does(operator: Person, agent: Person, clock: Clock):
    leaving.suspend(user=agent.user, reason="on leave", **how(operator))
    leaving.reinstate(user=agent.user, reason="back", **how(operator))
    leaving.leave(user=agent.user, reason="resigned", **how(operator))

    told = Notice.objects.filter(kind="staff_changed")
    assert [notice.facts["what"] for notice in told.order_by("pk")] == ["suspended", "reinstated", "staff_left"]
    assert {notice.user.username for notice in told} == {"root"}


def test_a_new_address_ends_what_went_to_the_old_one(operator: Person, clock: Clock):
    user = invite(operator).invitation.user
    second = invite(operator, username="nina2", person=NewPerson(same_as=user)).invitation.user

    contact.change(user=user, name="Nina Falk", email="falk@northgate.test", phone="", **how(operator))

    assert not invitations.open_invitations(clocks.now()).exists()
    assert {one.email for one in User.objects.filter(pk__in=[user.pk, second.pk])} == {"falk@northgate.test"}
    assert SecurityEvent.objects.filter(action="staff_details").count() == 2


def test_nobody_changes_their_own_contact_or_that_of_somebody_who_left(operator: Person, clock: Clock):
    facts = {"name": "N", "email": "n@northgate.test", "phone": ""}
    with pytest.raises(OwnMatter):
        contact.change(user=operator.user, **facts, **how(operator))
    user = invite(operator).invitation.user
    leaving.leave(user=user, reason="resigned", **how(operator))
    with pytest.raises(HasLeft):
        contact.change(user=user, **facts, **how(operator))


def test_who_was_erased_is_not_invited_again(operator: Person, clock: Clock):
    user = invite(operator).invitation.user
    leaving.leave(user=user, reason="resigned", **how(operator))
    erasure.erase(erasure.of_employee(user.employee), now=clocks.now())

    with pytest.raises(HasLeft):
        invitations.invite_again(user=user, **how(operator))


def test_whoever_does_not_come_back_after_all_has_left(operator: Person, agent: Person, clock: Clock):
    leaving.leave(user=agent.user, reason="resigned", **how(operator))
    again = invitations.invite_again(user=agent.user, **how(operator))
    typed = parts(again)
    invitations.revoke(user=agent.user, **how(operator))

    with pytest.raises(InvitationWrong):
        invitations.check(**typed, origin=client.Origin("203.0.113.9"), now=clocks.now())

    assert (Employee.objects.get(users=agent.user).left_at is None, again.invitation.user.is_active) == (False, False)


def test_the_contact_of_a_colleague_is_not_given_to_another(operator: Person, agent: Person, clock: Clock):
    user = invite(operator).invitation.user

    for taken in (
        {"email": agent.user.email.upper(), "phone": ""},
        {"email": "new@northgate.test", "phone": NINA.phone},
    ):
        whose = user if taken["phone"] == "" else agent.user
        with pytest.raises(PersonKnown):
            contact.change(user=whose, name="N", **taken, **how(operator))
