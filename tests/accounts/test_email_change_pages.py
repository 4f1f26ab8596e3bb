"""The pages of a new e-mail address: naming it, confirming it, and stopping a change, signed in or not."""

from django.test import Client
from django.urls import reverse

from portal.outbox.models import Notice
from tests import factories
from tests.accounts.test_email_change import NEW, OLD, address_of, change, told_old
from tests.conftest import Clock
from tests.factories import Person
from tests.lint_html import problems
from tests.pages import cause_of, marks


def test_the_walk_survives_a_reload_and_a_second_tab(ada: Person, clock: Clock):
    client, other = factories.signed_in(ada), factories.signed_in(ada)
    page = reverse("accounts:profile-email")
    assert problems(client.get(page).content.decode()) == []
    answer = client.post(page, {"address": NEW})
    assert answer["Location"] == reverse("accounts:profile-email-code")

    for tab in (client, client, other):
        shown = tab.get(answer["Location"])
        assert NEW in shown.content.decode()
        assert problems(shown.content.decode()) == []
    assert cause_of(other.post(answer["Location"], {"code": "000000"})) == "R1"
    code = Notice.objects.get(kind="code").facts["code"]
    assert other.post(answer["Location"], {"code": code})["Location"] == reverse("accounts:profile")

    assert address_of(ada) == NEW
    assert client.get(answer["Location"])["Location"] == page


def test_every_signed_in_page_leads_to_the_stop_while_there_is_one(ada: Person, clock: Clock):
    client = factories.signed_in(ada)
    way = reverse("accounts:profile-email-stop")
    assert way not in client.get("/security/").content.decode()
    change(ada)
    for page in ("/", "/security/", "/security/keys/", "/profile/"):
        assert way in client.get(page).content.decode()
    assert problems(client.get(way).content.decode()) == []

    answer = client.post(way)

    assert answer["Location"] == reverse("accounts:profile-stopped")
    assert address_of(ada) == OLD
    assert client.get("/security/").status_code == 302


def test_the_stop_page_works_signed_out_and_answers_alike_whatever_the_code(ada: Person, clock: Clock):
    change(ada)
    notice, page = told_old(), reverse("accounts:profile-stop")
    assert problems(Client().get(page).content.decode()) == []

    answers = [
        Client().post(page, {"reference": reference, "code": code})
        for reference, code in [
            ("N-2222-2222", "2222 2222 2222"),
            (notice.reference, "2222 2222 2222"),
            (notice.reference, notice.facts["stop_code"]),
            (notice.reference, notice.facts["stop_code"]),
        ]
    ]

    assert len({(answer.status_code, answer["Location"], answer.content) for answer in answers}) == 1
    assert address_of(ada) == OLD
    assert problems(Client().get(answers[0]["Location"]).content.decode()) == []


def test_what_is_no_code_is_said_before_it_looks_like_a_stop(client):
    answer = client.post(reverse("accounts:profile-stop"), {"reference": "N-1", "code": "1"})
    assert answer.status_code == 200
    assert marks(answer, "cause") != []


def test_staff_have_no_address_to_change_here(agent: Person, clock: Clock):
    client = factories.signed_in(agent)
    for name in ("profile-email", "profile", "profile-phone", "profile-preferences", "profile-full"):
        assert client.get(reverse(f"accounts:{name}")).status_code == 404
