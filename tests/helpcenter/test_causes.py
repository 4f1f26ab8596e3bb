"""Every refusal has words, limits that are true, and a way on."""

import string

import pytest

from helpcenter import catalogue, causes, checks
from helpcenter.causes.table import HELP

GIVEN = {"tries_left": 3, "until": "14:40", "list": "a digit", "code_time": "14:21", "drift": "4 minutes slow"}
GIVEN |= {
    "address": "203.0.113.7",
    "typed": "203.0.113.7/24",
    "meant": "203.0.113.0/24",
    "most": 20,
    "username": "dana",
}


def rows() -> dict[str, catalogue.Article]:
    return {article.slug: article for article in catalogue.sources("en") if article.section == "problem"}


@pytest.mark.promise("HELP-2", "SIGN-8")
@pytest.mark.parametrize("cause", causes.every(), ids=lambda cause: cause.code)
def test_every_cause_leads_to_a_row_that_names_it(cause):
    assert cause.code in rows()[cause.row].causes


def test_every_cause_a_row_names_leads_to_that_row():
    named = {code: slug for slug, row in rows().items() for code in row.causes}

    assert named == {cause.code: cause.row for cause in causes.every()}


@pytest.mark.promise("SIGN-8")
@pytest.mark.parametrize("cause", causes.every(), ids=lambda cause: cause.code)
def test_every_cause_says_what_happened_and_what_next(cause):
    words = cause.words(**GIVEN)

    assert str(cause.title)[0].isupper()
    assert words.endswith(".")
    assert not set("{}") & set(f"{cause.title}{words}")
    assert cause.severity in {"info", "warn", "bad"}


@pytest.mark.parametrize("cause", causes.every(), ids=lambda cause: cause.code)
def test_no_cause_needs_more_than_callers_give(cause):
    names = {name for _, name, _, _ in string.Formatter().parse(f"{cause.title}{cause.text}") if name}

    assert names - GIVEN.keys() - checks.facts.current().keys() == set()


@pytest.mark.promise("HELP-4", "LOCK-1")
def test_limits_in_a_cause_follow_the_settings(settings):
    settings.PORTAL_LOCKOUT_MINUTES = 1
    settings.PORTAL_SUPPORT_PHONE = "+1 555 0199"

    assert "1 minute" in causes.get("P2").words()
    assert "+1 555 0199" in causes.get("L2").words()


def test_what_a_caller_gives_is_not_read_as_a_pattern():
    assert "{support_phone}" in causes.get("R4").words(list="{support_phone}")


def test_an_unknown_code_is_refused():
    with pytest.raises(KeyError):
        causes.get("Z9")


def test_a_name_nobody_fills_is_refused():
    with pytest.raises(KeyError, match="tries_left"):
        causes.get("P1").words()


def test_every_row_has_a_label_for_the_link_to_it_and_no_two_share_one():
    assert set(HELP) == {cause.row for cause in causes.every()}
    assert len({str(label) for label in HELP.values()}) == len(HELP)
