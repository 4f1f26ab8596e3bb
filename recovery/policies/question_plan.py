"""Which questions make a plan, and what the answers come to. Pure: the draw takes its choices from ``pick``."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from recovery.enums import Outcome, Prompt, Source
from recovery.policies.case_policy import Terms

# How many of each source a plan holds. Every plan has nine items, whoever it is for.
SHAPE = ((Source.PERSONAL, 2), (Source.APPLICATION, 2), (Source.ACTIVITY, 3), (Source.QUESTION, 2))
LENGTH = sum(count for _source, count in SHAPE)
MIN_COUNTED_ANSWERS = 5  # beside the personal details; with fewer, answers alone lead nowhere

PERSONAL = (Prompt.BIRTH_DATE, Prompt.ADDRESS)
APPLICATION = (Prompt.OPENED, Prompt.EMPLOYER, Prompt.FIRST_BANK, Prompt.TAX_COUNTRY, Prompt.EXPERIENCE)
ACTIVITY = (
    Prompt.ORDER_INSTRUMENT,
    Prompt.ORDER_AMOUNT,
    Prompt.DEPOSIT_AMOUNT,
    Prompt.WITHDRAWAL_AMOUNT,
    Prompt.TRANSFER_AMOUNT,
    Prompt.PHONE_ORDER,
)
QUESTIONS = ("first_school", "childhood_friend", "first_pet", "birth_town", "favourite_teacher", "first_street")

Pick = Callable[[Sequence["Draft"], int], list["Draft"]]

_RIGHT = {Source.PERSONAL: 2, Source.APPLICATION: 6, Source.ACTIVITY: 8, Source.QUESTION: 5}
_WRONG = {Source.PERSONAL: 0, Source.APPLICATION: -1, Source.ACTIVITY: -4, Source.QUESTION: 0}
_DECOY_TAKEN = -8


@dataclass(frozen=True)
class Draft:
    """A question that may be asked. ``locator`` says where its answer is found, empty for nowhere."""

    source: Source
    prompt: Prompt
    locator: str = ""
    question: str = ""  # name of a security question
    is_decoy: bool = False


@dataclass(frozen=True)
class Checked:
    """One answered question."""

    source: Source
    outcome: Outcome
    is_decoy: bool = False


def draw(known: Iterable[Draft], pick: Pick) -> list[Draft]:
    """Return a plan of nine from the questions that can be asked of somebody.

    Activity has one decoy: a question after something that never happened. Where a source has too little,
    questions without an answer on file fill up: they look the same, take as long, and count for nothing.
    """
    available = list(known)
    plan: list[Draft] = []
    for source, count in SHAPE:
        mine = [draft for draft in available if draft.source == source]
        decoys = pick([draft for draft in mine if draft.is_decoy], 1)
        chosen = decoys + pick([draft for draft in mine if not draft.is_decoy], count - len(decoys))
        plan += pick(chosen + pick(_fillers(source, chosen), count - len(chosen)), count)
    return plan


def imagined(seed: int) -> list[Draft]:
    """Return the questions of a person who does not exist: the same ones for the same seed, as a real person has.

    ``seed``: any large number that follows from the name alone. Nothing here has an answer on file.
    """
    happened = {prompt: (seed >> 2 * place) % 4 > 0 for place, prompt in enumerate(ACTIVITY[:-1])}
    happened[Prompt.ORDER_AMOUNT] = happened[Prompt.ORDER_INSTRUMENT]  # two questions about one event
    happened[Prompt.PHONE_ORDER] = False
    stated = [prompt for place, prompt in enumerate(APPLICATION) if (seed >> 16 + 2 * place) % 4 > 0]
    first, second = (seed >> 32) % len(QUESTIONS), (seed >> 40) % (len(QUESTIONS) - 1)
    asked = sorted({first, second + (second >= first)})
    return [
        *(Draft(Source.PERSONAL, prompt) for prompt in PERSONAL),
        *(Draft(Source.APPLICATION, prompt) for prompt in stated),
        *(Draft(Source.ACTIVITY, prompt, is_decoy=not was) for prompt, was in happened.items()),
        *(Draft(Source.QUESTION, Prompt.QUESTION, question=QUESTIONS[place]) for place in asked),
    ]


def _fillers(source: Source, chosen: list[Draft]) -> list[Draft]:
    taken = {(draft.prompt, draft.question) for draft in chosen}
    if source == Source.QUESTION:
        spare = [Draft(source, Prompt.QUESTION, question=name) for name in QUESTIONS]
    else:
        prompts = {Source.PERSONAL: PERSONAL, Source.APPLICATION: APPLICATION, Source.ACTIVITY: ACTIVITY}[source]
        spare = [Draft(source, prompt) for prompt in prompts]
    return [draft for draft in spare if (draft.prompt, draft.question) not in taken]


def points(checked: Checked) -> int:
    """Return what one answer counts."""
    if checked.outcome in {Outcome.VOID, Outcome.UNKNOWN}:
        return 0
    if checked.is_decoy:
        return 0 if checked.outcome == Outcome.MET else _DECOY_TAKEN
    return (_RIGHT if checked.outcome == Outcome.MET else _WRONG)[checked.source]


def knowledge(checks: Sequence[Checked], terms: Terms) -> int:
    """Return the points of a whole round, between 0 and the cap."""
    return max(0, min(terms.knowledge_cap, sum(points(check) for check in checks if check.source != Source.PERSONAL)))


def wrong_details(checks: Sequence[Checked]) -> int:
    """Return how many personal details were not right."""
    return sum(check.source == Source.PERSONAL and check.outcome != Outcome.MET for check in checks)


def decoys_taken(checks: Sequence[Checked]) -> int:
    """Return how many events that never happened were confirmed."""
    return sum(check.is_decoy and check.outcome == Outcome.NOT_MET for check in checks)


def passes_gate(checks: Sequence[Checked], terms: Terms) -> bool:
    """Tell whether a complete round opens the way to a proof of possession."""
    counting = sum(check.source != Source.PERSONAL and check.outcome != Outcome.VOID for check in checks)
    return (
        len(checks) == LENGTH
        and wrong_details(checks) == 0
        and counting >= MIN_COUNTED_ANSWERS
        and knowledge(checks, terms) >= terms.gate
    )


def basis_is_complete(terms: Terms, *, knowledge_points: int, possession: Mapping[str, int]) -> bool:
    """Tell whether knowledge and possession together may go before a second person.

    ``possession``: the points of each family that was shown. Knowledge without any never does, whatever the points.
    """
    if not possession or len(possession) < terms.families_needed or knowledge_points < terms.gate:
        return False
    return min(knowledge_points, terms.knowledge_cap) + sum(possession.values()) >= terms.total_needed
