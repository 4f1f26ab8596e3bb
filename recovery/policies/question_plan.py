"""The questions of a plan, and what their answers come to. Pure: the draw takes its choices from ``pick``."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from accounts.policies.keys.identity_proofing import ANSWERS_ASKED
from accounts.policies.security_answers import ANSWERS_NEEDED
from accounts.security_questions import WORDS
from recovery.enums import Outcome, Prompt, Source
from recovery.policies.case_policy import Terms

# The number from each source. Every plan has nine questions, whoever it is for.
SHAPE = ((Source.PERSONAL, 2), (Source.APPLICATION, 2), (Source.ACTIVITY, 3), (Source.QUESTION, 2))
LENGTH = sum(count for _source, count in SHAPE)
MIN_COUNTED_ANSWERS = 5  # besides the personal details; with fewer of them on file the claimant shows papers
DETAILS_NEEDED = 2  # that are right; with fewer on file the claimant shows papers

# The birth date, and the first of the others that is on file: always the same one, as more rounds must not try more
# of them. What people know by heart comes before what they have to look up.
PERSONAL = (
    Prompt.BIRTH_DATE,
    Prompt.ADDRESS,
    Prompt.PHONE,
    Prompt.MIDDLE_NAME,
    Prompt.ACCOUNT_NUMBER,
    Prompt.WELCOME_CODE,
)
APPLICATION = (Prompt.OPENED, Prompt.EMPLOYER, Prompt.FIRST_BANK, Prompt.TAX_COUNTRY, Prompt.EXPERIENCE)
ACTIVITY = (
    Prompt.ORDER_INSTRUMENT,
    Prompt.ORDER_AMOUNT,
    Prompt.DEPOSIT_AMOUNT,
    Prompt.WITHDRAWAL_AMOUNT,
    Prompt.TRANSFER_AMOUNT,
    Prompt.PHONE_ORDER,
)
QUESTIONS = tuple(WORDS)  # all that a customer can have, so that an imagined person is asked alike

Pick = Callable[[Sequence["Draft"], int], list["Draft"]]

_RIGHT = {Source.PERSONAL: 2, Source.APPLICATION: 6, Source.ACTIVITY: 8, Source.QUESTION: 5}
_WRONG = {Source.PERSONAL: 0, Source.APPLICATION: -1, Source.ACTIVITY: -4, Source.QUESTION: 0}
_DECOY_TAKEN = -8


@dataclass(frozen=True)
class Draft:
    """A question that may be asked. ``locator`` says where to find the answer, empty if there is none."""

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
    prompt: Prompt | None = None


class Gate(StrEnum):
    """Where a complete round leads."""

    OPEN = "open"  # to a proof of possession
    PAPERS = "papers"  # too little is on file: to a proof of identity
    CLOSED = "closed"  # not confirmed


def draw(known: Iterable[Draft], pick: Pick) -> list[Draft]:
    """Draw a plan of nine from the questions that a person can be asked.

    Activity has one decoy: a question about something that never happened. If a source has too few,
    questions without an answer on file fill the gap: they look the same, take as long, and count for nothing.
    """
    available = list(known)
    plan: list[Draft] = []
    for source, count in SHAPE:
        mine = _asked_of(available) if source == Source.PERSONAL else [d for d in available if d.source == source]
        decoys = pick([draft for draft in mine if draft.is_decoy], 1)
        chosen = decoys + pick([draft for draft in mine if not draft.is_decoy], count - len(decoys))
        plan += pick(chosen + pick(_fillers(source, chosen), count - len(chosen)), count)
    return plan


def _asked_of(available: list[Draft]) -> list[Draft]:
    """Return the personal details to ask for, out of those on file."""
    on_file = {draft.prompt: draft for draft in available if draft.source == Source.PERSONAL}
    return [on_file[prompt] for prompt in PERSONAL if prompt in on_file][:DETAILS_NEEDED]


def likened(known: Iterable[Draft]) -> list[Draft]:
    """Return somebody's questions without their answers: for a person who does not exist, and who is like them."""
    return [replace(draft, locator="") for draft in known]


def imagined(seed: int) -> list[Draft]:
    """Return questions for a person who does not exist: like a real person's, and the same for the same seed.

    ``seed``: any large number derived from the username only. None of these has an answer on file.
    """
    happened = {prompt: (seed >> 2 * place) % 4 > 0 for place, prompt in enumerate(ACTIVITY[:-1])}
    happened[Prompt.ORDER_AMOUNT] = happened[Prompt.ORDER_INSTRUMENT]  # two questions about one event
    happened[Prompt.PHONE_ORDER] = False
    stated = [prompt for place, prompt in enumerate(APPLICATION) if (seed >> 16 + 2 * place) % 4 > 0]
    left = list(QUESTIONS)
    asked = [left.pop((seed >> 32 + 8 * place) % len(left)) for place in range(ANSWERS_NEEDED)]
    return [
        *(Draft(Source.PERSONAL, prompt) for prompt in PERSONAL[:DETAILS_NEEDED]),
        *(Draft(Source.APPLICATION, prompt) for prompt in stated),
        *(Draft(Source.ACTIVITY, prompt, is_decoy=not was) for prompt, was in happened.items()),
        *(Draft(Source.QUESTION, Prompt.QUESTION, question=name) for name in sorted(asked)[:ANSWERS_ASKED]),
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
    """Return the points of one answer."""
    if checked.outcome in {Outcome.VOID, Outcome.UNKNOWN}:
        return 0
    if checked.is_decoy:
        return 0 if checked.outcome == Outcome.MET else _DECOY_TAKEN
    return (_RIGHT if checked.outcome == Outcome.MET else _WRONG)[checked.source]


def knowledge(checks: Sequence[Checked], terms: Terms) -> int:
    """Return the points of a complete round, between 0 and the cap."""
    return max(0, min(terms.knowledge_cap, sum(points(check) for check in checks if check.source != Source.PERSONAL)))


def right_details(checks: Sequence[Checked]) -> int:
    """Return how many personal details were right."""
    return sum(check.source == Source.PERSONAL and check.outcome == Outcome.MET for check in checks)


def wrong_details(checks: Sequence[Checked]) -> int:
    """Return how many personal details were wrong. What is not on file is not; nobody forgets their birth date."""
    return sum(
        check.source == Source.PERSONAL
        and (check.outcome == Outcome.NOT_MET or (check.outcome, check.prompt) == (Outcome.UNKNOWN, Prompt.BIRTH_DATE))
        for check in checks
    )


def decoys_taken(checks: Sequence[Checked]) -> int:
    """Return how many decoys were answered as if they had happened."""
    return sum(check.is_decoy and check.outcome == Outcome.NOT_MET for check in checks)


def gate(checks: Sequence[Checked], terms: Terms) -> Gate:
    """Return where a complete round leads.

    A wrong detail, or none that is right, closes the gate. Two right ones and enough knowledge open it. In between:
    whoever has too little on file to get through it, even with every answer right, shows papers.
    """
    if len(checks) != LENGTH or wrong_details(checks) or not right_details(checks):
        return Gate.CLOSED
    if right_details(checks) < DETAILS_NEEDED or not _can_open(checks, terms):
        return Gate.PAPERS
    return Gate.OPEN if knowledge(checks, terms) >= terms.gate else Gate.CLOSED


def _can_open(checks: Sequence[Checked], terms: Terms) -> bool:
    """Tell whether enough of what was asked is on file: enough answers that count, and points within reach."""
    counting = [check for check in checks if check.source != Source.PERSONAL and check.outcome != Outcome.VOID]
    best = [replace(check, outcome=Outcome.MET) for check in counting]
    return len(counting) >= MIN_COUNTED_ANSWERS and knowledge(best, terms) >= terms.gate


def basis_is_complete(terms: Terms, *, knowledge_points: int, possession: Mapping[str, int]) -> bool:
    """Tell whether knowledge and possession together are enough for a review.

    ``possession``: the points of each family that was proved. Knowledge alone is never enough, whatever the points.
    """
    if not possession or len(possession) < terms.families_needed or knowledge_points < terms.gate:
        return False
    return min(knowledge_points, terms.knowledge_cap) + sum(possession.values()) >= terms.total_needed
