"""What staff do for a customer they are looking at: a reason, a Key code, a record that the customer reads."""

from collections.abc import Iterator

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.actions import event_reports, reports, suspension
from accounts.actions.desk import helping
from accounts.desk_refusals import RoleMissing
from accounts.enums import Action, ReportKind, ReportOutcome, Role
from accounts.models import Employee, Key, PlatformSession, User
from portal.audit import sealed_words
from portal.audit.models import SecurityEvent
from portal.outbox import periodic_tasks
from portal.outbox.models import Notice
from portal.throttle.models import Throttle
from recovery.enums import OwnerEvent
from tests import factories
from tests.conftest import Clock
from tests.factories import Person
from tests.lint_html import problems
from tests.looks import WHY, look, page_of
from tests.pages import cause_of, levels
from tests.portal.desk import states

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.promise("CASE-8")]
BECAUSE = "Called back on the number on file"


class Desk:
    """A member of staff at the page of one customer."""

    def __init__(self, staff: Person, username: str) -> None:
        self.staff, self.browser = staff, factories.signed_in(staff)
        self.page = page_of(self.browser, username)

    def take(self, step: str, *, code: str | None = None, reason: str = BECAUSE) -> object:
        said = {"reason": reason, "code": self.staff.code() if code is None else code}
        return self.browser.post(f"{self.page}{step}/", said, follow=True)

    def offers(self) -> list[str]:
        return [step.name for step in self.browser.get(self.page).context["offered"]]


def newest(user: User, action: Action) -> SecurityEvent:
    return SecurityEvent.objects.filter(subject=user, action=action).latest("pk")


def reads(person: Person) -> list[tuple[str, str, str]]:
    """What the customer reads of what staff did."""
    person.user.refresh_from_db()
    lines = factories.signed_in(person).get("/activity/?only=staff").context["lines"]
    return [(str(line.text), line.by, line.reason) for line in lines]


@pytest.mark.promise("LOCK-3")
def test_a_pause_is_ended_and_the_customer_reads_why(agent: Person, clock: Clock):
    cleo = states.paused("cleo")
    desk = Desk(agent, "cleo")
    assert desk.offers() == ["end-pause", "suspend"]

    answer = desk.take("end-pause")

    assert levels(answer) == ["success"]
    assert Throttle.objects.get(limit="password").used == 0
    assert desk.offers() == ["suspend"]
    assert answer.context["facts"].tries == (), "what was forgiven is not counted against them"
    assert reads(cleo)[0] == (Action.PAUSE_LIFTED.label, Role.AGENT.label, BECAUSE)


def test_signing_out_ends_every_session_and_nothing_else(ada: Person, agent: Person, clock: Clock):
    browsers = [factories.signed_in(ada) for _ in range(2)]
    desk = Desk(agent, "ada")

    assert levels(desk.take("sign-out")) == ["success"]

    assert not PlatformSession.objects.filter(user=ada.user).exists()
    assert {browser.get("/").status_code for browser in browsers} == {302}
    event = newest(ada.user, Action.SIGNED_OUT_BY_STAFF)
    assert (event.actor, sealed_words.facts(event)) == (agent.user, {"ended": 2, "reason": BECAUSE})
    assert reads(ada)[0] == (Action.SIGNED_OUT_BY_STAFF.label, Role.AGENT.label, BECAUSE)


def test_stopping_sign_in_ends_everything_and_is_told(ada: Person, agent: Person, clock: Clock):
    browser = factories.signed_in(ada)
    desk = Desk(agent, "ada")

    assert levels(desk.take("suspend")) == ["success"]

    ada.user.refresh_from_db()
    assert ada.user.suspended_at
    assert browser.get("/").status_code == 302
    assert newest(ada.user, Action.SUSPENDED).actor == agent.user
    assert Notice.objects.filter(user=ada.user, kind="suspended").exists()
    assert desk.offers() == []


def test_a_senior_who_did_not_stop_it_allows_sign_in_again(ada: Person, agent: Person, reviewer: Person, clock: Clock):
    Desk(agent, "ada").take("suspend")
    desk = Desk(reviewer, "ada")
    assert desk.offers() == ["reinstate"]

    assert levels(desk.take("reinstate")) == ["success"]

    ada.user.refresh_from_db()
    assert ada.user.suspended_at is None
    assert reads(ada)[0] == (Action.REINSTATED.label, Role.SENIOR.label, BECAUSE)


@pytest.fixture
def lee(db: None) -> Person:
    return factories.staff("kim", Role.SENIOR)


def test_whoever_stopped_it_does_not_allow_it_again(ada: Person, reviewer: Person, lee: Person, clock: Clock):
    desk = Desk(reviewer, "ada")
    desk.take("suspend")
    clock.move(seconds=30)

    assert cause_of(desk.take("reinstate")) == "G20"

    assert SecurityEvent.objects.filter(action=Action.CODE_USED).count() == 1
    assert Desk(lee, "ada").offers() == ["reinstate"]


@pytest.mark.parametrize("before", ["stopped", "closed a report"])
def test_nor_does_whoever_did_so_with_another_username(ada: Person, agent: Person, clock: Clock, before: str):
    twin = factories.staff("dana-two", Role.SENIOR, same_as=agent)
    by = agent.user if before == "stopped" else None
    suspension.suspend(ada.user, reason="x", by=by, origin=None, now=clock.now)
    if before == "closed a report":
        report = reports.open_report(user=ada.user, kind=ReportKind.NOT_ME, device="Edge", origin=None, now=clock.now)
        reports.close_report(report=report, outcome=ReportOutcome.MISTAKE, by=agent.user, origin=None, now=clock.now)

    assert cause_of(Desk(twin, "ada").take("reinstate")) == "G20"


def test_an_agent_does_not_allow_it_again(ada: Person, agent: Person, clock: Clock):
    suspension.suspend(ada.user, reason="x", by=None, origin=None, now=clock.now)
    desk = Desk(agent, "ada")

    assert cause_of(desk.take("reinstate")) == "G1"
    assert desk.offers() == []


def test_nobody_allows_it_again_while_a_report_is_open_nor_whoever_closed_it(
    ada: Person, reviewer: Person, lee: Person, clock: Clock
):
    suspension.suspend(ada.user, reason="x", by=None, origin=None, now=clock.now)
    report = reports.open_report(user=ada.user, kind=ReportKind.NOT_ME, device="Edge", origin=None, now=clock.now)
    assert Desk(reviewer, "ada").offers() == Desk(lee, "ada").offers() == []

    reports.close_report(report=report, outcome=ReportOutcome.MISTAKE, by=lee.user, origin=None, now=clock.now)

    assert (Desk(reviewer, "ada").offers(), Desk(lee, "ada").offers()) == (["reinstate"], [])


@pytest.mark.promise("KEY-9")
def test_a_lost_phone_ends_all_its_keys_and_others_do_not_read_what_was_typed(
    ada: Person, mallory: Person, agent: Person, clock: Clock
):
    factories.phone(ada, mallory, name="Shared Pixel")
    key = Key.objects.get(user=ada.user, name="Shared Pixel")

    answer = Desk(agent, "ada").take(f"lost/{key.pk}")

    assert levels(answer) == ["success"]
    assert not Key.objects.filter(phone=key.phone, confirmed=True).exists()
    assert reads(ada)[0] == ("Reported lost: Shared Pixel", Role.AGENT.label, BECAUSE)
    assert reads(mallory)[0] == ("Reported lost: Shared Pixel", Role.AGENT.label, "")
    assert BECAUSE not in str(sealed_words.facts(newest(mallory.user, Action.PHONE_LOST)))


def test_a_lost_authenticator_app_is_turned_off(ada: Person, agent: Person, clock: Clock):
    key = Key.objects.get(user=ada.user)

    desk = Desk(agent, "ada")
    desk.take(f"lost/{key.pk}")

    key.refresh_from_db()
    assert (key.confirmed, key.end_reason) == (False, "lost")
    assert desk.browser.get(f"{desk.page}lost/{key.pk}/").status_code == 404


def test_the_key_of_somebody_else_is_not_there(ada: Person, mallory: Person, agent: Person, clock: Clock):
    key = Key.objects.get(user=mallory.user)

    desk = Desk(agent, "ada")
    desk.take(f"lost/{key.pk}")

    key.refresh_from_db()
    assert key.confirmed


def test_one_turns_off_ones_own_key_without_a_reason_in_the_list(ada: Person, clock: Clock):
    from accounts.actions.keys import key_revocation
    from accounts.enums import EndReason
    from portal.home import activity

    factories.phone(ada)
    key = Key.objects.filter(user=ada.user).latest("pk")
    key_revocation.end_key(key=key, reason=EndReason.TURNED_OFF, by=ada.user, origin=None, now=clock.now)

    (line,) = activity.lines_of(ada.user, [newest(ada.user, Action.KEY_ENDED)])
    assert line.reason == ""


STEPS = ("end-pause", "sign-out", "suspend")


@pytest.mark.parametrize("step", STEPS)
@pytest.mark.parametrize("wrong", [{"code": "000000"}, {"reason": " "}])
def test_without_a_reason_and_the_right_code_nothing_happens(agent: Person, clock: Clock, step: str, wrong: dict):
    cleo = states.paused("cleo")
    factories.signed_in(cleo)
    desk = Desk(agent, "cleo")
    assert problems(desk.browser.get(f"{desk.page}{step}/").content.decode()) == []

    answer = desk.take(step, **wrong)

    assert cause_of(answer) in {"K1", "F1"}
    assert SecurityEvent.objects.filter(actor=agent.user).exclude(action=Action.LOOKED_AT).count() == 0
    assert Throttle.objects.get(limit="password").used == 5


@pytest.mark.parametrize("step", ["end-pause", "sign-out", "reinstate"])
def test_no_code_is_used_up_for_what_would_be_refused(ada: Person, reviewer: Person, clock: Clock, step: str):
    assert cause_of(Desk(reviewer, "ada").take(step)) == "G18"

    assert not SecurityEvent.objects.filter(action=Action.CODE_USED).exists()


def test_the_action_itself_refuses_whoever_is_not_looking(ada: Person, agent: Person, auditor: Person, clock: Clock):
    how = {"user": ada.user, "reason": BECAUSE, "origin": states.ORIGIN, "now": clock.now}
    acts = (helping.end_pauses, helping.suspend, helping.reinstate, helping.end_sessions)
    look(factories.signed_in(auditor), "ada")

    for act in acts:
        for by in (agent, auditor):
            with pytest.raises(RoleMissing):
                act(by=by.user, **how)
    with pytest.raises(RoleMissing):
        helping.end_key(key=ada.user.key_set.get(), by=agent.user, **{k: v for k, v in how.items() if k != "user"})


def test_contact_is_masked_until_somebody_asks_which_the_customer_reads(agent: Person, clock: Clock):
    ada = factories.customer("ada", phone="+15550142")
    hidden = ("Byron", "ada@example.test", "+15550142")
    desk = Desk(agent, "ada")
    page = desk.browser.get(desk.page).content.decode()
    assert [text for text in hidden if text in page] == []

    shown = [desk.browser.post(f"{desk.page}contact/", follow=True).content.decode() for _ in range(2)]

    assert [text for text in hidden if text not in shown[0]] == []
    assert reads(ada) == [
        (Action.CONTACT_SHOWN.label, Role.AGENT.label, WHY),
        (Action.LOOKED_AT.label, Role.AGENT.label, WHY),
    ]
    other = Desk(agent, "ada")
    assert "ada@example.test" not in other.browser.get(other.page).content.decode()


def test_a_report_leads_to_how_the_customer_is_reached(ada: Person, agent: Person, clock: Clock):
    import re

    report = reports.open_report(user=ada.user, kind=ReportKind.NOT_ME, device="Edge", origin=None, now=clock.now)
    desk = factories.signed_in(agent)
    page = desk.get(f"/admin/accounts/report/{report.pk}/change/").content.decode()
    form = page.partition('action="/admin/customer/"')[2].partition("</form>")[0]
    sent = dict(re.findall(r'name="(username|reason)" value="([^"]*)"', form))

    answer = desk.post("/admin/customer/", sent, follow=True)

    assert answer.status_code == 200
    assert reads(ada)[0] == (Action.LOOKED_AT.label, Role.AGENT.label, f"Report {report.reference}")
    assert "/admin/accounts/user/" not in page


def planted(agent: Person, clock: Clock) -> tuple[Person, list[str]]:
    """A customer with a secret or a personal detail in every place the page reads."""
    cleo = states.paused("cleo")
    customer = cleo.user.customer
    customer.address, customer.application = {"line1": "Quince Lane 7"}, {"employer": "Medlar Works"}
    customer.birth_date, customer.phone = "1961-09-23", "+15550199"
    customer.save()
    factories.phone(cleo, name="Cleo's Pixel")
    factories.sign_in(Client(), cleo, code=cleo.code(steps=-14))
    factories.signed_in(cleo)
    event_reports.reports.open_report(user=cleo.user, kind=ReportKind.NOT_ME, device="Edge", origin=None, now=clock.now)
    states.in_recovery_of(cleo)
    periodic_tasks.run_all(clock.now)
    assert SecurityEvent.objects.filter(subject=cleo.user, action=OwnerEvent.OPENED).exists()
    user = User.objects.get(pk=cleo.user.pk)
    secrets = [
        user.password, user.password_history_salt, user.username_hash, user.email, cleo.seed, "Quince Lane", "Medlar",
        "1961-09-23", "23 September", "+15550199", "203.0.113.7", customer.number, *_accounts(cleo), *_seeds(cleo),
        *_case(cleo), "Byron",
    ]  # fmt: skip
    return cleo, secrets


def _accounts(person: Person) -> Iterator[str]:
    yield from person.user.mandates.values_list("account__number", flat=True)


def _seeds(person: Person) -> Iterator[str]:
    yield from (key.secret for key in Key.objects.filter(user=person.user))
    yield from (key.phone.public_key for key in Key.objects.filter(user=person.user, phone__isnull=False))


def _case(person: Person) -> Iterator[str]:
    for case in person.user.recovery_cases.all():
        yield case.number
        yield from (claim.reference for claim in case.claims.all())
        yield from (claim.phrase for claim in case.claims.all())


@pytest.mark.parametrize("who", ["agent", "reviewer", "auditor"])
def test_no_page_shows_a_secret_an_address_or_a_case(request, agent: Person, clock: Clock, who: str):
    cleo, secrets = planted(agent, clock)
    staff = request.getfixturevalue(who)
    desk = Desk(staff, "cleo")
    steps = ("end-pause", "sign-out", "suspend", "reinstate", *(f"lost/{key.pk}" for key in cleo.user.key_set.all()))

    pages = [desk.browser.get(desk.page), *(desk.browser.get(f"{desk.page}{step}/") for step in steps)]
    pages += [desk.browser.get("/admin/customer/"), look(desk.browser, "nobody"), desk.browser.get("/admin/")]

    html = "".join(page.content.decode() + str(page.headers) for page in pages)
    assert "a recovery is under way" in html or "Recovery" in html
    assert [secret for secret in secrets if secret in html] == []
    assert str(OwnerEvent.OPENED.label) not in html


def test_the_crawl_would_find_what_is_shown(agent: Person, clock: Clock):
    _cleo, secrets = planted(agent, clock)
    desk = Desk(agent, "cleo")

    html = desk.browser.post(f"{desk.page}contact/", follow=True).content.decode()

    assert {"Byron", "+15550199"} <= {secret for secret in secrets if secret in html}


def test_fifty_keys_and_sessions_cost_no_more_statements_than_two(ada: Person, agent: Person, clock: Clock):
    def add(count: int) -> None:
        for _ in range(count):
            factories.phone(ada)
            factories.signed_in(ada)

    def cost() -> int:
        with CaptureQueriesContext(connection) as statements:
            assert desk.browser.get(desk.page).status_code == 200
        return len(statements)

    add(2)
    desk = Desk(agent, "ada")
    few = cost()
    add(48)

    assert cost() == few
    assert few <= 45


@pytest.mark.parametrize(("zone", "said"), [("Asia/Tokyo", "Tokyo time"), ("", "New York time"), ("UTC", "UTC")])
def test_times_are_told_in_the_zone_of_the_reader_which_is_named_once(agent: Person, clock: Clock, zone, said):
    states.paused("cleo")
    desk = Desk(agent, "cleo")
    if zone:
        desk.browser.cookies["zone"] = zone

    pages = [desk.browser.get(page).content.decode() for page in (desk.page, "/admin/throttle/throttle/")]

    ends = {"Tokyo time": "21:15", "New York time": "07:15", "UTC": "12:15"}[said]
    assert f"paused until {ends} after" in pages[0]
    assert [page.count(f"All times: {said}.") for page in pages] == [1, 1]
    assert f"2 March 2026, {ends}" in pages[1]


def test_nobody_closes_a_report_of_their_own_as_a_customer(ada: Person, agent: Person, clock: Clock):
    report = reports.open_report(user=ada.user, kind=ReportKind.NOT_ME, device="Edge", origin=None, now=clock.now)
    assert reports.may_close(agent.user, report)

    Employee.objects.filter(users=agent.user).update(customer=ada.user.customer)

    assert not reports.may_close(User.objects.get(pk=agent.user.pk), report)
