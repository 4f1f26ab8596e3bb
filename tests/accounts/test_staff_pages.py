"""The pages of an invitation, the desk's pages of staff, and the command (FIRM-1)."""

import re
from functools import partial

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.actions.staff import invitations
from accounts.enums import Role
from accounts.models import Employee, Key, RoleChange, User
from portal.audit.models import SecurityEvent
from portal.lib import client
from portal.lib import clock as clocks
from portal.outbox.models import Notice
from portal.throttle.models import Throttle
from tests import factories
from tests.accounts.enrolment_pages import paired, post, text
from tests.accounts.staff_work import PASSWORD, accept, how, invite, parts, role_of
from tests.conftest import Clock
from tests.factories import Person
from tests.pages import cause_of
from tests.races import AT_ONCE, ROUNDS, at_once, done

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.promise("FIRM-1")]
HERE, PASSWORD_PAGE = "/invitation/", "/invitation/password/"
STAFF = "/admin/accounts/employee/"


# --- Accepting ---------------------------------------------------------------------------------------


def test_the_invited_walk_from_two_codes_to_a_key_and_see_no_page_before(operator: Person, clock: Clock):
    invited = invite(operator)
    browser = Client()

    browser.post(HERE, parts(invited))
    browser.post(PASSWORD_PAGE, {"new_password": PASSWORD})
    assert browser.get("/admin/", follow=True).redirect_chain[-1][0].startswith("/login/")
    assert cause_of(factories.type_password(Client(), "nina", PASSWORD)) == "V3"

    page = text(browser.get(reverse("accounts:key-setup-pair")))
    phone = paired(browser, re.search(r"<code data-copy-text>([0-9A-Z]{4}-[0-9A-Z]{4})<", page)[1])
    done_page = post(browser, "-pair", code=phone.code())
    assert done_page.url == reverse("accounts:key-setup-done")
    clock.move(seconds=30)
    assert (
        factories.sign_in(Client(), Person(invited.invitation.user, PASSWORD, ""), code=phone.code())["Location"] == "/"
    )


def test_a_wrong_part_is_told_on_the_same_page_and_keeps_the_username(operator: Person, clock: Clock):
    typed = parts(invite(operator)) | {"told_part": "2222 2222"}

    answer = Client().post(HERE, typed)

    assert cause_of(answer) == "V1"
    page = answer.content.decode()
    assert 'value="nina"' in page
    assert typed["mailed_part"] not in page


def test_known_and_unknown_usernames_read_and_cost_alike(operator: Person, clock: Clock):
    typed = parts(invite(operator)) | {"told_part": "2222 2222"}
    answers, costs = [], []
    for name in ("nina", "nino"):
        with CaptureQueriesContext(connection) as statements:
            answers.append(Client().post(HERE, typed | {"username": name}))
        costs.append(len(statements))

    plain = partial(re.sub, rb'(form_id|csrfmiddlewaretoken)" value="[^"]+"|nin[ao]', b"")
    assert plain(answers[0].content) == plain(answers[1].content)
    assert costs[0] == costs[1]


def test_the_password_page_needs_the_parts_typed_in_this_browser(clock: Clock):
    assert Client().get(PASSWORD_PAGE).url == HERE


def test_an_invitation_accepted_elsewhere_ends_the_page_in_this_browser(operator: Person, clock: Clock):
    invited = invite(operator)
    slow = Client()
    slow.post(HERE, parts(invited))
    accept(invited)

    answer = slow.post(PASSWORD_PAGE, {"new_password": PASSWORD})

    assert (answer.status_code, cause_of(answer)) == (409, "V2")
    assert slow.get(PASSWORD_PAGE).url == HERE


def test_back_and_a_second_tab_lead_on_to_the_key(operator: Person, clock: Clock):
    invited = invite(operator)
    browser = Client()
    browser.post(HERE, parts(invited))
    browser.post(PASSWORD_PAGE, {"new_password": PASSWORD})

    for again in (browser.get(PASSWORD_PAGE), browser.post(PASSWORD_PAGE, {"new_password": f"{PASSWORD}-2"})):
        assert again.url == reverse("accounts:key-setup-pair")
    assert User.objects.get(username="nina").check_password(PASSWORD)


def test_a_weak_password_does_not_use_the_invitation_up(operator: Person, clock: Clock):
    invited = invite(operator)
    browser = Client()
    browser.post(HERE, parts(invited))

    assert browser.post(PASSWORD_PAGE, {"new_password": "short"}).url == PASSWORD_PAGE
    assert cause_of(browser.get(PASSWORD_PAGE)) in {"R3", "R4"}
    assert browser.post(PASSWORD_PAGE, {"new_password": ""}).url == PASSWORD_PAGE
    assert cause_of(browser.get(PASSWORD_PAGE)) == "F1"
    assert browser.post(PASSWORD_PAGE, {"new_password": PASSWORD}).url == reverse("accounts:key-setup-pair")


@pytest.mark.race
def test_twenty_parallel_uses_of_one_invitation_set_one_password(operator: Person):
    origin = client.Origin("203.0.113.9", "Firefox on Linux", "ABCD2345")
    for number in range(ROUNDS):
        Throttle.objects.all().delete()
        user = factories.staff(f"racer{number}", Role.AGENT).user
        invited = invitations.invite_again(user=user, **how(operator))
        found = invitations.check(**parts(invited), origin=origin, now=clocks.now())
        uses = [
            partial(
                invitations.accept,
                invitation=found,
                new_password=f"{PASSWORD}-{use}",
                origin=origin,
                now=clocks.now(),
            )
            for use in range(AT_ONCE)
        ]

        assert done(at_once(*uses)) == 1
        assert SecurityEvent.objects.filter(subject=user, action="invitation_accepted").count() == 1


# --- At the desk -------------------------------------------------------------------------------------


@pytest.fixture
def desk(operator: Person, clock: Clock) -> tuple[Person, Client]:
    """An operator at the desk."""
    return operator, factories.signed_in(operator)


NEW = {"username": "nina", "role": "agent", "name": "Nina Falk", "email": "nina@northgate.test"}


def test_an_operator_invites_and_reads_one_code(desk: tuple[Person, Client]):
    operator, browser = desk
    answer = browser.post(f"{STAFF}invite/", NEW | {"code": operator.code()})
    assert answer.url == f"{STAFF}invited/"

    page = browser.get(answer.url).content.decode()

    told = re.search(r"<strong>([0-9A-Z]{4} [0-9A-Z]{4})</strong>", page)[1]
    mailed = Notice.objects.get(kind="staff_invitation").facts["part"]
    assert mailed not in page
    assert Client().post(HERE, {"username": "nina", "told_part": told, "mailed_part": mailed}).url == PASSWORD_PAGE


def test_a_step_takes_the_code_of_a_key(desk: tuple[Person, Client]):
    _operator, browser = desk

    answer = browser.post(f"{STAFF}invite/", NEW | {"code": "000000"})

    assert answer.status_code == 200
    assert not User.objects.filter(username="nina").exists()


@pytest.mark.parametrize(
    "wrong",
    [{"username": "Ünal"}, {"name": ""}, {"email": "nina"}, {"phone": "555"}, {"same_as": "ghost"}, {"role": "king"}],
    ids=lambda wrong: next(iter(wrong)),
)
def test_what_cannot_be_is_told_at_its_field_and_spends_no_code(desk: tuple[Person, Client], wrong: dict[str, str]):
    operator, browser = desk

    answer = browser.post(f"{STAFF}invite/", NEW | wrong | {"code": operator.code()})

    assert list(answer.context["form"].errors) == list(wrong)
    assert not SecurityEvent.objects.filter(action="code_used").exists()


def test_two_operators_make_a_senior(desk: tuple[Person, Client], agent: Person, clock: Clock):
    operator, browser = desk
    olga = factories.staff("olga", Role.OPERATOR)
    browser.post(f"{STAFF}{agent.user.pk}/role/", {"role": "senior", "code": operator.code()})
    change = RoleChange.objects.get()
    page = f"/admin/accounts/rolechange/{change.pk}/"
    assert "/give/" not in browser.get(f"{page}change/").content.decode()

    second = factories.signed_in(olga)
    assert "/give/" in second.get(f"{page}change/").content.decode()
    second.post(f"{page}give/", {"code": olga.code()})

    assert role_of(agent.user) == ["senior"]


@pytest.mark.parametrize("step", ["suspend", "reinstate", "leave", "again", "revoke"])
def test_each_step_has_a_page_and_acts(desk: tuple[Person, Client], step: str):
    operator, browser = desk
    user = invite(None).invitation.user
    if step == "reinstate":
        User.objects.filter(pk=user.pk).update(suspended_at=clocks.now())
    assert browser.get(f"{STAFF}{user.pk}/{step}/").status_code == 200

    browser.post(f"{STAFF}{user.pk}/{step}/", {"reason": "as agreed", "code": operator.code()})

    newest = SecurityEvent.objects.filter(subject=user).latest("n").action
    done_as = {"suspend": "suspended", "reinstate": "reinstated", "leave": "staff_left"}
    assert newest == done_as.get(step, "staff_invited" if step == "again" else "invitation_revoked")


@pytest.mark.parametrize("step", ["suspend", "reinstate"])
def test_no_code_is_used_up_for_what_is_so_already(desk: tuple[Person, Client], agent: Person, step: str):
    operator, browser = desk
    if step == "suspend":
        User.objects.filter(pk=agent.user.pk).update(suspended_at=clocks.now())

    answer = browser.post(f"{STAFF}{agent.user.pk}/{step}/", {"reason": "as agreed", "code": operator.code()})

    assert answer.context["form"].has_error("__all__", "G18")
    assert not SecurityEvent.objects.filter(action="code_used").exists()


def test_an_operator_changes_the_contact_of_a_colleague(desk: tuple[Person, Client], agent: Person):
    operator, browser = desk
    page = f"{STAFF}{agent.user.pk}/contact/"
    before = agent.user.email
    assert before in browser.get(page).content.decode()

    typed = {"name": "Dana Falk", "email": "falk@northgate.test", "phone": "", "code": operator.code()}
    assert browser.post(page, typed).url == f"{STAFF}{agent.user.employee_id}/change/"

    agent.user.refresh_from_db()
    assert (agent.user.employee.name, agent.user.employee.email, agent.user.email) == (
        "Dana Falk",
        "falk@northgate.test",
        "falk@northgate.test",
    )
    told = Notice.objects.filter(kind="staff_details").order_by("pk")
    assert [notice.target for notice in told] == [before, "falk@northgate.test"]
    assert SecurityEvent.objects.get(action="staff_details").facts == {"fields": ["name", "email"]}


@pytest.mark.parametrize("who", ["agent", "reviewer", "auditor", "ada"])
def test_nobody_but_operators_takes_a_step(request: pytest.FixtureRequest, operator: Person, clock: Clock, who: str):
    person = request.getfixturevalue(who)
    browser = factories.signed_in(person)
    user = invite(operator).invitation.user

    for step in ("again", "revoke", "contact", "role", "suspend", "reinstate", "leave"):
        for answer in (browser.get(f"{STAFF}{user.pk}/{step}/"), browser.post(f"{STAFF}{user.pk}/{step}/", {})):
            assert answer.status_code == 403
    assert browser.post(f"{STAFF}invite/", NEW).status_code == 403
    assert browser.get(STAFF).status_code == (200 if who == "auditor" else 403)


def test_an_operator_has_no_buttons_for_themselves(desk: tuple[Person, Client], agent: Person):
    operator, browser = desk

    own, other = (
        browser.get(f"{STAFF}{person.user.employee_id}/change/").content.decode() for person in (operator, agent)
    )

    assert "/leave/" not in own
    assert "/leave/" in other


def test_the_list_costs_the_same_for_one_and_for_many(desk: tuple[Person, Client], django_assert_max_num_queries):
    _operator, browser = desk
    browser.get(STAFF)
    with django_assert_max_num_queries(20) as few:
        browser.get(STAFF)
    for number in range(12):
        factories.staff(f"agent{number}", Role.AGENT)

    with django_assert_max_num_queries(len(few)):
        browser.get(STAFF)


# --- On the command line -----------------------------------------------------------------------------

OLIVE = ["olive", "--name", "Olive Park", "--email", "olive@northgate.test"]


def test_the_first_operator_is_made_by_one_command(capsys, clock: Clock):
    call_command("portal_staff", "add", *OLIVE)

    said = capsys.readouterr().out
    told, mailed = re.findall(r"code: +([0-9A-Z]{4} [0-9A-Z]{4})", said)
    typed = {"username": "olive", "told_part": told, "mailed_part": mailed}
    assert Client().post(HERE, typed).url == PASSWORD_PAGE
    accept_and_key("olive", typed)
    with pytest.raises(CommandError, match="operator"):
        call_command("portal_staff", "add", "oscar", "--name", "Oscar", "--email", "oscar@northgate.test")


def accept_and_key(username: str, typed: dict[str, str]) -> None:
    origin = client.Origin("203.0.113.9", "Firefox on Linux", "ABCD2345")
    found = invitations.check(**typed, origin=origin, now=clocks.now())
    user = invitations.accept(invitation=found, new_password=PASSWORD, origin=origin, now=clocks.now())
    Key.objects.create(user=user, name=username, secret=factories.seed_of(username), confirmed=True)


def test_the_command_does_what_the_desk_does(capsys, operator: Person, clock: Clock):
    call_command("portal_staff", "invite", "nina", "--name", "Nina", "--email", "n@northgate.test", "--role", "agent")
    call_command("portal_staff", "invite", "nina", "--again")
    call_command("portal_staff", "role", "nina", "senior")
    assert "has to confirm" in capsys.readouterr().out
    call_command("portal_staff", "change", "nina", "--phone", "+1 555 0101")
    assert "Changed: phone" in capsys.readouterr().out
    call_command("portal_staff", "suspend", "nina", "--reason", "on leave")
    call_command("portal_staff", "reinstate", "nina", "--reason", "back")
    call_command("portal_staff", "list")
    assert re.search(r"nina +agent +invited, no Key yet, senior waits", capsys.readouterr().out)
    call_command("portal_staff", "leave", "nina", "--reason", "resigned")

    assert Employee.objects.get(users__username="nina").left_at


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["invite", "nina", "--role", "agent"], "--name"),
        (["invite", "nina", "--name", "N", "--email", "n@northgate.test"], "--role"),
        (["invite", "Ünal", "--name", "N", "--email", "n@northgate.test", "--role", "agent"], "letters"),
        (["invite", "root", "--name", "N", "--email", "n@northgate.test", "--role", "agent"], "taken"),
        (["invite", "x1", "--name", "N", "--email", "n@x.test", "--phone", "5", "--role", "agent"], "--phone"),
        (["role", "ghost", "agent"], "ghost"),
        (["change", "root"], "already"),
        (["change", "root", "--email", "nowhere"], "--email"),
        (["suspend", "root", "--reason", " "], "--reason"),
        (["reinstate", "root", "--reason", "why not"], "already"),
    ],
)
def test_what_the_command_cannot_do_it_says(operator: Person, clock: Clock, arguments: list[str], says: str):
    with pytest.raises(CommandError, match=says):
        call_command("portal_staff", *arguments)


def test_customers_are_not_staff_and_staff_are_not_suspended_as_customers(ada: Person, agent: Person, clock: Clock):
    with pytest.raises(CommandError, match="works as ada"):
        call_command("portal_staff", "suspend", "ada", "--reason", "no")
    with pytest.raises(CommandError, match="portal_staff"):
        call_command("portal_suspend", "dana", "--reason", "no")


# --- What the pages are called --------------------------------------------------------------------------------------


def test_pages_of_staff_are_called_after_people_and_roles(desk: tuple[Person, Client], clock: Clock):
    operator, browser = desk
    factories.staff("olga", Role.OPERATOR)
    user = invite(operator, role=Role.SENIOR).invitation.user

    change = RoleChange.objects.get(user=user)
    titles = [
        browser.get(where).context["title"]
        for where in (STAFF, f"{STAFF}{user.employee_id}/change/", f"/admin/accounts/rolechange/{change.pk}/change/")
    ]

    assert titles == ["Staff", user.employee.name, "nina: Senior reviewer"]
    assert {notice.facts["role"] for notice in Notice.objects.filter(kind="staff_changed")} == {"", "Senior reviewer"}


def test_who_has_no_role_yet_is_told_so_at_the_desk(agent: Person, operator: Person, clock: Clock):
    agent.user.groups.clear()

    nothing, something = (factories.signed_in(one).get("/admin/") for one in (agent, operator))

    assert [b"data-no-role" in page.content for page in (nothing, something)] == [True, False]
