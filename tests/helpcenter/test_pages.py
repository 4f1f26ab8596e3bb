"""Help pages: the same for everybody, cheap to serve, without the database."""

import pytest
from django.urls import reverse

from helpcenter import catalogue, causes, pages
from tests.lint_html import problems

ADDRESSES = [
    *[reverse(f"helpcenter:{name}") for name in ("home", "problems", "faq", "contact")],
    *[article.get_absolute_url() for article in catalogue.sources("en") if article.section not in {"faq", "contact"}],
]


@pytest.mark.promise("HELP-1", "HELP-5")
@pytest.mark.parametrize("address", ADDRESSES)
def test_every_page_is_whole_and_asks_nothing_of_anybody(client, address):
    response = client.get(address)

    assert response.status_code == 200
    assert problems(response.content.decode()) == []
    assert "{{" not in response.content.decode()
    assert response.cookies == {}
    assert "Vary" not in response
    assert response["Cache-Control"] == "public, max-age=300"


@pytest.mark.django_db
def test_no_page_but_search_asks_the_database_whoever_asks(client, settings, django_assert_num_queries):
    pages.forget()
    client.cookies[settings.SESSION_COOKIE_NAME] = "a-cookie-that-would-have-to-be-looked-up"

    with django_assert_num_queries(0):
        for address in ADDRESSES:
            assert client.get(address).status_code == 200


@pytest.mark.parametrize("address", ADDRESSES)
def test_a_page_the_reader_has_is_not_sent_again(client, address):
    first = client.get(address)

    again = client.get(address, headers={"If-None-Match": first["ETag"]})

    assert (again.status_code, again.content) == (304, b"")
    assert again["ETag"] == first["ETag"]
    assert again["Cache-Control"] == first["Cache-Control"]
    assert not first["ETag"].startswith("W/")


def test_another_edition_is_sent(client):
    assert client.get("/help/", headers={"If-None-Match": '"another"'}).status_code == 200


def test_a_page_is_rendered_once(client, monkeypatch):
    pages.forget()
    rendered = []
    render = pages.render
    monkeypatch.setattr(pages, "render", lambda *args: rendered.append(1) or render(*args))

    assert client.get("/help/faq/").content == client.get("/help/faq/").content
    assert len(rendered) == 1


def test_a_page_is_rendered_for_nobody_in_particular(client, monkeypatch):
    pages.forget()
    seen = []
    monkeypatch.setattr(pages, "render_to_string", lambda template, context, request: seen.append(request) or "page")
    client.cookies["planted"] = "cookie"

    client.get("/help/?planted=query", headers={"User-Agent": "planted agent"})

    (request,) = seen
    assert request.path == "/help/"
    assert "planted" not in f"{request.GET}{request.COOKIES}{request.META}"
    assert not hasattr(request, "user")
    assert not hasattr(request, "session")
    pages.forget()


@pytest.mark.promise("HELP-4")
def test_a_page_follows_the_settings(client, settings):
    assert b"15 minutes" in client.get("/help/problem/account-paused/").content

    settings.PORTAL_LOCKOUT_MINUTES = 20

    assert b"20 minutes" in client.get("/help/problem/account-paused/").content


@pytest.mark.promise("HELP-1")
def test_a_page_says_whether_the_phone_is_answered_now(client, clock, settings):
    settings.PORTAL_SUPPORT_HOURS = {"mon": "08:00-20:00"}
    settings.PORTAL_SUPPORT_TZ = "UTC"
    settings.PORTAL_SUPPORT_PHONE = "+1 555 0199"

    open_page = client.get("/help/contact/")
    clock.move(hours=8)
    closed_page = client.get("/help/contact/")

    assert b"dot-ok" in open_page.content
    assert b"dot-ok" not in closed_page.content
    assert b"+1 555 0199" in closed_page.content
    assert open_page["ETag"] != closed_page["ETag"]


@pytest.mark.promise("HELP-2")
def test_the_matrix_links_every_row_and_hides_what_is_for_staff(client):
    body = client.get("/help/problems/").content.decode()

    for row in catalogue.in_section("en", "problem"):
        assert f'href="{row.get_absolute_url()}"' in body
    assert "staff-desk" not in body
    assert client.get("/help/problem/staff-desk/").status_code == 200


@pytest.mark.promise("HELP-2")
@pytest.mark.parametrize("cause", causes.every(), ids=lambda cause: cause.code)
def test_a_refusal_leads_to_a_page_that_repeats_its_words(client, cause):
    response = client.get(reverse("helpcenter:problem", args=[cause.row]))

    assert str(cause.title) in response.content.decode()


@pytest.mark.promise("HELP-4", "KEY-10")
@pytest.mark.parametrize(("seconds", "words"), [("-240", "4 minutes slow"), ("95", "1.5 minutes fast")])
def test_a_clock_that_was_measured_is_told_on_its_row(client, seconds, words):
    response = client.get(f"/help/problem/key-code-not-accepted/?m={seconds}")

    page = response.content.decode()
    assert page.index('id="measured"') < page.index(words)
    assert page.index('id="clock"') < page.index(words) < page.index("Set Automatically")
    assert response["Cache-Control"] == "private, no-store"
    assert problems(page) == []


@pytest.mark.parametrize("odd", ["", "0", "29", "-43201", "99999", "1e3", "x", "٥٥٥", "<b>", "1" * 9999])
def test_a_measure_that_no_clock_has_changes_nothing(client, odd):
    plain = client.get("/help/problem/key-code-not-accepted/")

    response = client.get("/help/problem/key-code-not-accepted/", {"m": odd})

    assert response.content == plain.content
    assert response["Cache-Control"] == "public, max-age=300"


def test_a_measured_clock_is_shown_to_whoever_measured_it_alone(client):
    client.get("/help/problem/key-code-not-accepted/?m=-240")

    assert b'id="measured"' not in client.get("/help/problem/key-code-not-accepted/").content
    assert b'id="measured"' not in client.get("/help/problem/account-paused/?m=-240").content


@pytest.mark.promise("HELP-3")
def test_every_question_has_an_anchor(client):
    body = client.get("/help/faq/").content.decode()

    for question in catalogue.in_section("en", "faq"):
        assert f'<h2 id="{question.slug}">{question.title}</h2>' in body


@pytest.mark.parametrize("address", ["/help/problem/moon/", "/help/start/moon/", "/help/moon/moon/", "/help/faq/moon/"])
def test_an_unknown_page_is_not_found(client, address):
    assert client.get(address).status_code == 404
    assert client.get(address).status_code == 404


@pytest.mark.parametrize("address", ["/help/", "/help/search/", "/help/problem/on-hold/"])
def test_help_is_only_read(client, address):
    assert client.post(address).status_code == 405
    assert client.head(address).status_code == 200
