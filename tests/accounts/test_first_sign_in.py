"""The first sign-in with a welcome letter: each step once, everybody gets in, and strangers learn nothing (FIRM-3)."""

import pytest
from django.conf import settings
from django.core.management import call_command
from django.db import IntegrityError
from django.test import Client

from accounts.actions import suspension
from accounts.actions.first_sign_in import rows, steps
from accounts.actions.keys.enrolment import identity_proofing
from accounts.actions.welcome import letters
from accounts.enums import FirstSignInState, LetterReason
from accounts.models import EmailedCode, FirstSignIn, User, WelcomeLetter
from accounts.policies import welcome
from portal.audit.models import SecurityEvent
from portal.lib import clock as portal_clock
from portal.outbox.models import Notice
from tests.accounts.enrolment_walk import mailed_code
from tests.accounts.welcome_work import (
    PASSWORD,
    Arrival,
    at_password,
    code_for,
    newcomer,
    page_of,
    print_all,
)
from tests.conftest import Clock
from tests.lint_html import problems
from tests.pages import cause_of

pytestmark = pytest.mark.django_db
PAIR = "/key/setup/pair/"
PHONE = "+44 20 7946 0000"


@pytest.fixture
def vera(clock: Clock) -> User:
    return newcomer(phone=PHONE, account="U7000001")


@pytest.mark.promise("FIRM-3")
@pytest.mark.asvs("6.4.1")
def test_a_letter_leads_to_a_password_and_to_pairing_a_key(vera: User, clock: Clock):
    code = code_for(vera)
    arrival = Arrival(vera)

    assert page_of(arrival.types_code(code.lower())) == "/welcome/details/"
    assert page_of(arrival.tells("020 7946 0000")) == "/welcome/code/"
    assert page_of(arrival.types_mailed_code()) == "/welcome/password/"
    assert page_of(arrival.chooses()) == PAIR

    vera.refresh_from_db()
    assert vera.check_password(PASSWORD)
    assert WelcomeLetter.objects.get(user=vera).used_at == clock.now
    assert letters.matches(vera, code)
    actions = SecurityEvent.objects.filter(subject=vera).order_by("n").values_list("action", flat=True)
    assert list(actions) == [
        "letter_printed", "welcome_started", "welcome_proved", "code_sent", "code_accepted", "welcome_used",
        "password_set", "enrolment_started",
    ]  # fmt: skip


def test_every_page_on_the_way_is_sound(vera: User, clock: Clock):
    arrival = Arrival(vera)
    pages = [
        arrival.client.get("/welcome/"),
        arrival.types_code("WRNG WRNG WRNG"),
        arrival.types_code(code_for(vera)),
        arrival.tells("something else"),
        arrival.tells("U7000001"),
        arrival.types_mailed_code("000000"),
        arrival.client.post("/welcome/code/send/", follow=True),
        arrival.types_mailed_code(),
        arrival.chooses("short"),
    ]

    assert [(page_of(page), problems(page.content.decode())) for page in pages if problems(page.content.decode())] == []
    assert [page.status_code for page in pages] == [200] * 9


# --- Everybody whom an import can bring in ------------------------------------------------------------------


@pytest.mark.promise("FIRM-3")
@pytest.mark.parametrize(
    ("on_file", "detail"),
    [
        ({"phone": PHONE}, PHONE),
        ({"account": "U7000001"}, "u-7000001"),
        ({}, ""),  # a birth date and nothing else
        ({"address": {}, "phone": PHONE}, "2079460000"),
        ({"address": {}}, ""),
    ],
)
def test_whatever_is_on_file_leads_in(clock: Clock, on_file: dict[str, object], detail: str):
    user = newcomer(**on_file)
    letter = print_all(to_hand_over=not user.customer.address)[0]

    arrival = at_password(user, letter.code, detail)

    assert page_of(arrival.chooses()) == PAIR


def test_the_postcode_on_the_envelope_is_no_detail(vera: User):
    arrival = Arrival(vera)
    arrival.types_code(code_for(vera))

    assert cause_of(arrival.tells("E1 6AN")) == "W5"


def test_who_has_nothing_else_on_file_is_not_asked_for_more(clock: Clock):
    user = newcomer()
    arrival = Arrival(user)

    page = arrival.types_code(code_for(user)).content.decode()

    assert 'name="year"' in page
    assert 'name="detail"' not in page


@pytest.mark.parametrize("wrong", [{"day": "11"}, {"month": "11"}, {"year": "1984"}])
def test_a_birth_date_alone_has_to_be_right(clock: Clock, wrong: dict[str, str]):
    user = newcomer()
    arrival = Arrival(user)
    arrival.types_code(code_for(user))

    assert cause_of(arrival.tells(**wrong)) == "W5"


@pytest.mark.parametrize("on_file", [{}, {"phone": PHONE}])
def test_who_stops_before_the_key_gets_one_with_the_letter_at_hand(clock: Clock, on_file: dict[str, str]):
    user = newcomer(**on_file)
    code = code_for(user)
    at_password(user, code, on_file.get("phone", "")).chooses()
    clock.move(minutes=40)
    later = Client()

    later.post("/login/", {"username": user.username, "password": PASSWORD}, follow=True)
    later.post("/key/setup/", {"begin": "yes"}, follow=True)
    later.post("/key/setup/code/", {"code": mailed_code(user)}, follow=True)
    said = {"day": "10", "month": "12", "year": "1985", "detail": code}
    answer = later.post("/key/setup/details/", said, follow=True)

    assert page_of(answer) == PAIR


def test_an_unused_code_is_no_detail_of_a_key(vera: User):
    code = code_for(vera)
    given = {"birth_date": "1985-12-10", "detail": code}

    assert not identity_proofing.is_right(vera, given)
    assert not letters.matches(vera, code)


# --- Back, reload, second tab, twice ---------------------------------------------------------------------------


def test_a_code_is_used_up_by_the_password_and_not_before(vera: User, clock: Clock):
    code = code_for(vera)
    first = at_password(vera, code, PHONE)
    clock.move(minutes=settings.PORTAL_WELCOME_MINUTES)
    assert cause_of(first.chooses()) == "W4"

    second = at_password(vera, code, PHONE)

    assert page_of(second.chooses()) == PAIR
    assert cause_of(Arrival(vera).types_code(code)) == "W3"


@pytest.mark.parametrize("page", ["details/", "code/", "password/"])
def test_each_page_leads_to_where_it_is(vera: User, page: str):
    arrival = Arrival(vera)
    assert page_of(arrival.client.get(f"/welcome/{page}", follow=True)) == "/welcome/"

    arrival.types_code(code_for(vera))
    assert page_of(arrival.client.get(f"/welcome/{page}", follow=True)) == "/welcome/details/"

    arrival.tells(PHONE)
    arrival.types_mailed_code()
    arrival.chooses()
    assert page_of(arrival.client.get(f"/welcome/{page}", follow=True)) == PAIR


def test_a_refusal_is_told_by_an_answer_to_a_get(vera: User):
    arrival = Arrival(vera)
    arrival.types_code(code_for(vera))

    answer = arrival.client.post("/welcome/details/", {"day": "1", "month": "1", "year": "1985", "detail": "x"})

    assert (answer.status_code, answer["Location"]) == (302, "/welcome/details/")
    assert cause_of(arrival.client.get("/welcome/details/")) == "W5"


def test_a_form_of_another_first_sign_in_is_not_taken_for_this(vera: User):
    code = code_for(vera)
    arrival = Arrival(vera)
    arrival.types_code(code)
    older = str(FirstSignIn.objects.get().public_id)
    arrival.types_code(code)

    answer = arrival.sends("details/", welcome=older, day="10", month="12", year="1985", detail=PHONE)

    assert answer.status_code == 409
    assert "/welcome/details/" in answer.content.decode()


def test_another_browser_cannot_go_on_with_it(vera: User):
    arrival = Arrival(vera)
    arrival.types_code(code_for(vera))
    row = FirstSignIn.objects.get()

    with pytest.raises(steps.FirstSignInOver):
        rows.find(row_id=row.pk, ticket="another ticket", now=portal_clock.now())


def test_stopping_keeps_the_letter(vera: User):
    code = code_for(vera)
    arrival = Arrival(vera)
    arrival.types_code(code)

    assert page_of(arrival.sends("stop/")) == "/login/"

    assert FirstSignIn.objects.get().state == FirstSignInState.ENDED
    assert page_of(arrival.types_code(code)) == "/welcome/details/"


@pytest.mark.parametrize("happens", ["lost", "suspended", "password"])
def test_what_happens_meanwhile_ends_it(vera: User, clock: Clock, happens: str):
    arrival = at_password(vera, code_for(vera), PHONE)
    if happens == "lost":
        letters.want(user=vera, why=LetterReason.FEED, by=None, now=clock.now)
    elif happens == "suspended":
        suspension.suspend(vera, reason="Called us", by=None, origin=None, now=clock.now)
    else:
        User.objects.filter(pk=vera.pk).update(password_changed_at=clock.now)

    assert cause_of(arrival.chooses()) == "W4"

    vera.refresh_from_db()
    assert not vera.has_usable_password()


def test_the_mailed_code_is_of_this_purpose_alone(vera: User):
    arrival = Arrival(vera)
    arrival.types_code(code_for(vera))
    arrival.tells(PHONE)

    assert list(EmailedCode.objects.values_list("user", "purpose")) == [(vera.pk, "welcome")]
    assert cause_of(arrival.types_mailed_code("000000")) == "R1"
    assert Notice.objects.filter(kind="code", user=vera).count() == 1


def test_a_code_proves_only_the_address_that_is_on_file(vera: User):
    arrival = Arrival(vera)
    arrival.types_code(code_for(vera))
    arrival.tells(PHONE)
    vera.email = "corrected@example.test"
    vera.save(update_fields=["email"])

    assert cause_of(arrival.types_mailed_code()) == "R1"
    arrival.sends("code/send/")
    assert Notice.objects.filter(kind="code").latest("pk").target == "corrected@example.test"
    assert page_of(arrival.types_mailed_code()) == "/welcome/password/"


def test_the_database_refuses_a_second_use(vera: User, clock: Clock):
    at_password(vera, code_for(vera), PHONE).chooses()
    done = FirstSignIn.objects.get()
    facts = {"letter": done.letter, "created_at": clock.now, "expires_at": clock.now, "over_at": clock.now}

    with pytest.raises(IntegrityError):
        FirstSignIn.objects.create(
            state=FirstSignInState.DONE, details_at=clock.now, mailbox_at=clock.now, binding="x", **facts
        )


def test_the_database_refuses_two_used_letters_of_one_user(vera: User, clock: Clock):
    at_password(vera, code_for(vera), PHONE).chooses()
    used = WelcomeLetter.objects.get()
    used.pk = None

    with pytest.raises(IntegrityError):
        used.save(force_insert=True)


@pytest.mark.parametrize(("state", "proofs"), [("email", {}), ("password", {"details_at": "2026-03-02T12:00Z"})])
def test_the_database_keeps_the_order_of_the_proofs(vera: User, clock: Clock, state: str, proofs: dict[str, str]):
    code_for(vera)
    letter = WelcomeLetter.objects.get()

    with pytest.raises(IntegrityError):
        FirstSignIn.objects.create(
            letter=letter, binding="x", state=state, created_at=clock.now, expires_at=clock.now, **proofs
        )


@pytest.mark.parametrize("state", FirstSignInState)
@pytest.mark.parametrize("step", ["details", "mailbox", "set", "end"])
def test_only_the_moves_of_the_table_are_open(state: FirstSignInState, step: str):
    straight = {("details", "details"): "email", ("email", "mailbox"): "password", ("password", "set"): "done"}
    ends = {(open_state, "end"): "ended" for open_state in ("details", "email", "password")}

    assert welcome.after(state, step) == (straight | ends).get((str(state), step))


def test_old_first_sign_ins_are_purged(vera: User, clock: Clock):
    Arrival(vera).types_code(code_for(vera))
    clock.move(days=31)

    call_command("portal_purge")

    assert not FirstSignIn.objects.exists()
    assert WelcomeLetter.objects.exists()


def test_the_sign_in_page_leads_there(clock: Clock):
    page = Client().get("/login/").content.decode()

    assert 'href="/welcome/"' in page
    assert problems(page) == []
