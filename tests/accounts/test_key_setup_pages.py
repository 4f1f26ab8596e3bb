"""The pages that set up a Key: one way through, no way around, and words for every no."""

import re
from collections.abc import Callable

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.actions.authenticators.security_answers import set_answers
from accounts.enums import KeyKind, Realm
from accounts.models import Enrolment, Key, PlatformSession, User
from portal.audit.models import SecurityEvent
from tests import factories
from tests.accounts.enrolment_pages import birth, get, paired, post, text, to_the_phone, with_password
from tests.accounts.enrolment_walk import code_of, mailed_code
from tests.factories import Person
from tests.lint_html import problems
from tests.pages import cause_of, marks
from tests.phone import Phone

pytestmark = pytest.mark.django_db(transaction=True)


def here(answer: object) -> str:
    """Return the name of the page that a redirect leads to."""
    return next(name for name in PAGES if reverse(f"accounts:{name}") == answer.url.partition("?")[0])


PAGES = ["login", "confirm", "key-setup", "key-setup-code", "key-setup-details", "key-setup-pair", "key-setup-done"]


@pytest.mark.promise("KEY-4", "KEY-5", "KEY-6")
def test_a_first_key_from_the_password_to_the_sign_in_that_tests_it(clock, ben):
    client = with_password(ben)
    phone = paired(client, to_the_phone(client, ben))

    answer = post(client, "-pair", code=phone.code())

    assert here(answer) == "key-setup-done"
    assert 'id="sign-in-now"' in text(client.get(answer.url))
    assert factories.sign_in(Client(), ben, code=phone.code()).status_code == 200  # the code is used up
    assert factories.sign_in(Client(), ben, code=phone.code(steps=1)).status_code == 302


@pytest.mark.promise("SIGN-6")
def test_a_new_key_is_tested_where_its_username_signs_in(clock):
    person = factories.customer("pia", has_key=False, realm=Realm.PAPER)
    client = with_password(person)
    phone = paired(client, to_the_phone(client, person))

    done = client.get(post(client, "-pair", code=phone.code()).url)

    assert 'href="/login/?realm=paper"' in text(done)


def test_nobody_is_signed_in_by_setting_up(clock, ben):
    client = with_password(ben)
    phone = paired(client, to_the_phone(client, ben))
    post(client, "-pair", code=phone.code())

    assert PlatformSession.objects.count() == 0
    assert client.get(reverse("home:dashboard")).status_code == 302


@pytest.mark.promise("KEY-4")
def test_without_the_right_password_there_is_no_first_page(clock, ben):
    for page in ("", "-code", "-details", "-pair", "-done"):
        answer = Client().get(reverse(f"accounts:key-setup{page}"), follow=True)
        assert answer.request["PATH_INFO"] == reverse("accounts:login"), page


@pytest.mark.promise("KEY-4")
@pytest.mark.parametrize("page", ["-details", "-pair", "-renew", "-match", "-done"])
def test_no_page_can_be_reached_before_its_turn(clock, ben, page):
    client = with_password(ben)
    post(client, "", begin="yes")

    for ask in (client.get, lambda url: client.post(url, {"code": "000000", **birth(ben)})):
        answer = ask(reverse(f"accounts:key-setup{page}"))
        assert answer.status_code == 405 or here(answer) == "key-setup-code"
    assert Enrolment.objects.get().state == "email"


def test_the_pages_are_well_formed_and_say_what_they_need(clock, ben):
    client = with_password(ben)
    seen = [get(client, "")]
    post(client, "", begin="yes")
    seen += [get(client, "-code"), post(client, "-code", code="000000"), post(client, "-send")]
    post(client, "-code", code=mailed_code(ben.user))
    seen += [get(client, "-details"), post(client, "-details", day="31", month="2", year="1985", detail="x")]
    post(client, "-details", **birth(ben))
    seen += [get(client, "-pair"), post(client, "-pair", name="", code="")]
    phone = Phone(name="Ben's Pixel")
    code = re.search(r"<code data-copy-text>([0-9A-Z]{4}-[0-9A-Z]{4})<", text(seen[-2]))[1]
    phone.pair(code)
    seen.append(get(client, "-pair"))
    post(client, "-match")
    phone.confirm()
    seen += [get(client, "-pair"), post(client, "-pair", code="000000")]
    post(client, "-pair", code=phone.code())
    seen.append(get(client, "-done"))

    assert [(n, problems(answer.content.decode())) for n, answer in enumerate(seen)] == [
        (n, []) for n in range(len(seen))
    ]
    assert "b•••@example.test" in text(seen[0])


def test_what_is_no_date_is_said_and_costs_no_try(clock, ben):
    client = with_password(ben)
    post(client, "", begin="yes")
    post(client, "-code", code=mailed_code(ben.user))

    answer = post(client, "-details", day="31", month="2", year="1985", detail="U1")

    assert answer.status_code == 400
    assert 'value="1985"' in text(answer)
    assert "Tries left: 4" in text(post(client, "-details", day="1", month="2", year="1985", detail="U1"))


def test_wrong_details_are_refused_without_saying_which_and_then_wait(clock, ben, settings):
    settings.PORTAL_FAILURE_LIMIT = 3
    client = with_password(ben)
    post(client, "", begin="yes")
    post(client, "-code", code=mailed_code(ben.user))
    right = birth(ben)

    answers = [
        text(post(client, "-details", **right | {"day": "11"})),
        text(post(client, "-details", **right | {"detail": "U9"})),
    ]
    last = post(client, "-details", **right | {"day": "11"})

    assert [cause_of(answer) for answer in answers] == ["E1", "E1"]
    assert (last.status_code, "Retry-After" in last.headers) == (429, True)
    assert post(client, "-details", **right).status_code == 429


def test_security_answers_are_asked_in_words_and_never_sent_back(clock, ben):
    set_answers(ben.user, {"first_school": "Harbour Primary", "first_pet": "Biscuit"})
    client = with_password(ben)
    post(client, "", begin="yes")
    post(client, "-code", code=mailed_code(ben.user))

    page = text(post(client, "-details", first_school="Harbour", first_pet="Bisquit"))

    assert 'name="first_pet"' in page
    assert "Bisquit" not in page
    assert here(post(client, "-details", first_school="harbour primary", first_pet="BISCUIT")) == "key-setup-pair"


def test_another_number_ends_it_and_the_way_starts_again(clock, ben):
    client = with_password(ben)
    phone = Phone()
    phone.pair(to_the_phone(client, ben))

    answer = post(client, "-stop")

    assert (answer.status_code, cause_of(answer)) == (409, "E2")
    assert phone.confirm().cause == "Y7"
    assert get(client, "").status_code == 200


def test_a_second_click_on_the_same_button_loses_nothing(clock, ben):
    client = with_password(ben)
    paired(client, to_the_phone(client, ben))

    assert here(post(client, "-match")) == "key-setup-pair"
    assert here(post(client, "-renew")) == "key-setup-pair"
    assert Enrolment.objects.get().state == "matched"


def test_a_set_up_that_took_too_long_says_so_once(clock, ben):
    client = with_password(ben)
    to_the_phone(client, ben)
    clock.move(minutes=30)

    answer = get(client, "-pair")

    assert answer.status_code in {302, 409}
    assert Key.objects.count() == 0


def test_a_code_that_ran_out_is_renewed_with_a_button(clock, ben):
    client = with_password(ben)
    old = to_the_phone(client, ben)
    clock.move(minutes=10)
    assert "reference-label" not in text(get(client, "-pair")).partition("<details")[0]
    post(client, "-renew")

    page = text(get(client, "-pair"))

    assert old not in page
    assert re.search(r"<code data-copy-text>[0-9A-Z]{4}-[0-9A-Z]{4}<", page)


def test_a_phone_that_missed_its_number_comes_again_with_a_new_code(clock, ben):
    client, missed = with_password(ben), Phone()
    old = to_the_phone(client, ben)
    missed.pair(old)
    assert marks(get(client, "-pair"), "key-setup") == ["claimed"]

    post(client, "-renew")

    code = re.search(r"<code data-copy-text>([0-9A-Z]{4}-[0-9A-Z]{4})<", text(get(client, "-pair")))[1]
    assert code != old
    assert missed.confirm().cause == "Y7"
    assert paired(client, code).pairing
    assert Enrolment.objects.get().phone.name == "Ben's Pixel"


def test_an_authenticator_app_of_another_maker_is_set_up_with_its_square(clock, ben):
    client = with_password(ben)
    to_the_phone(client, ben)
    secret = re.search(r"<code data-copy-text>((?:[A-Z2-7]{4} ){7}[A-Z2-7]{4})<", text(get(client, "-pair")))[
        1
    ].replace(" ", "")

    post(client, "-pair", name="Some app", code=code_of(secret))

    assert list(Key.objects.values_list("kind", "name")) == [(KeyKind.APP, "Some app")]


def test_the_state_costs_one_statement_and_says_one_word(clock, ben):
    client = with_password(ben)
    to_the_phone(client, ben)

    with CaptureQueriesContext(connection) as asked:
        answer = get(client, "-state")

    assert (len(asked), answer.json()) == (1, {"state": "open"})
    assert len(answer.content) < 100
    assert Client().get(reverse("accounts:key-setup-state")).json() == {"state": "ended"}


# --- One more Key ---------------------------------------------------------------------------------------------


def test_one_more_key_takes_a_fresh_proof_and_the_mail(clock, ada, settings):
    client = factories.signed_in(ada)
    phone = paired(client, to_the_phone(client, ada, is_first=False))
    answer = post(client, "-pair", code=phone.code())

    assert 'id="sign-out-now"' in text(client.get(answer.url))
    assert Key.objects.filter(user=ada.user, confirmed=True).count() == 2
    clock.move(minutes=settings.PORTAL_FRESH_PROOF_MINUTES + 1)
    assert here(get(client, "")) == "confirm"


def test_whoever_signed_out_does_not_finish_one_more_key(clock, ada):
    client = factories.signed_in(ada)
    to_the_phone(client, ada, is_first=False)
    client.post(reverse("accounts:logout"))

    assert here(get(client, "-pair")) == "login"


def test_somebody_else_at_the_same_browser_does_not_finish_it(clock, ada, mallory):
    client = factories.signed_in(ada)
    to_the_phone(client, ada, is_first=False)
    client.cookies |= factories.signed_in(mallory).cookies

    assert here(get(client, "-pair")) == "login"


def log_ins(person: Person, count: int, realm: Realm = Realm.LIVE) -> list[User]:
    """Give a customer so many more log-ins without a Key."""
    fields = {"customer": person.user.customer, "realm": realm, "password": "x", "email": person.user.email}
    return [User.objects.create(username=f"{person.user.username}-{realm}-{n:02}", **fields) for n in range(count)]


@pytest.mark.promise("KEY-9")
def test_the_other_log_ins_that_are_ticked_get_their_keys_in_one_ceremony(clock, ada):
    one, two = log_ins(ada, 2)
    (paper,) = log_ins(ada, 1, Realm.PAPER)
    client = factories.signed_in(ada)

    phone = paired(client, to_the_phone(client, ada, is_first=False, also=[one.pk, paper.pk]))
    own = next(key for key, account in phone.accounts.items() if account == "ada")
    answer = post(client, "-pair", code=phone.code(own))

    page = text(client.get(answer.url))
    assert set(phone.accounts.values()) == {"ada", "ada-live-00", "ada-paper-00"}
    assert marks(page, "has-key") == ["yes", "yes", "yes"]
    assert not Key.objects.filter(user=two).exists()
    assert set(Key.objects.filter(phone__isnull=False).values_list("user__username", flat=True)) == set(
        phone.accounts.values()
    )
    assert SecurityEvent.objects.filter(subject=paper, action="key_enrolled").count() == 1


def test_a_paper_log_in_gives_paper_ones_alone(clock, ada):
    log_ins(ada, 1)
    made = log_ins(ada, 2, Realm.PAPER)
    Key.objects.create(user=made[0], name="x", secret=factories.seed_of("x"), confirmed=True)
    client = factories.signed_in(Person(made[0], "", factories.seed_of("x")))

    page = text(get(client, ""))

    assert ("ada-paper-01" in page, "ada-live-00" in page) == (True, False)


def test_nobody_elses_log_in_can_be_ticked(clock, ada, mallory):
    User.objects.filter(pk=mallory.user.pk).update(password="x")
    log_ins(ada, 1)

    answer = post(factories.signed_in(ada), "", begin="yes", also=[mallory.user.pk])

    assert answer.status_code == 400
    assert Enrolment.objects.count() == 0


def test_log_ins_are_found_by_a_part_of_their_name_and_ticks_stay(clock, ada):
    made = log_ins(ada, 12)

    page = text(post(factories.signed_in(ada), "", search="yes", find="-07", also=[made[3].pk]))

    assert re.findall(r"ada-live-\d\d", page) == ["ada-live-03", "ada-live-07"]
    assert page.count(" checked") == 1


def counted(action: Callable[[], object]) -> tuple[object, int]:
    """Return what came of an action, and how many statements it took."""
    with CaptureQueriesContext(connection) as asked:
        return action(), len(asked)


@pytest.mark.promise("KEY-9")
def test_fifty_log_ins_cost_no_more_statements_than_one(clock, ada):
    def cost() -> list[int]:
        client, phone = factories.signed_in(ada), Phone()
        code, begun = counted(lambda: to_the_phone(client, ada, is_first=False, everyone="on"))
        paired(client, code, phone)
        own = next(key for key, account in phone.accounts.items() if account == "ada")
        answer, ended = counted(lambda: post(client, "-pair", code=phone.code(own)))
        return [begun, ended, counted(lambda: client.get(answer.url))[1]]

    log_ins(ada, 1)
    one = cost()
    log_ins(ada, 50, Realm.PAPER)
    fifty = cost()

    assert Key.objects.filter(phone__isnull=False).count() == 2 + 51
    assert fifty == one
