"""Security questions: answers fold as they are spoken, are set all at once, and never count once they are outdated."""

import pytest
from django.contrib.auth.hashers import make_password
from django.urls import reverse

from accounts.actions.authenticators import queries, security_answers
from accounts.actions.keys.enrolment import identity_proofing
from accounts.models import PlatformSession, SecurityAnswer
from accounts.policies import security_answers as rules
from accounts.policies.recommendations import Step, next_steps
from accounts.policies.security_answers import Fault
from accounts.profile_refusals import QuestionsOff, SessionEnded
from accounts.security_questions import OFFERED, words_of
from portal.audit.models import SecurityEvent
from portal.lib import clock as portal_clock
from portal.lib.client import Origin
from portal.outbox.models import Notice
from recovery.actions.question_sources import SecurityQuestions
from recovery.policies import answer_matching
from tests import factories
from tests.accounts.hash_work import Work
from tests.conftest import Clock
from tests.factories import Person
from tests.lint_html import problems
from tests.pages import cause_of, marks

HERE = Origin("203.0.113.7", "Chrome on Windows", "ABCD2345")
GOOD = {"first_boss": "Mrs. Adeyemi", "first_street": "St. Anne's", "first_film": "The Iron Giant"}
PAGE = "/security/questions/"

SPOKEN_ALIKE = [
    ("St Annes", "St. Anne's"),
    ("St Annes", "Saint Anne’s"),
    ("ST. ANNES", "saint-annes"),
    ("Sainte-Marie", "Ste Marie"),
    ("Hill St.", "Hill Street"),
    ("Munster", "Münster"),
    ("Munster", "Mu\u0308nster"),
    ("Strasse", "Straße"),
    ("STRASSE", "STRAẞE"),
    ("Mary-Jane", "mary jane"),
    ("MaryJane", "Mary Jane"),
    ("O'Brien", "OBrien"),
    ("O’Brien", "o`brien"),
    ("J. R. R. Tolkien", "JRR Tolkien"),
    ("Łódź", "Lodz"),
    ("Tromsø", "Tromso"),
    ("Æsir", "aesir"),
    ("Ｆｉｎｎ", "finn"),
    ("ﬁnn", "finn"),
    ("  Harbour \t Primary ", "harbourprimary"),
    ("Ёлка", "елка"),
    ("İzmir", "izmir"),
]
DIFFERENT = [
    ("St Annes", "St Agnes"),
    ("Munster", "Monster"),
    ("हिन्दी", "हन्दू"),
    ("はは", "ばば"),
    ("가나", "다라"),
    ("1980", "1981"),
]


def set_up(person: Person, answers: dict[str, str] = GOOD) -> list[SecurityAnswer]:
    now = portal_clock.now()
    session, _is_new = PlatformSession.objects.get_or_create(
        digest="here", user=person.user, defaults={"session_version": 0, "active_at": now, "ends_at": now}
    )
    return security_answers.replace(
        user=person.user, answers=answers, by=person.user, session=session, origin=HERE, now=portal_clock.now()
    )


def typed(answers: dict[str, str] = GOOD) -> dict[str, str]:
    form: dict[str, str] = {}
    for place, (question, answer) in enumerate(answers.items(), 1):
        form |= {f"question_{place}": question, f"answer_{place}": answer}
    return form


def earlier(person: Person, question: str, answer: str) -> SecurityAnswer:
    """Store an answer as it was before there were foldings."""
    return SecurityAnswer.objects.create(
        user=person.user, question=question, answer_hash=make_password(rules.first_fold(answer))
    )


@pytest.mark.parametrize(("left", "right"), SPOKEN_ALIKE)
def test_what_sounds_alike_is_the_same_answer(left, right):
    assert rules.fold(left) == rules.fold(right) != ""


@pytest.mark.parametrize(("left", "right"), DIFFERENT)
def test_what_sounds_different_is_another_answer(left, right):
    assert rules.fold(left) != rules.fold(right)


@pytest.mark.parametrize(("left", "right"), SPOKEN_ALIKE)
def test_folding_is_stable_and_a_function_of_the_earlier_one(left, right):
    for text in (left, right):
        assert rules.fold(rules.fold(text)) == rules.fold(text) == rules.fold(rules.first_fold(text))


@pytest.mark.parametrize(
    ("left", "right"), [("Munster", "Münster!"), ("O'Brien", "obrien"), ("St. Anne's", "ST ANNES")]
)
def test_what_the_desk_hears_is_folded_by_the_same_rule(left, right):
    assert answer_matching.fold(left) == answer_matching.fold(right)
    assert rules.fold(left) == rules.fold(right)


@pytest.mark.parametrize(
    ("answer", "fault"),
    [
        ("ab", Fault.SHORT),
        ("...", Fault.SHORT),
        ("", Fault.SHORT),
        ("aaaa", Fault.SHORT),
        ("Byron", Fault.KNOWN),
        ("ada", Fault.KNOWN),
        ("Ada Byron", Fault.KNOWN),
        ("school", Fault.IN_QUESTION),
        ("first school", Fault.IN_QUESTION),
        ("Iron Giant", Fault.REPEATED),
        ("Harbour Primary", None),
    ],
)
def test_an_answer_that_others_could_guess_is_refused(answer, fault):
    answers = {"first_school": answer, "first_film": "iron giant"}
    asked = {name: words_of(name) for name in answers}

    found = rules.faults(answers, asked=asked, known=["ada", "Byron", "ada byron"])

    assert found.get("first_school") == fault


def test_there_are_fifteen_questions_or_more_and_each_has_its_own_words():
    assert len(OFFERED) >= 15
    assert len({str(text) for text in OFFERED.values()}) == len(OFFERED)
    assert all(str(text).endswith("?") for text in OFFERED.values())


@pytest.mark.promise("RESET-2")
def test_all_are_set_at_once_recorded_and_told_on_every_channel(ada: Person, clock: Clock):
    factories.phone(ada)
    earlier(ada, "first_pet", "Biscuit")

    set_up(ada)

    assert set(security_answers.current(ada.user).values_list("question", flat=True)) == set(GOOD)
    stored = repr(list(SecurityAnswer.objects.values()))
    assert not any(answer in stored or rules.fold(answer) in stored for answer in GOOD.values())
    assert SecurityEvent.objects.get(action="questions_set").facts == {"questions": 3}
    assert Notice.objects.filter(kind="questions_set", channel="email").count() == 1


def test_every_check_costs_one_hash_by_either_folding(ada: Person, clock: Clock, work: Work):
    old = earlier(ada, "first_pet", "Biscuit")
    new = set_up(ada)[0]
    for row, right in ((old, "biscuit"), (new, "mrs adeyemi")):
        for given in (right, "wrong", "", "..."):
            work.done.clear()
            assert security_answers.is_answer(row, given) is (given == right)
            assert len(work.done) == 1


def test_an_answer_of_the_earlier_folding_still_opens_and_is_asked_for_anew(ada: Person, clock: Clock):
    row = earlier(ada, "first_pet", "St. Anne's")

    assert security_answers.is_answer(row, " ST.  ANNE'S")
    assert not security_answers.is_answer(row, "St Annes")
    assert security_answers.standing_of(ada.user, now=clock.now).is_due


def test_answers_are_asked_for_again_after_a_year_and_after_a_recovery(ada: Person, clock: Clock, settings):
    def steps() -> bool:
        return Step.RENEW_QUESTIONS in next_steps(queries.ways_of(ada.user, queries.keys_of(ada.user)))

    assert not steps()
    set_up(ada)
    assert not steps()
    clock.move(days=settings.PORTAL_QUESTIONS_REFRESH_DAYS, seconds=-1)
    assert not steps()
    clock.move(seconds=1)
    assert steps()
    set_up(ada)
    assert not steps()
    security_answers.mark_outdated(ada.user, now=clock.now)
    assert steps()
    set_up(ada)
    assert not steps()


def test_outdated_answers_are_no_proof(ben: Person, clock: Clock):
    set_up(ben)
    assert len(identity_proofing.questions_for(ben.user)) == 2

    security_answers.mark_outdated(ben.user, now=clock.now)

    assert list(security_answers.current(ben.user)) == []
    ben.user.customer.phone = "+15550111"
    assert identity_proofing.questions_for(ben.user) == ()


def test_the_strict_profile_asks_none_and_sets_none(ada: Person, clock: Clock, settings):
    set_up(ada)
    settings.PORTAL_PASSWORD_PROFILE = "strict"

    assert list(security_answers.current(ada.user)) == []
    with pytest.raises(QuestionsOff):
        set_up(ada)


def test_questions_are_set_on_their_page_after_a_fresh_proof(ada: Person, clock: Clock):
    client = factories.signed_in(ada)
    clock.move(minutes=11)
    assert client.get(PAGE)["Location"].startswith(reverse("accounts:confirm"))
    client.post(reverse("accounts:confirm"), {"password": ada.password, "code": ada.code()})

    page = client.get(PAGE)
    assert problems(page.content.decode()) == []
    assert client.post(PAGE, typed()).status_code == 302

    assert marks(client.get(PAGE), "questions") == ["3"]


@pytest.mark.parametrize(
    ("changes", "cause"),
    [
        ({"answer_1": "no"}, "Q1"),
        ({"answer_1": "the iron giant"}, "Q2"),
        ({"question_2": "first_boss"}, "Q2"),
        ({"answer_2": "BYRON"}, "Q3"),
        ({"answer_1": "boss"}, "Q4"),
        ({"answer_3": ""}, "F1"),
        ({"question_3": ""}, "F1"),
        ({"question_4": "first_flight"}, "F1"),
        ({"question_1": "no_such_question"}, "F3"),
    ],
)
def test_a_bad_set_is_refused_and_nothing_typed_is_lost(ada: Person, clock: Clock, changes, cause):
    client = factories.signed_in(ada)

    answer = client.post(PAGE, typed() | changes)

    assert cause_of(answer) == cause
    assert "Mrs. Adeyemi" in answer.content.decode() or "answer_1" in changes
    assert not SecurityAnswer.objects.exists()
    assert problems(answer.content.decode()) == []


def test_the_page_in_the_strict_profile_says_that_there_is_nothing_to_do(ada: Person, clock: Clock, settings):
    client = factories.signed_in(ada)
    settings.PORTAL_PASSWORD_PROFILE = "strict"

    assert marks(client.get(PAGE), "questions") == ["off"]
    assert cause_of(client.post(PAGE, typed())) == "Q5"


def test_a_recovery_asks_the_same_two_however_many_are_set(ada: Person, clock: Clock):
    set_up(ada, GOOD | {"bedtime_book": "Momo", "next_door": "The Okoros"})

    rounds = [{draft.question for draft in SecurityQuestions().draw(ada.user, now=clock.now)} for _ in range(2)]

    assert rounds == [{"bedtime_book", "first_boss"}] * 2


def test_a_session_that_is_ended_meanwhile_sets_no_answers(ada: Person, clock: Clock, monkeypatch: pytest.MonkeyPatch):
    factories.signed_in(ada)
    session = PlatformSession.objects.get(user=ada.user)
    hashed = security_answers.make_password

    def slowly(text: str) -> str:
        PlatformSession.objects.all().delete()
        return hashed(text)

    monkeypatch.setattr(security_answers, "make_password", slowly)

    with pytest.raises(SessionEnded):
        security_answers.replace(
            user=ada.user, answers=GOOD, by=ada.user, session=session, origin=HERE, now=portal_clock.now()
        )
    assert not SecurityAnswer.objects.filter(user=ada.user).exists()
