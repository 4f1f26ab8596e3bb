"""Agents stay blind: nothing at the desk tells them an answer, a verdict, a risk or whether a name exists."""

import re

import pytest

from recovery.enums import FlagKind, Severity
from recovery.models import Case, Flag
from tests.recovery.conftest import right_answer, wrong_answer
from tests.recovery.desk import Seat, case_url, in_review, started, step_url


@pytest.fixture
def dana(agent) -> Seat:
    return Seat.of(agent)


@pytest.mark.promise("CASE-2")
def test_every_answer_is_answered_alike_right_or_wrong(clock, walk, stranger, dana):
    """Two cases side by side: the pages differ in nothing but the questions that were drawn."""
    right = Case.objects.get(pk=started(dana, walk).pk)
    wrong = Case.objects.get(pk=started(dana, stranger).pk)

    answered = dana.answer_all(right, right_answer), dana.answer_all(wrong, wrong_answer)

    assert answered[0] == answered[1] == answered[0][:1] * 9
    assert without_names(dana.see(step_url(right, "ask"))) == without_names(dana.see(step_url(wrong, "ask")))


def without_names(html: str) -> str:
    """Leave out what differs from case to case whatever the answers are."""
    main = html[html.index("<main") : html.index("</main>")]
    main = re.sub(r'(name="(?:version|csrfmiddlewaretoken)" value)="[^"]*"', r"\1", main)
    main = re.sub(r'<p class="desk-words">[^<]*', "", re.sub(r"/case/\d+/", "/case/", main))
    return re.sub(r"<p>[^<]*(<span)", r"\1", main)


def test_a_case_for_a_name_nobody_has_looks_like_any_other_to_its_end(clock, walk, stranger, dana):
    real = Case.objects.get(pk=started(dana, walk).pk)
    phantom = Case.objects.get(pk=started(dana, stranger).pk)
    shape = []
    for case in (real, phantom):
        dana.answer_all(case, wrong_answer)
        dana.do(case, "finish")
        shape.append(re.sub(r">[^<]*<", "><", without_names(dana.see(case_url(case)))))

    assert shape[0] == shape[1]


@pytest.mark.promise("CASE-2")
def test_no_page_of_an_agent_holds_an_expected_answer_a_score_or_the_kind_of_a_case(clock, walk, stranger, dana):
    """Walk everything an agent can open and look for what was planted on file."""
    planted = [*MARKERS]
    case = Case.objects.get(pk=started(dana, walk).pk)
    other = Case.objects.get(pk=started(dana, stranger).pk)
    pages = [everything(dana, case), everything(dana, other)]
    for each in (case, other):
        dana.answer_all(each, right_answer if each == case else wrong_answer)
        pages.append(everything(dana, each))
        dana.do(each, "finish")
        pages.append(everything(dana, each))
    Flag.objects.create(case=case, kind=FlagKind.DETAILS_WRONG, severity=Severity.AMBER, at=case.opened_at)
    pages.append(everything(dana, case))

    found = {marker for html in pages for marker in planted if marker.lower() in html.lower()}

    assert found == set()


MARKERS = [
    "1985-12-10", "10 December 1985", "St James", "SW1Y", "Analytical", "Thames Bank", "Marylebone", "Somerville",
    "1210.40", "ACME", "5000.00", "ada@example.test", "Byron", "phantom", "decoy", str(FlagKind.DETAILS_WRONG.label),
    "knowledge", "score", "tier", "flags", "Met<", "Not met", "not_met",
]  # fmt: skip


def test_the_scan_would_find_what_a_senior_may_see(walk, dana):
    case = in_review(walk, dana)

    html = everything(Seat.of(walk.checker()), case)

    assert [word for word in ("Tier", "Flags", "Met<") if word not in html] == []


def everything(seat: Seat, case: Case) -> str:
    """Return all an agent can get at about a case, headers and cookies included."""
    urls = [case_url(case), "/admin/recovery/case/", "/admin/recovery/case/?queue=mine"]
    urls += [step_url(case, name) for name in ("ask", "finish", "statement", "send-mail", "give-back", "approve")]
    answers = [seat.client.get(url) for url in urls]
    text = "".join(answer.content.decode() + str(answer.headers) + str(answer.cookies) for answer in answers)
    return re.sub(r"<script[^>]*></script>|<link[^>]*>|csrf\w+\W+\w+|data-csrf-token=\S+|Set-Cookie: \S+", "", text)


def test_the_markers_are_really_on_file(holder):
    person = holder.user.customer
    texts = f"{person.birth_date} {person.address} {person.application} {holder.user.email}"

    assert "1985-12-10" in texts
    assert "SW1Y" in texts
    assert "Analytical" in texts


def test_an_agent_does_not_learn_how_careful_a_case_is_handled_from_its_clock(clock, walk, dana):
    case = in_review(walk, dana)

    html = dana.see(case_url(case))

    assert "of 30 min" not in html
    assert walk.checker().user.username not in html
