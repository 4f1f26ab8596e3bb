"""Help that would mislead is refused at start."""

from dataclasses import replace
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from helpcenter import catalogue, causes, checks
from helpcenter.models import Entry

ARTICLE = catalogue.sources("en")[0]


def ids(problems) -> list[str]:
    return [problem.id for problem in problems]


def test_the_help_in_the_repository_is_in_order():
    assert checks.check_help() == []


@pytest.mark.promise("HELP-4")
@pytest.mark.parametrize(
    "text",
    [
        "Wait 15 minutes.",
        "Wait fifteen minutes.",
        "a 15-minute wait",
        "You have 5 tries.",
        "at least 8 characters",
        "a six-digit code",
        "within 24 hours",
    ],
)
def test_a_limit_typed_by_hand_is_refused(text):
    assert ids(checks.check_article(replace(ARTICLE, source=text))) == ["helpcenter.E002"]
    assert ids(checks.check_article(replace(ARTICLE, summary=text))) == ["helpcenter.E002"]


@pytest.mark.parametrize("text", ["Wait {{ lockout_time }}.", "One try is left.", "Two steps.", "in 2027"])
def test_other_numbers_are_fine(text):
    assert list(checks.check_article(replace(ARTICLE, source=text))) == []


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({"source": "{{ lockout_munites }}"}, "helpcenter.E001"),
        ({"fix": "{{ }}"}, "helpcenter.E001"),
        ({"promises": ("LOCK2",)}, "helpcenter.E004"),
        ({"source": "[x](problem:moon)"}, "helpcenter.E007"),
        ({"source": "[x](moon:)"}, "helpcenter.E007"),
        ({"source": "[x](/moon/)"}, "helpcenter.E007"),
        ({"source": "Your session ended."}, "helpcenter.E008"),
    ],
)
def test_other_slips_in_an_article_are_refused(change, expected):
    assert ids(checks.check_article(replace(ARTICLE, **change))) == [expected]


def test_a_cause_without_its_row_is_refused():
    rows = [article for article in catalogue.sources("en") if article.slug != "on-hold"]

    assert ids(checks.check_causes(rows)) == ["helpcenter.E005"]


def test_a_row_and_a_cause_that_disagree_are_refused():
    rows = [replace(row, causes=("L1",)) if row.slug == "on-hold" else row for row in catalogue.sources("en")]

    assert ids(checks.check_causes(rows)) == ["helpcenter.E006", "helpcenter.E006"]


def test_a_limit_typed_into_a_cause_is_refused(monkeypatch):
    known = causes.every()
    typed = replace(known[0], text="Wait 15 minutes.")
    monkeypatch.setattr(causes, "every", lambda: (typed, *known[1:]))

    assert ids(checks.check_help()) == ["helpcenter.E002"]


@pytest.fixture
def broken(tmp_path, monkeypatch):
    """A help centre whose one file is no article."""
    (tmp_path / "en" / "start").mkdir(parents=True)
    (tmp_path / "en" / "start" / "one.md").write_text("Just words.")
    monkeypatch.setattr(catalogue, "ROOT", tmp_path)
    catalogue.forget()
    yield
    catalogue.forget()


def test_an_unreadable_article_is_reported_with_its_name(broken):
    (problem,) = checks.check_help()

    assert problem.id == "helpcenter.E003"
    assert "one.md" in problem.msg


def test_the_command_shows_the_grade_of_every_article():
    out = StringIO()

    call_command("portal_help_check", stdout=out)

    assert f"en/{ARTICLE.key}" in out.getvalue()
    assert "helpcenter." not in out.getvalue()


def test_the_command_ends_with_an_error_when_something_is_wrong(broken):
    out = StringIO()

    with pytest.raises(CommandError):
        call_command("portal_help_check", stdout=out)

    assert "helpcenter.E003" in out.getvalue()


@pytest.mark.django_db
def test_a_stale_index_is_reported_and_loading_it_mends_that():
    Entry.objects.update(edition="older")

    assert ids(checks.check_index(databases=["default"])) == ["helpcenter.W001"]

    call_command("portal_load_help", stdout=StringIO())

    assert checks.check_index(databases=["default"]) == []


def test_the_index_is_not_looked_at_without_a_database():
    assert checks.check_index(databases=None) == []
