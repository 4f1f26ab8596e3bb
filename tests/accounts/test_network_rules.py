"""Tightening at once with a preview, and widening through support (NET-2)."""

from functools import partial

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from accounts.actions.networks import requests, rules
from accounts.enums import NetworkOutcome, Role
from accounts.models import NetworkRequest, NetworkRule, SignInAddress, User
from accounts.network_refusals import NetworksChanged, NetworksWider, RequestNotOpen
from accounts.policies import networks
from accounts.refusals import TooOften
from portal.audit.models import SecurityEvent
from portal.lib import client as origins
from portal.lib import clock as portal_clock
from portal.outbox.models import Notice
from tests import factories
from tests.accounts.network_work import AWAY, HOME, OFFICE, at, limit, listed, preview_of, save
from tests.conftest import Clock
from tests.factories import Person
from tests.looks import look
from tests.pages import cause_of, levels, marks
from tests.races import AT_ONCE, at_once

ADMIN = "/admin/accounts/networkrequest/"


def signed_in_from(person: Person, address: str, *, times: int = 1, days_ago: int = 1) -> None:
    for _ in range(times):
        at_then = portal_clock.now() - timezone.timedelta(days=days_ago)
        SignInAddress.objects.create(user=person.user, address=address, at=at_then)


def asked(person: Person, *lines: str) -> NetworkRequest:
    user = User.objects.get(pk=person.user.pk)
    return requests.ask(
        user=user,
        wanted=networks.read_all(lines),
        allows_pass=True,
        by=user,
        origin=origins.Origin(HOME),
        now=portal_clock.now(),
    )


def decide(request: NetworkRequest, by: Person, outcome: NetworkOutcome = NetworkOutcome.APPROVED) -> None:
    requests.decide(request=request, outcome=outcome, by=by.user, origin=None, now=portal_clock.now())


def verify(request: NetworkRequest, by: Person) -> None:
    requests.verify(request=request, by=by.user, origin=None, now=portal_clock.now())


@pytest.mark.promise("NET-2")
def test_the_preview_counts_what_would_have_been_refused(ada: Person, mallory: Person, clock: Clock) -> None:
    signed_in_from(ada, HOME, times=5)
    signed_in_from(ada, OFFICE, times=3)
    signed_in_from(ada, AWAY)
    signed_in_from(ada, AWAY, days_ago=91)
    signed_in_from(mallory, "192.0.2.1", times=9)
    at(OFFICE, ada).get("/")
    browser = at(HOME, ada)

    page = preview_of(browser, HOME)

    assert (marks(page, "total"), marks(page, "refused"), marks(page, "times")) == (["9"], ["4"], ["3", "1"])
    assert OFFICE in page.content.decode()
    assert "192.0.2.1<" not in page.content.decode()
    assert listed(ada) == []


def test_the_preview_costs_the_same_however_many_sign_ins(
    ada: Person, clock: Clock, django_assert_num_queries: object
) -> None:
    from accounts.actions.networks import preview

    for times in (1, 100):
        signed_in_from(ada, OFFICE, times=times)
        with django_assert_num_queries(2):
            preview.of(ada.user, networks.read_all([HOME]), now=clock.now)


@pytest.mark.promise("NET-2")
def test_tightening_acts_at_once_and_is_told_on_every_channel(ada: Person, clock: Clock) -> None:
    browser = at(HOME, ada)

    assert save(browser, "203.0.113.0/24", OFFICE)["Location"] == "/security/networks/"
    assert listed(ada) == ["198.51.100.20/32", "203.0.113.0/24"]
    assert save(browser, HOME)["Location"] == "/security/networks/"

    assert listed(ada) == ["203.0.113.7/32"]
    facts = [event.facts for event in SecurityEvent.objects.filter(action="networks_tightened").order_by("n")]
    assert facts == [{"before": 0, "after": 2}, {"before": 2, "after": 1}]
    assert [one.facts["count"] for one in Notice.objects.filter(kind="networks_changed").order_by("pk")] == [2, 1]
    assert HOME not in str([event.facts for event in SecurityEvent.objects.all()])


@pytest.mark.promise("NET-2")
@pytest.mark.parametrize("lines", [[OFFICE], ["10.0.0.0/8", "2001:db8::/32"]])
@pytest.mark.parametrize("step", [preview_of, save])
def test_nobody_shuts_themselves_out(ada: Person, clock: Clock, lines: list[str], step: object) -> None:
    answer = step(at(HOME, ada), *lines)

    assert cause_of(answer) == "I5"
    assert listed(ada) == []


@pytest.mark.parametrize("step", [preview_of, save])
def test_nobody_limits_from_an_unknown_address(ada: Person, clock: Clock, step: object, settings: object) -> None:
    settings.PORTAL_TRUSTED_PROXIES = 1

    assert cause_of(step(at(HOME, ada), HOME)) == "I10"
    assert listed(ada) == []


@pytest.mark.promise("NET-2")
@pytest.mark.parametrize("lines", [[HOME, OFFICE], ["203.0.113.0/24"]])
@pytest.mark.parametrize("step", [preview_of, save])
def test_widening_is_not_the_customers(ada: Person, clock: Clock, lines: list[str], step: object) -> None:
    limit(ada)

    answer = step(at(HOME, ada), *lines)

    assert cause_of(answer) == "I6"
    assert 'action="/security/networks/support/"' in answer.content.decode()
    assert listed(ada) == ["203.0.113.7/32"]


def test_an_empty_list_is_not_a_way_to_end_the_limit(ada: Person, clock: Clock) -> None:
    limit(ada)

    assert cause_of(save(at(HOME, ada), "")) == "F1"
    assert cause_of(save(at(HOME, ada), "\n \n")) == "F1"
    with pytest.raises(NetworksWider):
        rules.check(User.objects.get(pk=ada.user.pk), (), origin=origins.Origin(HOME))


@pytest.mark.parametrize(
    ("typed", "cause"),
    [
        (["nonsense"], "I2"),
        (["203.0.113.7/24"], "I3"),
        (["10.0.0.1"] * 3 + [f"10.0.{number}.1" for number in range(21)], "I4"),
        (["x" * 2001], "F2"),
        (["203.0.113.7\x00"], "F3"),
    ],
)
def test_what_cannot_be_a_list_is_refused(ada: Person, clock: Clock, typed: list[str], cause: str) -> None:
    assert cause_of(preview_of(at(HOME, ada), *typed)) == cause


@pytest.mark.asvs("7.5.1")
def test_saving_needs_a_fresh_proof(ada: Person, clock: Clock) -> None:
    browser = at(HOME, ada)
    form = browser.get("/security/networks/change/").context["form"]
    clock.move(minutes=11)

    answer = browser.post("/security/networks/change/", {"networks": HOME, "seen": form["seen"].value(), "save": "yes"})

    assert answer["Location"].startswith("/confirm/")
    assert listed(ada) == []


def test_a_list_that_was_changed_meanwhile_is_not_saved_over(ada: Person, clock: Clock) -> None:
    limit(ada, "203.0.113.0/24", OFFICE)
    browser = at(HOME, ada)
    seen = browser.get("/security/networks/change/").context["form"]["seen"].value()
    limit(ada, "203.0.113.0/24")

    answer = browser.post("/security/networks/change/", {"networks": HOME, "seen": seen, "save": "yes"})

    assert cause_of(answer) == "I7"


def test_the_database_takes_each_network_once_and_none_too_wide(ada: Person, clock: Clock) -> None:
    limit(ada)
    row = NetworkRule.objects.get()
    for changes in ({"pk": None, "public_id": "00000000-0000-4000-8000-000000000000"}, {"prefix_length": 7}):
        for name, value in changes.items():
            setattr(row, name, value)
        row.network = HOME
        with pytest.raises(IntegrityError), transaction.atomic():
            row.save(force_insert=row.pk is None)
        row.pk = NetworkRule.objects.get().pk


# --- Support -----------------------------------------------------------------------------------------


@pytest.mark.promise("NET-2")
def test_support_widens_after_two_people_agreed(ada: Person, agent: Person, reviewer: Person, clock: Clock) -> None:
    limit(ada)
    answer = at(HOME, ada).post("/security/networks/support/", {"networks": f"{HOME}\n{OFFICE}", "allows_pass": "on"})
    assert answer["Location"] == "/security/networks/"
    request = NetworkRequest.objects.get()
    assert listed(ada) == ["203.0.113.7/32"]

    first, second = factories.signed_in(agent), factories.signed_in(reviewer)
    assert second.get(f"{ADMIN}{request.pk}/verify/").status_code == 200
    first.post(f"{ADMIN}{request.pk}/verify/")
    assert first.get(f"{ADMIN}{request.pk}/decide/").status_code == 403
    answer = second.post(f"{ADMIN}{request.pk}/decide/", {"outcome": "approved", "code": reviewer.code()})

    assert answer.status_code == 302
    assert listed(ada) == ["198.51.100.20/32", "203.0.113.7/32"]
    event = SecurityEvent.objects.get(action="networks_widened")
    assert (event.actor, event.subject) == (reviewer.user, ada.user)
    kinds = set(Notice.objects.filter(user=ada.user).values_list("kind", flat=True))
    assert {"networks_asked", "networks_changed", "networks_decided"} <= kinds


@pytest.mark.promise("NET-2")
def test_an_empty_request_ends_the_limit(ada: Person, agent: Person, reviewer: Person, clock: Clock) -> None:
    limit(ada)
    request = asked(ada)
    verify(request, agent)

    decide(request, reviewer)

    user = User.objects.get(pk=ada.user.pk)
    assert (listed(ada), user.networks_limited_at) == ([], None)
    assert at(AWAY, ada).get("/").status_code == 200


@pytest.mark.promise("NET-2")
def test_one_person_cannot_do_both_with_two_usernames(ada: Person, agent: Person, clock: Clock) -> None:
    limit(ada)
    request = asked(ada, HOME, OFFICE)
    verify(request, agent)
    request.refresh_from_db()

    with pytest.raises(requests.NotTheirsToDecide):
        decide(request, factories.staff("dana-two", Role.SENIOR, same_as=agent))


@pytest.mark.promise("NET-2")
@pytest.mark.asvs("2.3.5")
def test_one_person_cannot_do_both(ada: Person, reviewer: Person, agent: Person, clock: Clock) -> None:
    limit(ada)
    request = asked(ada, HOME, OFFICE)
    with pytest.raises(RequestNotOpen):
        decide(request, reviewer)  # nobody has verified it yet
    verify(request, reviewer)
    request.refresh_from_db()

    with pytest.raises(requests.NotTheirsToDecide):
        decide(request, reviewer)
    with pytest.raises(requests.NotTheirsToDecide):
        decide(request, agent)
    request.maker_id = None  # a page that was loaded before
    with pytest.raises(RequestNotOpen):
        decide(request, reviewer)
    assert listed(ada) == ["203.0.113.7/32"]


@pytest.mark.promise("NET-2")
@pytest.mark.parametrize("checker", ["maker", "owner", "nobody"])
@pytest.mark.asvs("2.3.5")
def test_the_database_refuses_an_approval_by_one(
    ada: Person, agent: Person, reviewer: Person, clock: Clock, checker: str
) -> None:
    request = asked(ada, HOME)
    verify(request, agent)
    who = {"maker": agent.user, "owner": ada.user, "nobody": None}[checker]
    mine = NetworkRequest.objects.filter(pk=request.pk)

    with pytest.raises(IntegrityError), transaction.atomic():
        mine.update(outcome="approved", checker=who, decided_at=clock.now)

    mine.update(outcome="approved", checker=reviewer.user, decided_at=clock.now)


def test_an_approval_takes_a_key_code(ada: Person, agent: Person, reviewer: Person, clock: Clock) -> None:
    limit(ada)
    request = asked(ada, HOME, OFFICE)
    verify(request, agent)

    answer = factories.signed_in(reviewer).post(
        f"{ADMIN}{request.pk}/decide/", {"outcome": "approved", "code": "000000"}
    )

    assert answer.status_code == 200
    assert listed(ada) == ["203.0.113.7/32"]


def test_a_request_is_for_the_list_it_was_asked_against(
    ada: Person, agent: Person, reviewer: Person, clock: Clock
) -> None:
    limit(ada, HOME, OFFICE)
    request = asked(ada, HOME, OFFICE, AWAY)
    verify(request, agent)
    limit(ada, HOME)

    with pytest.raises(NetworksChanged):
        decide(request, reviewer)
    request.refresh_from_db()
    assert (request.outcome, listed(ada)) == ("", ["203.0.113.7/32"])


def test_a_caller_is_helped_by_two(ada: Person, agent: Person, reviewer: Person, clock: Clock) -> None:
    limit(ada)
    desk = factories.signed_in(agent)
    assert desk.get(f"{ADMIN}ask/{ada.user.pk}/").status_code == 403
    assert f"{ADMIN}ask/{ada.user.pk}/" in look(desk, "ada").content.decode()
    desk.post(f"{ADMIN}ask/{ada.user.pk}/", {"networks": f"{HOME}\n{AWAY}"})
    request = NetworkRequest.objects.get()
    assert (request.asked_by, request.maker) == (agent.user, agent.user)

    decide(request, reviewer)

    assert listed(ada) == ["192.0.2.99/32", "203.0.113.7/32"]
    assert not User.objects.get(pk=ada.user.pk).allows_travel_pass


def test_the_customer_withdraws_a_request(ada: Person, agent: Person, reviewer: Person, clock: Clock) -> None:
    limit(ada)
    request = asked(ada, HOME, OFFICE)
    with pytest.raises(RequestNotOpen):
        asked(ada, HOME, AWAY)
    assert levels(at(HOME, ada).post("/security/networks/support/withdraw/", follow=True)) == ["success"]

    with pytest.raises(RequestNotOpen):
        verify(request, agent)
    with pytest.raises(RequestNotOpen):
        decide(request, reviewer, NetworkOutcome.REFUSED)


@pytest.mark.parametrize("who", ["auditor", "operator", "mallory"])
def test_others_have_no_button(request: object, ada: Person, clock: Clock, who: str) -> None:
    person = request.getfixturevalue(who)
    made = asked(ada, HOME)

    for page in ("verify", "decide"):
        assert factories.signed_in(person).post(f"{ADMIN}{made.pk}/{page}/").status_code in {302, 403, 404}

    made.refresh_from_db()
    assert (made.maker, made.outcome) == (None, "")


@pytest.mark.race
@pytest.mark.django_db(transaction=True)
def test_of_two_saves_at_once_one_wins_and_nothing_is_mixed() -> None:
    person = factories.customer("racer")
    limit(person, HOME, OFFICE, AWAY)
    user = User.objects.get(pk=person.user.pk)
    seen, now = rules.version_of(rules.of(user)), portal_clock.now()

    def tighten(number: int) -> str:
        wanted = networks.read_all([HOME, OFFICE] if number % 2 else [HOME, AWAY])
        try:
            return rules.tighten(user=user, wanted=wanted, seen=seen, by=user, origin=origins.Origin(HOME), now=now)
        except NetworksChanged:
            return "refused"

    answers = at_once(*(partial(tighten, number) for number in range(AT_ONCE)))

    assert sorted(set(answers)) == ["refused", "tighter"]
    assert answers.count("tighter") == 1
    assert len(listed(person)) == 2
    assert SecurityEvent.objects.filter(action="networks_tightened").count() == 2


def test_five_requests_a_day_are_told_and_no_more(ada: Person, clock: Clock) -> None:
    limit(ada)
    for _ in range(5):
        asked(ada, HOME, OFFICE)
        at(HOME, ada).post("/security/networks/support/withdraw/")

    with pytest.raises(TooOften):
        asked(ada, HOME, OFFICE)
