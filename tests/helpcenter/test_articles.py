"""The articles say what they must, in plain words, and only what is true."""

import re

import pytest
from django.urls import reverse

from helpcenter import catalogue, checks, facts, readability, rendering
from tests.house.test_docs import states

ARTICLES = catalogue.sources("en")
SEVEN = [
    "wrong-username-or-password",
    "key-code-not-accepted",
    "account-paused",
    "no-notification",
    "key-shows-no-codes",
    "logged-out",
    "network-rule",
]
FIVE = [
    "how-do-i-sign-in",
    "how-do-i-reset-my-password",
    "how-do-i-set-up-the-key",
    "what-if-my-account-is-locked",
    "why-does-sign-in-fail",
]
GUIDES = [
    "start/getting-started",
    "sign-in/web",
    "sign-in/desktop",
    "sign-in/mobile",
    "key/set-up",
    "recovery/reset-password",
    "recovery/assisted",
    "contact/contact",
]


@pytest.fixture
def write(tmp_path):
    """Write an article, by default a good one, and return its path."""

    def write(front: str = "", body: str = "Words.", section: str = "start", slug: str = "one"):
        lines = {
            "title": "A title",
            "summary": "A summary.",
            "section": section,
            "order": "1",
            "owner": "Support",
            "promises": "HELP-1",
            "review": "2027-05-31",
        }
        for line in front.splitlines():
            key, _, value = line.partition(":")
            lines[key] = value.strip()
        text = "".join(f"{key}: {value}\n" for key, value in lines.items() if value != "none")
        path = tmp_path / "en" / section / f"{slug}.md"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(f"---\n{text}---\n{body}\n", encoding="utf-8")
        return path

    return write


@pytest.mark.promise("HELP-1")
@pytest.mark.parametrize("key", GUIDES)
def test_every_promised_guide_is_there(key):
    assert key in catalogue.articles("en")


@pytest.mark.promise("HELP-1")
@pytest.mark.parametrize("platform", ["web", "desktop", "mobile"])
def test_signing_in_takes_four_steps_on_every_platform(platform):
    source = catalogue.articles("en")[f"sign-in/{platform}"].source

    assert [line[:5] for line in source.splitlines() if line.startswith("## ")] == ["## 1.", "## 2.", "## 3.", "## 4."]


@pytest.mark.promise("HELP-2")
def test_the_matrix_starts_with_the_seven_rows():
    assert [row.slug for row in catalogue.in_section("en", "problem")][:7] == SEVEN


@pytest.mark.promise("HELP-3")
def test_the_questions_start_with_the_five():
    assert [question.slug for question in catalogue.in_section("en", "faq")][:5] == FIVE


@pytest.mark.promise("HELP-4")
@pytest.mark.parametrize("article", ARTICLES, ids=lambda article: article.key)
def test_every_article_passes_its_checks(article):
    assert list(checks.check_article(article)) == []


@pytest.mark.parametrize("article", ARTICLES, ids=lambda article: article.key)
def test_an_article_tells_of_kept_promises_alone(article):
    assert {name for name in article.promises if states().get(name) != "kept"} == set()


@pytest.mark.promise("HELP-2")
@pytest.mark.parametrize("key", ["problem/set-up-key", "key/set-up", "key/lost-phone", "recovery/reset-password"])
def test_whoever_lacks_a_key_or_password_is_led_to_where_help_begins(key):
    assert reverse("recovery:start") in rendering.links(catalogue.articles("en")[key].source)


@pytest.mark.parametrize("article", ARTICLES, ids=lambda article: article.key)
def test_every_article_reads_at_grade_eight_or_lower(article):
    assert readability.of_article(article) <= readability.GOAL


def test_a_hard_text_is_told_from_an_easy_one():
    easy = "The cat sat on the mat. It was warm there."
    hard = "Notwithstanding organisational complexity, comprehensive documentation necessitates simplification."

    assert readability.grade(easy) < 3 < readability.GOAL < readability.grade(hard)


@pytest.mark.promise("HELP-4")
def test_numbers_in_an_article_follow_the_settings(settings):
    def words() -> str:
        return rendering.plain(catalogue.articles("en")["problem/account-paused"])

    assert re.search(r"\b5\b.* 15 minutes", words())

    settings.PORTAL_FAILURE_LIMIT = 7
    settings.PORTAL_LOCKOUT_MINUTES = 1

    assert re.search(r"\b7\b.* 1 minute\b", words())
    assert "1 minute" in catalogue.articles("en")["problem/account-paused"].fix


@pytest.mark.promise("HELP-4")
def test_password_rules_in_words_follow_the_settings(settings):
    assert facts.password_rules() == (
        "at least 8 characters, with an upper-case letter, a lower-case letter, a digit and a special character"
    )

    settings.PORTAL_PASSWORD_MIN, settings.PORTAL_PASSWORD_CLASSES = 12, []

    assert facts.password_rules() == "at least 12 characters"


def test_a_rule_that_is_missing_is_named_in_words():
    assert facts.password_rules_named(["length", "upper", "digit"]) == (
        "at least 8 characters, an upper-case letter and a digit"
    )


def test_opening_hours_in_words_join_equal_days(settings):
    settings.PORTAL_SUPPORT_HOURS = {"mon": "08:00-20:00", "tue": "08:00-20:00", "sun": "10:00-12:00"}
    settings.PORTAL_SUPPORT_TZ = "America/New_York"

    assert facts.current()["support_hours"] == (
        "Monday to Tuesday 08:00 to 20:00, Sunday 10:00 to 12:00 (New York time)"
    )


def test_a_name_of_the_firm_is_text_and_never_markup(settings):
    settings.PORTAL_BRAND_NAME = "<b>A & *B*</b>"

    assert "&lt;b&gt;A &amp; *B*&lt;/b&gt;" in rendering.html(catalogue.articles("en")["contact/contact"])


def test_markup_in_an_article_is_shown_as_text(write):
    article = catalogue.read(write(body="<script>alert(1)</script> [x](javascript:alert(1))"))

    assert "<script" not in rendering.html(article)
    assert "href" not in rendering.html(article)


def test_a_good_article_is_read(write):
    article = catalogue.read(write("causes: P1, P2\nlisted: no"))

    assert (article.language, article.key, article.causes) == ("en", "start/one", ("P1", "P2"))
    assert not article.is_listed
    assert list(checks.check_article(article)) == []


@pytest.mark.parametrize(
    ("front", "reason"),
    [
        ("title: none", "misses title"),
        ("owner: none\nreview: none", "misses owner, review"),
        ("colour: red", "has colour, which nothing reads"),
        ("title:", "cannot read the line 'title: '"),
        ("section: faq", "lies in 'start'"),
        ("order: first", "invalid literal"),
        ("review: soon", "Invalid isoformat"),
    ],
)
def test_a_file_that_is_no_article_is_refused_with_the_reason(write, front, reason):
    with pytest.raises(catalogue.ArticleError, match=reason):
        catalogue.read(write(front))


def test_a_row_needs_a_cause_a_remedy_and_a_place(write):
    with pytest.raises(catalogue.ArticleError, match="misses fix, where, why"):
        catalogue.read(write(section="problem"))
    with pytest.raises(catalogue.ArticleError, match="where must be one of"):
        catalogue.read(write("where: moon\nwhy: A.\nfix: B.", section="problem"))


def test_a_section_nobody_knows_is_refused(write):
    with pytest.raises(catalogue.ArticleError, match="no section 'moon'"):
        catalogue.read(write(section="moon"))


def test_a_file_without_front_matter_is_refused(write):
    path = write()
    path.write_text("Just words.", encoding="utf-8")

    with pytest.raises(catalogue.ArticleError, match="no front matter"):
        catalogue.read(path)


def test_a_language_without_articles_reads_the_english_ones():
    assert catalogue.articles("xx") == catalogue.articles("en")
