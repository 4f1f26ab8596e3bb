"""What the demo prints is enough to do everything with it."""

import io
import re

import pytest
from django.core.management import CommandError, call_command

from accounts.demo import build as people
from accounts.models import User
from accounts.security_questions import words_of
from recovery.actions import claims
from recovery.demo import cast as cast_file
from recovery.demo.answers import FORGOTTEN
from recovery.demo.cast import Cast
from recovery.enums import Prompt, State
from recovery.models import PlanItem
from tests.factories import Person
from tests.recovery.conftest import Walk
from tests.recovery.demo import case_of, run

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def demo(settings: object, clock: object) -> None:
    settings.DEBUG = True
    settings.PORTAL_CASE_COOLING_MINUTES = 2


@pytest.fixture(scope="module")
def cast() -> Cast:
    return cast_file.read(cast_file.DEFAULT)


def printed(username: str) -> dict[str, list[str]]:
    """Read what the command prints of one person: what stands in each place, by its name."""
    out = io.StringIO()
    call_command("portal_demo_person", username, stdout=out)
    facts: dict[str, list[str]] = {}
    for line in out.getvalue().splitlines():
        name, said = re.match(r"  (\S.*?)(?:  +)(.*)$", line).groups()
        facts.setdefault(name, []).append(said)
    return facts


class Caller:
    """Somebody who knows what the command prints of a person, and nothing else."""

    def __init__(self, username: str) -> None:
        self.knows = printed(username)

    def __call__(self, item: PlanItem) -> str:
        kind, _, what = str(item.prompt).partition("_")
        if item.prompt == Prompt.QUESTION:
            return self.first(words_of(item.question))
        if item.prompt == Prompt.PHONE_ORDER:
            return "none"
        if what in {"amount", "instrument"}:
            return self.newest(kind, what)
        return self.first(str(item.prompt).replace("_", " "))

    def first(self, name: str) -> str:
        return self.knows.get(name, [FORGOTTEN])[0].split("  ")[0]

    def newest(self, kind: str, what: str) -> str:
        if kind not in self.knows:
            return "none"
        words = self.first(kind).split()
        return words[0] if what == "instrument" else f"about {words[-2]}"


def test_reference_and_pin_as_printed_open_the_page_of_each_case(clock, client, cast):
    said = run()

    for wanted in cast.cases:
        reference, pin = re.search(rf"(RC-\S+)  (\d{{6}})  .*  {wanted.username} ", said).groups()
        claim = claims.find_claim(reference=reference, pin=pin, now=clock.now)
        assert claim.case == case_of(wanted.username)
        assert re.search(rf"{reference}  {pin}  {claim.phrase} ", said)


@pytest.mark.promise("CASE-2")
def test_every_customer_of_the_cast_can_finish_a_recovery_with_what_is_printed(clock, cast):
    people.build(cast, now=clock.now)
    dana = User.objects.by_username("dana")
    seniors = {
        user.pk: Person(user, "", next(one.totp_secret for one in cast.staff if one.username == user.username))
        for user in User.objects.filter(groups__name="senior")
    }
    ends = {}
    for person in cast.people():
        for login in [person, *([person.paper] if person.paper else [])]:
            walk = Walk(dana, username=login.username, seniors=seniors).in_session().answered(Caller(login.username))
            if walk.state == State.POSSESSION:
                walk.stated().with_mail_code().approved(clock).waited(clock).started().opened_grant().completed()
            ends[login.username] = walk.state

    assert {name: end for name, end in ends.items() if end != State.HOLD} == {}
    assert len(ends) >= 24


def test_what_people_know_is_printed_in_a_demo_only(settings):
    settings.DEBUG = False

    with pytest.raises(CommandError, match="only printed in a demo"):
        call_command("portal_demo_person", "ada")


def test_nobody_is_described_who_is_not_there():
    with pytest.raises(CommandError, match="Nobody in the cast is called 'zoe'"):
        call_command("portal_demo_person", "zoe")


def test_what_is_printed_of_a_person_fits_a_terminal_of_a_hundred_columns(clock, cast):
    out = io.StringIO()

    for login in cast.logins():
        call_command("portal_demo_person", login.username, stdout=out)

    assert [line for line in out.getvalue().splitlines() if len(line) > 100] == []
