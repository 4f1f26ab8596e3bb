"""Welcome letters: how a lost one is replaced, where one stands, and what its code is worth (FIRM-3)."""

from datetime import timedelta

import pytest
from django.conf import settings
from django.core.management import call_command
from django.db import IntegrityError

from accounts.actions.welcome import letters
from accounts.enums import LetterReason, Realm, Role
from accounts.models import Customer, User, WelcomeLetter
from accounts.refusals import TooOften
from accounts.welcome_refusals import AddressTooNew, LetterOfNoUse
from portal.audit.models import SecurityEvent
from portal.lib import clock as portal_clock
from portal.lib import code_alphabet
from portal.outbox import delivery
from portal.outbox.models import Notice
from tests import factories
from tests.accounts.welcome_work import Arrival, at_password, code_for, newcomer, page_of, print_all, works
from tests.conftest import Clock
from tests.factories import Person

pytestmark = pytest.mark.django_db


@pytest.fixture
def vera(clock: Clock) -> User:
    return newcomer()


def want(user: User, **facts: object) -> WelcomeLetter:
    said = {"why": LetterReason.FEED, "by": None, "now": portal_clock.now()} | facts
    return letters.want(user=user, **said)


# --- Lost letters -------------------------------------------------------------------------------------------


@pytest.mark.promise("FIRM-3")
def test_a_lost_letter_dies_at_once_and_the_next_run_prints_a_new_one(vera: User, clock: Clock):
    old = code_for(vera)
    clock.move(days=3)

    want(vera)

    assert not works(vera, old)
    delivery.deliver_due()
    assert Notice.objects.filter(user=vera, kind="letter_wanted").count() == 1
    assert SecurityEvent.objects.get(subject=vera, action="letter_wanted").facts["why"] == "feed"
    new = code_for(vera)
    assert works(vera, new)
    assert not works(vera, old)


def test_asked_for_twice_on_a_day_it_is_one_letter(vera: User, clock: Clock):
    code_for(vera)
    clock.move(days=3)
    first = want(vera)
    assert want(vera) == first
    code = code_for(vera)
    clock.move(hours=5)

    assert want(vera) == first
    assert works(vera, code)
    assert Notice.objects.filter(kind="letter_wanted").count() == 1
    clock.move(days=1)
    assert want(vera) != first
    assert not works(vera, code)


def test_one_asked_for_before_the_first_run_is_one_letter(vera: User):
    want(vera)

    assert len(print_all()) == 1


@pytest.mark.promise("FIRM-3")
def test_a_new_address_has_to_stand_first(vera: User, clock: Clock):
    code = code_for(vera)
    changed = clock.now
    Customer.objects.filter(pk=vera.customer_id).update(address_changed_at=changed)
    clock.move(days=settings.PORTAL_ADDRESS_SETTLED_DAYS, seconds=-1)

    with pytest.raises(AddressTooNew) as refused:
        want(vera)

    assert refused.value.until == changed + timedelta(days=settings.PORTAL_ADDRESS_SETTLED_DAYS)
    assert "31 May 2026" in refused.value.words()
    assert WelcomeLetter.objects.get().revoked_at is None
    assert code
    clock.move(seconds=1)
    want(vera)


def test_a_letter_whose_address_changed_after_it_was_asked_for_waits(vera: User, clock: Clock):
    code_for(vera)
    clock.move(days=1)
    want(vera)
    Customer.objects.filter(pk=vera.customer_id).update(address_changed_at=clock.now)

    assert print_all() == []
    clock.move(days=settings.PORTAL_ADDRESS_SETTLED_DAYS)
    assert len(print_all()) == 1


def test_the_first_letter_is_not_held(vera: User, clock: Clock):
    Customer.objects.filter(pk=vera.customer_id).update(address_changed_at=clock.now)

    assert len(print_all()) == 1


def test_three_new_letters_a_month_are_the_limit(vera: User, clock: Clock):
    code_for(vera)
    for _ in range(3):
        clock.move(days=1)
        want(vera)
        code_for(vera)
    clock.move(days=1)

    with pytest.raises(TooOften):
        want(vera)

    assert WelcomeLetter.objects.filter(revoked_at=None).count() == 1


@pytest.mark.parametrize("state", ["signed in", "has a password", "suspended", "closed", "staff"])
def test_no_letter_is_wanted_where_it_would_open_nothing(vera: User, ada: Person, agent: Person, state: str):
    user = {"signed in": ada.user, "staff": agent.user}.get(state, vera)
    columns = {"suspended": {"suspended_at": portal_clock.now()}, "closed": {"is_active": False}}.get(state, {})
    User.objects.filter(pk=user.pk).update(**columns or {"is_active": True})
    if state == "has a password":
        at_password(vera, code_for(vera)).chooses()

    with pytest.raises(LetterOfNoUse):
        want(user)


def test_a_letter_that_ran_out_is_renewed_only_on_request(vera: User, clock: Clock):
    old = code_for(vera)
    clock.move(days=settings.PORTAL_WELCOME_DAYS)

    assert not works(vera, old)
    assert print_all() == []
    (letter,) = print_all(again=True)
    assert works(vera, letter.code)
    assert print_all(again=True) == []


def test_a_customer_with_the_hash_of_a_password_gets_one_when_it_is_wanted(clock: Clock):
    ben = factories.customer("ben", has_key=False, address={"line1": "1 Long Lane", "city": "London"})
    User.objects.filter(pk=ben.user.pk).update(password_changed_at=None)
    assert print_all() == []

    want(ben.user)

    assert len(print_all()) == 1


# --- Where it stands ----------------------------------------------------------------------------------------


def test_the_standing_is_told_at_every_stage_without_the_code(vera: User, clock: Clock):
    stages = [letters.standing_of(vera, now=clock.now)]
    want(vera)
    stages.append(letters.standing_of(vera, now=clock.now))
    code = code_for(vera)
    stages.append(letters.standing_of(vera, now=clock.now))
    stages.append(letters.standing_of(vera, now=clock.now + timedelta(days=60)))
    at_password(vera, code).chooses()
    stages.append(letters.standing_of(vera, now=clock.now))

    assert stages == [
        "none",
        "wanted since 2 March 2026, not printed yet",
        "printed on 2 March 2026, valid until 1 May 2026",
        "printed on 2 March 2026, expired on 1 May 2026",
        "used on 2 March 2026",
    ]


def test_a_letter_that_opens_nothing_any_more_is_not_called_valid(vera: User, clock: Clock):
    code_for(vera)
    User.objects.filter(pk=vera.pk).update(password_changed_at=clock.now)

    assert letters.standing_of(vera, now=clock.now).startswith("printed on 2 March 2026, of no use")


@pytest.mark.parametrize("role", [Role.AUDITOR, Role.OPERATOR])
def test_whoever_may_not_ask_is_refused_by_the_action_itself(vera: User, role: Role):
    with pytest.raises(letters.NotTheirsToAsk):
        want(vera, by=factories.staff("other", role).user)

    assert not WelcomeLetter.objects.exists()


def test_status_and_diagnosis_say_where_it_stands(vera: User, capsys: pytest.CaptureFixture[str]):
    code = code_for(vera)

    call_command("portal_status", "vera")

    said = capsys.readouterr().out
    assert said.count("printed on") == 2
    assert code not in said
    assert code_alphabet.plain(code) not in said


# --- What recovery may ask ----------------------------------------------------------------------------------


def test_only_the_code_that_was_used_matches_however_it_is_typed(vera: User, clock: Clock):
    lost = code_for(vera)
    clock.move(days=1)
    want(vera)
    code = code_for(vera)
    assert not letters.matches(vera, code)
    at_password(vera, code).chooses()

    typed = [code, code.lower(), code_alphabet.plain(code), code.replace(" ", "-")]

    assert all(letters.matches(vera, one) for one in typed)
    assert not any(letters.matches(vera, one) for one in (lost, "", code[:-1]))
    assert not letters.matches(newcomer("other"), code)
    assert not letters.matches(newcomer("third"), "")


# --- The database ---------------------------------------------------------------------------------------------


def test_the_digest_of_a_code_is_bound_to_the_username(vera: User):
    other = newcomer("other")

    assert letters.digest_of(vera.username_hash, "2345") != letters.digest_of(other.username_hash, "2345")


@pytest.mark.parametrize(
    "columns",
    [
        {},  # a second live one
        {"printed_at": "now", "revoked_at": "now"},  # printed without a code
        {"used_at": "now"},  # used without having been printed
    ],
)
def test_the_database_refuses_impossible_letters(vera: User, columns: dict[str, str]):
    now = portal_clock.now()
    facts = dict.fromkeys(columns, now)
    WelcomeLetter.objects.create(user=vera, why="feed", wanted_at=now)

    with pytest.raises(IntegrityError):
        WelcomeLetter.objects.create(user=vera, why="feed", wanted_at=now, **facts)


def test_a_revoked_letter_cannot_be_used(vera: User):
    code_for(vera)

    with pytest.raises(IntegrityError):
        WelcomeLetter.objects.update(revoked_at=portal_clock.now(), used_at=portal_clock.now())


def test_two_log_ins_of_one_person_have_a_letter_each(clock: Clock):
    live = newcomer("vera")
    paper = newcomer("vera-paper", realm=Realm.PAPER)
    codes = {letter.username: letter.code for letter in print_all()}

    assert not works(live, codes["vera-paper"])
    assert page_of(Arrival(paper).types_code(codes["vera-paper"])) == "/welcome/details/"
