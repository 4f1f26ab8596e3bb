"""The frame of the pages: what it says, what it costs, what it leaves alone."""

import gzip
import re
from datetime import UTC, datetime
from pathlib import Path

import pytest
from django.template.loader import render_to_string
from django.test import RequestFactory
from django.utils import timezone

from portal import context, errors, styleguide
from tests.factories import signed_in
from tests.lint_html import problems

ROOT = Path(__file__).parents[2]
STATIC = ROOT / "portal/static"
KILOBYTE = 1000
PART_LIMIT, WHOLE_LIMIT, REQUEST_LIMIT = 8 * KILOBYTE, 25 * KILOBYTE, 5
ERRORS = {
    400: errors.bad_request,
    403: errors.forbidden,
    404: errors.not_found,
    500: errors.failed,
    503: errors.unavailable,
}


class BareRequest:
    """A request that fails the test when anybody looks at who is reading."""

    META: dict[str, str] = {}

    def __getattr__(self, name: str) -> object:
        raise AssertionError(f"request.{name} was read")


@pytest.fixture
def request_(rf: RequestFactory):
    request = rf.get("/somewhere/")
    request.id = "7F3K2Q9C"
    return request


@pytest.fixture
def frame(request_) -> str:
    return render_to_string("base.html", request=request_)


def test_the_frame_is_well_formed(frame):
    assert problems(frame) == []


def test_the_frame_never_asks_who_is_reading():
    assert context.brand(BareRequest())["brand_name"] == "Northgate Securities"


def test_the_frame_holds_no_form_so_that_it_can_be_kept_by_anybody(frame):
    assert "<form" not in frame
    assert "csrf" not in frame


def test_the_frame_names_the_address_to_compare_and_the_promise_about_links(frame, settings):
    assert settings.PORTAL_HOST in frame
    assert 'class="site-footer"' in frame
    assert "We never send sign-in links" in frame
    assert settings.PORTAL_SUPPORT_PHONE in frame


@pytest.mark.parametrize(
    ("moment", "words"),
    [
        (datetime(2026, 3, 2, 17, 0, tzinfo=UTC), "Open now, until 20:00 (New York time)."),
        (datetime(2026, 3, 2, 12, 0, tzinfo=UTC), "Closed now, opens 08:00 (New York time)."),
        (datetime(2026, 3, 3, 2, 0, tzinfo=UTC), "Closed now, opens Tuesday 08:00 (New York time)."),
    ],
)
def test_the_frame_says_whether_somebody_answers_the_phone(clock, request_, moment, words):
    clock.set(moment)

    assert words in _words(render_to_string("base.html", request=request_))


def test_a_reader_elsewhere_sees_both_times(clock, request_):
    clock.set(datetime(2026, 3, 2, 17, 0, tzinfo=UTC))

    with timezone.override("Europe/Vienna"):
        html = render_to_string("base.html", request=request_)

    assert "until 20:00 (New York time), 02:00 (Vienna time)." in _words(html)


@pytest.mark.django_db
def test_the_first_view_of_the_sign_in_page_keeps_its_budget(client):
    page = client.get("/login/").content
    parts = re.findall(r'(?:src|href)="/static/(portal/[^"#]+)', page.decode())
    sizes = {part: len(gzip.compress((STATIC / part).read_bytes(), 6)) for part in parts}
    sizes["page"] = len(gzip.compress(page, 6))

    assert len(sizes) <= REQUEST_LIMIT
    assert max(sizes.values()) <= PART_LIMIT
    assert sum(sizes.values()) <= WHOLE_LIMIT


def test_the_script_of_passkeys_comes_apart_and_is_small(client):
    page = client.get("/login/").content.decode()

    assert 'data-passkey-script="/static/portal/passkeys.js"' in page
    assert 'src="/static/portal/passkeys.js"' not in page
    assert len(gzip.compress((STATIC / "portal/passkeys.js").read_bytes(), 6)) <= PART_LIMIT / 2


@pytest.mark.django_db
@pytest.mark.parametrize("path", ["/login/", "/login/?realm=paper", "/help/", "/help/search/?q=code"])
def test_a_page_for_everybody_is_well_formed(client, path):
    assert problems(client.get(path).content.decode()) == []


@pytest.mark.parametrize("path", ["/", "/security/"])
def test_a_page_behind_the_sign_in_is_well_formed_and_can_be_left(ada, path):
    html = signed_in(ada).get(path).content.decode()

    assert problems(html) == []
    assert "Sign out" in html
    assert "data-idle " in html


def test_a_page_of_the_admin_wears_our_colours_and_leaves_by_our_door(reviewer):
    html = signed_in(reviewer).get("/admin/recovery/case/").content.decode()

    assert "portal/admin.css" in html
    assert 'action="/logout/"' in html
    assert "Northgate Securities" in html


@pytest.mark.parametrize("status", ERRORS)
def test_an_error_page_says_what_happened_and_where_to_go_without_the_database(request_, status):
    response = ERRORS[status](request_)
    html = response.content.decode()

    assert response.status_code == status
    assert problems(html) == []
    assert "7F3K2Q9C" in html
    assert 'href="/help/problem/' in html
    assert "{" not in _words(html)


def test_an_error_page_works_before_the_request_has_an_id(rf):
    html = errors.failed(rf.get("/")).content.decode()

    assert problems(html) == []
    assert "Reference" not in html


@pytest.mark.parametrize("theme", ["", "light", "dark"])
def test_the_style_guide_is_well_formed_in_every_theme(rf, theme):
    html = styleguide.show(rf.get("/styleguide/", {"theme": theme})).content.decode()

    assert [problem for problem in problems(html) if "filled buttons" not in problem] == []  # it shows them all
    assert f'data-theme="{theme or "system"}"' in html


def test_an_unknown_theme_is_the_systems(rf):
    html = styleguide.show(rf.get("/styleguide/", {"theme": '"><script>'})).content.decode()

    assert 'data-theme="system"' in html


def test_every_component_stands_in_the_style_guide():
    components = {path.name for path in (ROOT / "templates/_components").glob("*.html")}
    shown = set()
    for source in ("templates/portal", "templates/_components", "templates"):
        for path in (ROOT / source).glob("*.html"):
            shown |= set(re.findall(r'"_components/([\w.]+)"', path.read_text(encoding="utf-8")))
    tags = set(re.findall(r'"_components/([\w.]+)"', (ROOT / "portal/templatetags/portal_tags.py").read_text("utf-8")))

    assert components == shown | tags


@pytest.mark.parametrize("path", sorted((ROOT / "templates/_components").glob("*.html")), ids=lambda path: path.name)
def test_every_component_says_what_it_needs(path):
    source = path.read_text(encoding="utf-8")

    assert re.search(r"{% comment %}\n.+\nVariables: .+\n{% endcomment %}", source, re.DOTALL)


def _words(html: str) -> str:
    return re.sub(r"\s+([,.])", r"\1", " ".join(re.sub(r"<[^>]+>", " ", html).split()))
