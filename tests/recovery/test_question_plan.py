"""Nine questions, whoever they are for; what they come to; what they can never come to."""

import hashlib

import pytest

from accounts.policies import stop_codes
from portal.lib import code_alphabet
from recovery.enums import FlagKind, Outcome, Prompt, Source
from recovery.policies import passphrases, question_plan, reference_codes
from recovery.policies.case_policy import Terms, tier_of
from recovery.policies.question_plan import Checked, Draft, Gate

TERMS = Terms(
    cooling_minutes=1440,
    hold_hours=72,
    ready_hours=72,
    minimum_review_seconds=60,
    grant_open_minutes=20,
    grant_finish_minutes=15,
    points={"mail": 25},
)
MET, NOT_MET, UNKNOWN, VOID = Outcome.MET, Outcome.NOT_MET, Outcome.UNKNOWN, Outcome.VOID


def first(drafts, count):
    return list(drafts)[:count]


def last(drafts, count):
    return list(drafts)[::-1][:count]


def a_round(personal=(MET, MET), application=(MET, MET), activity=(MET, MET), decoy=MET, questions=(MET, MET)):
    return [
        *[Checked(Source.PERSONAL, outcome) for outcome in personal],
        *[Checked(Source.APPLICATION, outcome) for outcome in application],
        *[Checked(Source.ACTIVITY, outcome) for outcome in activity],
        Checked(Source.ACTIVITY, decoy, is_decoy=True),
        *[Checked(Source.QUESTION, outcome) for outcome in questions],
    ]


FULL = [
    Draft(Source.PERSONAL, Prompt.BIRTH_DATE, "birth_date"),
    Draft(Source.PERSONAL, Prompt.ADDRESS, "address"),
    *[Draft(Source.APPLICATION, prompt, str(prompt)) for prompt in question_plan.APPLICATION],
    Draft(Source.ACTIVITY, Prompt.ORDER_INSTRUMENT, "activity:1"),
    Draft(Source.ACTIVITY, Prompt.DEPOSIT_AMOUNT, "activity:2"),
    Draft(Source.ACTIVITY, Prompt.WITHDRAWAL_AMOUNT, is_decoy=True),
    Draft(Source.QUESTION, Prompt.QUESTION, "answer:first_pet", "first_pet"),
]


@pytest.mark.parametrize("pick", [first, last])
@pytest.mark.parametrize("known", [[], FULL, FULL[:3], FULL[7:]], ids=["nobody", "all", "little", "no details"])
def test_every_plan_has_the_same_shape_and_asks_nothing_twice(pick, known):
    plan = question_plan.draw(known, pick)

    counted = {source: sum(draft.source == source for draft in plan) for source, _count in question_plan.SHAPE}
    assert counted == dict(question_plan.SHAPE)
    assert len({(draft.prompt, draft.question) for draft in plan}) == question_plan.LENGTH == 9
    assert sum(draft.is_decoy for draft in plan) == (1 if any(draft.is_decoy for draft in known) else 0)


@pytest.mark.promise("CASE-3")
def test_no_set_of_answers_reaches_what_an_approval_needs():
    knowledge = question_plan.knowledge(a_round(), TERMS)

    assert knowledge < TERMS.total_needed or not question_plan.basis_is_complete(
        TERMS, knowledge_points=TERMS.knowledge_cap, possession={}
    )
    assert not question_plan.basis_is_complete(TERMS, knowledge_points=10_000, possession={})
    assert question_plan.basis_is_complete(TERMS, knowledge_points=TERMS.gate, possession={"mail": 25})
    assert not question_plan.basis_is_complete(TERMS, knowledge_points=TERMS.gate, possession={"mail": 24})
    assert not question_plan.basis_is_complete(TERMS, knowledge_points=TERMS.gate - 1, possession={"mail": 100})


@pytest.mark.promise("CASE-3")
@pytest.mark.parametrize(
    ("checks", "leads_to"),
    [
        (a_round(), Gate.OPEN),
        (a_round(questions=(UNKNOWN, UNKNOWN), application=(MET, UNKNOWN)), Gate.OPEN),
        (a_round(personal=(MET, NOT_MET)), Gate.CLOSED),
        (a_round(personal=(NOT_MET, NOT_MET)), Gate.CLOSED),
        (a_round(personal=(VOID, VOID)), Gate.CLOSED),
        (a_round(personal=(UNKNOWN, UNKNOWN)), Gate.CLOSED),
        (a_round(personal=(MET, UNKNOWN)), Gate.PAPERS),
        (a_round(personal=(MET, VOID)), Gate.PAPERS),
        (a_round(personal=(NOT_MET, VOID)), Gate.CLOSED),
        (a_round(application=(UNKNOWN, UNKNOWN), activity=(UNKNOWN, UNKNOWN), questions=(MET, MET)), Gate.CLOSED),
        (a_round(application=(NOT_MET, NOT_MET), activity=(MET, MET), questions=(UNKNOWN, UNKNOWN)), Gate.OPEN),
        (a_round(activity=(NOT_MET, NOT_MET), decoy=NOT_MET), Gate.CLOSED),
        (a_round(application=(VOID, VOID), activity=(MET, MET), questions=(VOID, VOID)), Gate.PAPERS),
        (a_round(application=(VOID, VOID), activity=(MET, MET), questions=(MET, VOID)), Gate.PAPERS),  # four count
        (a_round(application=(MET, VOID), activity=(MET, MET), questions=(MET, VOID)), Gate.OPEN),  # five do
        (a_round(application=(VOID, VOID), activity=(VOID, VOID), questions=(VOID, VOID)), Gate.PAPERS),
        (a_round(personal=(MET, NOT_MET), application=(VOID, VOID), activity=(VOID, VOID)), Gate.CLOSED),
        (a_round()[:8], Gate.CLOSED),
        ([], Gate.CLOSED),
    ],
)
def test_the_gate_opens_for_both_details_and_enough_knowledge_or_leads_to_papers(checks, leads_to):
    assert question_plan.gate(checks, TERMS) == leads_to


@pytest.mark.promise("CASE-2")
def test_nobody_forgets_their_own_birth_date():
    forgotten = [Checked(Source.PERSONAL, UNKNOWN, prompt=Prompt.BIRTH_DATE), *a_round()[1:]]

    assert question_plan.gate(forgotten, TERMS) == Gate.CLOSED


def test_who_could_not_get_through_with_every_answer_right_shows_papers():
    checks = a_round(application=(MET, MET), activity=(VOID, VOID), questions=(VOID, VOID))

    assert question_plan.knowledge(checks, TERMS) < TERMS.gate
    assert question_plan.gate(checks, TERMS) == Gate.PAPERS


def test_confirming_what_never_happened_costs_more_than_a_wrong_answer():
    decoy, wrong = Checked(Source.ACTIVITY, NOT_MET, is_decoy=True), Checked(Source.ACTIVITY, NOT_MET)

    assert question_plan.points(decoy) < question_plan.points(wrong) < 0
    assert question_plan.points(Checked(Source.ACTIVITY, MET, is_decoy=True)) == 0
    assert question_plan.points(Checked(Source.ACTIVITY, UNKNOWN)) == 0


@pytest.mark.parametrize(
    ("ambers", "tier"),
    [
        (set(), 1),
        ({FlagKind.CALL_WITHOUT_PAGE}, 2),
        ({FlagKind.COMPETING, FlagKind.OBSERVED}, 2),
        ({FlagKind.COMPETING, FlagKind.OBSERVED, FlagKind.REFUSED_LATELY}, 3),
    ],
)
def test_the_more_speaks_against_a_case_the_more_careful_it_is_decided(ambers, tier):
    assert tier_of(TERMS, ambers) == tier


def test_higher_tiers_wait_longer_and_hold_longer():
    assert [TERMS.cooling(tier).days for tier in (1, 2, 3)] == [1, 3, 7]
    assert [TERMS.hold(tier).days for tier in (1, 2, 3)] == [3, 6, 12]
    assert [TERMS.minimum_review(tier).seconds for tier in (1, 2, 3)] == [60, 180, 180]


def test_terms_survive_being_written_down():
    assert Terms.from_body(TERMS.as_body()) == TERMS


def test_a_reference_is_read_however_it_is_typed():
    reference = reference_codes.claim_reference("7F3K2Q9")

    for typed in (reference, reference.lower(), reference.replace("-", ""), reference[3:], f" {reference} "):
        assert reference_codes.read_claim_reference(typed) == reference


def test_most_slips_in_a_reference_are_caught_before_they_cost_a_try():
    reference = reference_codes.claim_reference("7F3K2Q9")
    plain = reference[3:].replace("-", "")
    slips = [plain[:i] + sign + plain[i + 1 :] for i in range(8) for sign in code_alphabet.ALPHABET if sign != plain[i]]

    caught = sum(reference_codes.read_claim_reference(slip) is None for slip in slips)

    assert caught / len(slips) > 0.98


@pytest.mark.parametrize("typed", ["", "RC", "RC-0000-0000", "RC-7F3K", "RC-7F3K-2Q9CC", "N-7F3K-2Q9C", "é" * 8])
def test_what_cannot_be_a_reference_is_none(typed):
    assert reference_codes.read_claim_reference(typed) is None


@pytest.mark.parametrize(
    ("typed", "is_code"), [("123456", True), ("123 456", True), ("123-456", True), ("12345", False), ("abc123", False)]
)
def test_six_digits_look_like_a_key_code(typed, is_code):
    assert reference_codes.looks_like_key_code(typed) is is_code


def test_phrases_are_two_words_out_of_thousands():
    assert len(set(passphrases.FIRST)) * len(set(passphrases.SECOND)) > 4000
    assert passphrases.phrase(0, 0) == "amber acorn"


@pytest.mark.parametrize(
    ("typed", "read"),
    [
        ("N-7F3K-2Q9C", "N7F3K2Q9C"),
        (" n 7f3k 2q9c", "N7F3K2Q9C"),
        ("7F3K-2Q9C", "N7F3K2Q9C"),
        ("N-NF3K-2Q9C", "NNF3K2Q9C"),
        ("N-7F3K-2Q9", None),
        ("N-7F3K-2Q9A", None),
        ("RC-7F3K-2Q9C", None),
        ("", None),
    ],
)
def test_the_reference_of_a_message_is_read_however_it_is_spelled(typed, read):
    assert stop_codes.read_message_reference(typed) == read


@pytest.mark.parametrize(
    ("typed", "read"),
    [("2222 3333 4444", "222233334444"), ("dfgh-dfgh-dfgh", "DFGHDFGHDFGH"), ("2222 3333 444", None), ("é" * 12, None)],
)
def test_a_stop_code_is_read_however_it_is_spelled(typed, read):
    assert stop_codes.read(typed) == read


SEEDS = [int(hashlib.sha256(str(number).encode()).hexdigest(), 16) for number in range(200)]


@pytest.mark.promise("CASE-1")
def test_somebody_imagined_is_asked_the_same_questions_in_every_round():
    for seed in SEEDS:
        rounds = [question_plan.draw(question_plan.imagined(seed), pick) for pick in (first, last)]

        asked = [{draft.question for draft in plan if draft.source == Source.QUESTION} for plan in rounds]
        assert asked[0] == asked[1]
        assert len(asked[0]) == 2


def test_people_imagined_differ_and_have_no_answer_on_file():
    people = [question_plan.imagined(seed) for seed in SEEDS]

    assert all(draft.locator == "" for person in people for draft in person)
    assert (
        len({frozenset(draft.question for draft in person) for person in people}) > 50
    )  # the first two of three out of all
    for prompt in (*question_plan.APPLICATION, *question_plan.ACTIVITY[:-1]):
        having = sum(any(d.prompt == prompt and not d.is_decoy for d in person) for person in people)
        assert 0.6 < having / len(people) < 0.9
    assert all(any(d.prompt == Prompt.PHONE_ORDER and d.is_decoy for d in person) for person in people)


def test_an_imagined_order_happened_or_did_not():
    for seed in SEEDS:
        orders = [d.is_decoy for d in question_plan.imagined(seed) if str(d.prompt).startswith("order")]
        assert len(set(orders)) == 1
