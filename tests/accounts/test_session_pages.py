"""The page of open sessions: what it shows, how each ends, and nobody else's."""

import pytest
from django.test import Client

from accounts.models import PlatformSession
from portal.audit.models import SecurityEvent
from portal.lib import clock as portal_clock
from tests import factories
from tests.conftest import Clock
from tests.factories import Person
from tests.lint_html import problems

pytestmark = [pytest.mark.django_db, pytest.mark.promise("SESS-2")]
PATH = "/security/sessions/"
FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0"


def is_open(client: Client) -> bool:
    return client.get("/security/").status_code == 200


def session_of(client: Client) -> PlatformSession:
    digests = {row.digest: row for row in PlatformSession.objects.all()}
    return digests[max(digests, key=lambda digest: digests[digest].created_at)]


def many(person: Person, number: int) -> None:
    now = portal_clock.now()
    PlatformSession.objects.bulk_create(
        PlatformSession(
            digest=f"{index:064}",
            user=person.user,
            key=person.user.key_set.get(),
            device="Firefox on Linux",
            session_version=0,
            active_at=now,
            ends_at=now.replace(year=now.year + 1),
        )
        for index in range(number)
    )


@pytest.mark.asvs("7.5.2")
def test_one_session_is_ended_and_its_next_request_is_signed_out(ada: Person, clock: Clock) -> None:
    there = factories.signed_in(ada)
    row = PlatformSession.objects.get()
    here = factories.signed_in(ada)

    answer = here.post(f"{PATH}{row.public_id}/end/", follow=True)

    assert answer.request["PATH_INFO"] == PATH
    assert (is_open(here), is_open(there)) == (True, False)
    assert SecurityEvent.objects.filter(subject=ada.user, action="session_ended").count() == 1


def test_ending_twice_is_told_apart_from_nothing(ada: Person, clock: Clock) -> None:
    factories.signed_in(ada)
    row = PlatformSession.objects.get()
    here = factories.signed_in(ada)
    here.post(f"{PATH}{row.public_id}/end/")

    assert here.post(f"{PATH}{row.public_id}/end/").status_code == 404
    assert SecurityEvent.objects.filter(action="session_ended").count() == 1


def test_all_others_end_and_so_do_sign_ins_under_way(ada: Person, clock: Clock) -> None:
    here, there, waiting = factories.signed_in(ada), factories.signed_in(ada), Client()
    factories.type_password(waiting, "ada", ada.password)

    here.post(f"{PATH}end/")
    factories.type_code(waiting, ada.code())

    assert (is_open(here), is_open(there), is_open(waiting)) == (True, False, False)


def test_everywhere_means_here_too(ada: Person, clock: Clock) -> None:
    here, there = factories.signed_in(ada), factories.signed_in(ada)

    page = here.post(f"{PATH}end/", {"everywhere": "yes"}, follow=True)

    assert "You are signed out everywhere." in page.content.decode()
    assert (is_open(here), is_open(there)) == (False, False)


@pytest.mark.asvs("8.2.2")
def test_nobody_ends_or_sees_the_sessions_of_somebody_else(ada: Person, mallory: Person, clock: Clock) -> None:
    hers, his = factories.signed_in(ada), factories.signed_in(mallory)
    row = PlatformSession.objects.get(user=ada.user)

    assert his.post(f"{PATH}{row.public_id}/end/").status_code == 404
    assert str(row.public_id) not in his.get(PATH).content.decode()
    assert is_open(hers)


def test_five_hundred_sessions_cost_no_more_statements_than_one_and_fit_into_a_page(
    ada: Person, clock: Clock, django_assert_num_queries: object
) -> None:
    client = factories.signed_in(ada)
    with django_assert_num_queries(3):
        client.get(PATH)
    many(ada, 499)

    with django_assert_num_queries(3):
        page = client.get(PATH)

    assert len(page.content) < 50_000
    assert problems(page.content.decode()) == []
    assert client.get(f"{PATH}?page=25").status_code == 200
