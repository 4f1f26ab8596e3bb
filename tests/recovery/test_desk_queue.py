"""The review queue: who finds what, in which words, at which cost."""

import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from portal.lib.client import Origin
from recovery.admin import labels, steps, visibility
from recovery.admin.visibility import Viewer
from recovery.enums import CaseEvent, CaseKind, State
from recovery.models import Case
from tests.house.sources import product, read
from tests.lint_html import problems
from tests.recovery.desk import REASON, Seat, case_url, in_review, step_url


@pytest.fixture
def dana(agent) -> Seat:
    return Seat.of(agent)


@pytest.mark.parametrize("part", ["mine", "take", "waiting", "late", "closed"])
def test_each_part_of_the_queue_can_be_asked_for(walk, dana, part):
    walk.opened()

    assert unsound(dana.see(f"/admin/recovery/case/?queue={part}")) == set()


def unsound(html: str) -> set[str]:
    """What is wrong with a list, but for the row headings of the stock list, which name no scope."""
    return set(problems(html)) - {"<th> has no scope"}


def test_the_queue_shows_age_owner_and_next_action_in_words(clock, walk, dana):
    case = walk.opened().case
    clock.move(hours=3)

    html = Seat.of(dana.person).see("/admin/recovery/case/")

    assert case.number in html
    viewer = Viewer.of(dana.person.user)
    case = visibility.one(viewer, case.pk)
    assert labels.owner(case, viewer) in html
    assert labels.next_step(case, viewer) in html
    assert re.search(r'badge-warn">3 h of 4 h\b', html)
    assert f"{walk.claim.reference}</strong>, On the web," in Seat.of(dana.person).see(
        f"/admin/recovery/case/{case.pk}/"
    )
    clock.move(hours=2)
    assert 'badge-err">1 h ' in Seat.of(dana.person).see("/admin/recovery/case/?queue=late")


def test_a_senior_finds_their_reviews_and_nothing_else_in_one_filter(clock, walk, stranger, dana):
    case = in_review(walk, dana)
    stranger.opened()

    html = Seat.of(walk.checker()).see("/admin/recovery/case/?queue=review")

    assert case.number in html
    assert stranger.case.number not in html


@pytest.mark.parametrize(
    ("typed", "is_found"),
    [("{number}", True), ("{reference}", True), ("{number_start}", False), ("ada", False), ("", True)],
)
def test_a_case_is_found_by_its_whole_number_or_reference_only(walk, dana, typed, is_found):
    case = walk.opened().case
    words_typed = typed.format(
        number=case.number.lower(), reference=walk.claim.reference, number_start=case.number[:-1]
    )

    html = dana.see(f"/admin/recovery/case/?q={words_typed}")

    assert (f"{case.pk}/" in html and case.number in html.split("<table")[-1]) == is_found


def test_the_queue_costs_the_same_for_thirty_cases_as_for_one(clock, walk, dana):
    in_review(walk, dana)
    senior = Seat.of(walk.checker())
    counts = []
    for size in (1, 30):
        while Case.objects.count() < size:
            number = Case.objects.count()
            walk.__class__(dana.person.user, username=f"zz{number}").opened(origin=Origin(f"203.0.{number}.1"))
        with CaptureQueriesContext(connection) as queries:
            senior.client.get("/admin/recovery/case/")
        counts.append(len(queries))

    assert counts[0] == counts[1]


def test_the_auditor_reads_kind_points_and_flags(clock, walk, stranger, dana, auditor):
    case = in_review(walk, dana)
    other = stranger.opened().case
    aud = Seat.of(auditor)

    assert f"<dd>{walk.case.knowledge}</dd>" in aud.see(case_url(case))
    assert f"<dd>{CaseKind.PHANTOM.label}</dd>" in aud.see(case_url(other))
    assert unsound(aud.see("/admin/recovery/case/")) == set()


def test_only_the_auditor_reads_why_somebody_decided(clock, walk, dana, auditor):
    case = in_review(walk, dana)
    senior = Seat.of(walk.checker())

    senior.do(case, "refuse", reason=REASON)

    assert REASON in Seat.of(auditor).see(case_url(case))
    assert REASON not in senior.see(case_url(case)) + dana.see(case_url(case))


def test_every_kind_of_event_has_words():
    source = " ".join(read(path) for path in product() if path.parts[:2] == ("recovery", "actions"))
    written = set(re.findall(r'"([a-z_]+)"(?=,\s*who=)', source)) | {"answer_recorded"}

    assert written - set(CaseEvent) == set()
    assert len(written) > 20


@pytest.mark.parametrize(
    "query",
    [
        "queue=nothing",
        "state=nothing",
        "purpose=%00",
        "q=%00",
        "q=%25",
        "p=x",
        "p=999",
        "o=99.-99.x",
        "_to_field=number",
    ],
)
def test_nonsense_in_the_address_of_the_queue_breaks_nothing(walk, dana, query):
    walk.opened()

    answer = dana.client.get(f"/admin/recovery/case/?{query}", follow=True)

    assert answer.status_code in {200, 400}


@pytest.mark.parametrize("typed", [{"version": "x"}, {"version": "9" * 40}, {"place": "x"}, {"place": "9" * 40}, {}])
def test_nonsense_in_a_step_is_no_fault_of_ours(walk, dana, typed):
    case = walk.in_session().case
    sent = {"version": case.version, "place": 1, "answer": "a", **typed} if typed else {}

    for name in steps.every():
        assert dana.client.post(step_url(case, name), sent).status_code < 500

    assert walk.case.state == State.VERIFYING
