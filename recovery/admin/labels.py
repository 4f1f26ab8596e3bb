"""The words of the desk about a case: its age, what comes next, what has happened."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from accounts.security_questions import words_of
from recovery.admin import visibility
from recovery.admin.visibility import Viewer
from recovery.enums import INSIDE, Actor, CaseEvent, State
from recovery.methods import METHODS
from recovery.models import Case, Event, PlanItem

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

_NEARLY = 0.7  # of the time to the target, after which a case counts as urgent


@dataclass(frozen=True)
class Age:
    """The age of a case against its target: in words, and as a kind of badge."""

    text: str
    kind: str = "neutral"


def span(time: timedelta) -> str:
    """Return a duration in words, in its two largest units at most: 2 h 05 min."""
    minutes = max(int(time.total_seconds() // 60), 0)
    if minutes < 60:
        return ngettext("{n} min", "{n} min", minutes).format(n=minutes)
    if minutes < 48 * 60 and minutes % 60 == 0:
        return _("{hours} h").format(hours=minutes // 60)
    if minutes < 48 * 60:
        return _("{hours} h {minutes:02} min").format(hours=minutes // 60, minutes=minutes % 60)
    return ngettext("{n} day", "{n} days", minutes // 1440).format(n=minutes // 1440)


def age(case: Case, now: datetime) -> Age:
    """Return how long a case has been in its state, against the target if the firm owes the next step."""
    spent = now - case.state_at
    if not case.is_open:
        return Age(_("closed"))
    if case.state == State.REVIEW and (decision := visibility.pending(case)) and decision.assigned_to is None:
        return Age(_("no senior reviewer can decide"), "err")
    due: datetime | None = case.due  # type: ignore[attr-defined]  # annotated by visibility.queue
    if due is None:
        return Age(span(spent))
    if now > due:
        return Age(_("{time} over target").format(time=span(now - due)), "err")
    allowed = due - case.state_at
    is_pressing = spent >= allowed * _NEARLY
    text = _("{time} of {target}").format(time=span(spent), target=span(allowed))
    return Age(_("{age}, due soon").format(age=text) if is_pressing else text, "warn" if is_pressing else "ok")


def owner(case: Case, viewer: Viewer) -> str:
    """Return who has a case now. An agent does not learn who was drawn to check their work."""
    decision = visibility.pending(case)
    if case.state == State.REVIEW and decision is not None:
        drawn = decision.assigned_to
        if not viewer.audits and (drawn is None or drawn != viewer.user):
            return _("A second reviewer")
        return _person(drawn.username if drawn else _("no one yet"), is_you=drawn == viewer.user)
    if case.state == State.CONTESTED:
        return _("Any two senior reviewers")
    if case.maker is None:
        return _("No one yet")
    return _person(case.maker.username, is_you=case.maker == viewer.user)


def _person(name: str, *, is_you: bool) -> str:
    return _("{name} (you)").format(name=name) if is_you else name


_NEXT: dict[str, "StrOrPromise"] = {
    State.PROOFING: gettext_lazy("The claimant shows proof of identity. The agent or a senior reviewer records it"),
    State.COOLING: gettext_lazy("Nothing: the waiting period is running, and the account holder can stop it"),
    State.GRANT_READY: gettext_lazy("The claimant starts when they have their new phone ready"),
    State.ENROLLING: gettext_lazy("The claimant sets a password and a Key"),
    State.HOLD: gettext_lazy("Nothing: more Keys and changes of contact details are on hold for a while"),
    State.CONTESTED: gettext_lazy("A senior reviewer looks at both sides; two of them can refuse it"),
}


def next_step(case: Case, viewer: Viewer) -> str:
    """Return what has to happen next, and by whom."""
    if not case.is_open:
        return _("Nothing: the case is closed")
    if case.state in _BY_HANDS:
        return str(_BY_HANDS[case.state][_hands(case, viewer)])
    if case.state == State.POSSESSION:
        return _possession(case, viewer)
    if case.state == State.REVIEW:
        decision = visibility.pending(case)
        is_yours = decision is not None and decision.assigned_to == viewer.user
        return _("Read the case and decide") if is_yours else _("A second reviewer, chosen at random, decides")
    return str(_NEXT[case.state])


def _hands(case: Case, viewer: Viewer) -> int:
    """Return 0 for an unassigned case, 1 for the viewer's, 2 for somebody else's."""
    return 0 if case.maker is None else 1 if case.maker == viewer.user else 2


_BY_HANDS: dict[str, tuple["StrOrPromise", ...]] = {
    State.OPEN: (
        gettext_lazy("An agent takes the case, or starts when the claimant calls"),
        gettext_lazy("Call back if the claimant left a number, then start with the reference and PIN"),
        gettext_lazy("The agent starts with the reference and PIN"),
    ),
    State.VERIFYING: (
        gettext_lazy("The case was returned to the queue: start again with the reference and PIN"),
        gettext_lazy("Ask the remaining questions"),
        gettext_lazy("The agent asks the remaining questions"),
    ),
}


def _possession(case: Case, viewer: Viewer) -> str:
    if case.has_statement:  # type: ignore[attr-defined]  # annotated by visibility.queue
        return _("The claimant proves possession on their case page")
    yours, theirs = _STATEMENT[case.proof_step]  # type: ignore[attr-defined]  # annotated by visibility.queue
    words = (_("The case was returned to the queue: start again with the reference and PIN"), yours, theirs)
    return str(words[_hands(case, viewer)])


# The latest event of a proof of possession -> what comes next, for the agent and for others.
_STATEMENT: dict[str | None, tuple["StrOrPromise", "StrOrPromise"]] = {
    None: (
        gettext_lazy("Ask the claimant for proof of possession and file your statement"),
        gettext_lazy("The agent asks for proof of possession and files a statement"),
    ),
    "proof_sent": (
        gettext_lazy("Sent. The claimant proves possession on their case page. File your statement"),
        gettext_lazy("The claimant completes the proof that was sent, and the agent files a statement"),
    ),
    "proof_accepted": (
        gettext_lazy("The claimant proved possession. File your statement"),
        gettext_lazy("The agent files a statement"),
    ),
}


def prompt(item: PlanItem) -> str:
    """Return what the agent asks: the text of the prompt, or of the security question."""
    return words_of(item.question) if item.question else item.get_prompt_display()


# Events that each method words itself: the event, and which of ``methods.contract.Words`` it uses.
OF_METHODS = {CaseEvent.PROOF_SENT: "was_sent", CaseEvent.PROOF_ACCEPTED: "was_accepted"}
_NOT_CONFIRMED = gettext_lazy("not confirmed")
_VERDICTS: dict[str, "StrOrPromise"] = {
    State.POSSESSION: gettext_lazy("confirmed so far"),
    State.PROOFING: gettext_lazy("proof of identity needed"),
}


@dataclass(frozen=True)
class Line:
    """One line of the timeline: when, who, what."""

    at: datetime
    who: str
    what: str


def timeline(case: Case, *, inside: bool) -> list[Line]:
    """Return what has happened, oldest first; consecutive answers make one line."""
    lines: list[Line] = []
    answers = 0
    for event in case.events.select_related("actor").order_by("n"):
        answers = answers + 1 if event.action == "answer_recorded" else 0
        if what := _what(event, answers, inside=inside):
            if answers > 1:
                lines.pop()
            lines.append(Line(event.at, _who(event, inside=inside), what))
    return lines


def _what(event: Event, answers: int, *, inside: bool) -> str:
    if answers > 1:
        return ngettext("{n} answer recorded", "{n} answers recorded", answers).format(n=answers)
    if event.action == "round_finished":
        verdict = _VERDICTS.get(event.to_state, _NOT_CONFIRMED)
        return _("Questions finished: {verdict}").format(verdict=verdict)
    if event.action in OF_METHODS:
        return str(getattr(METHODS[event.facts["method"]].words, OF_METHODS[CaseEvent(event.action)]))
    return "" if event.action in INSIDE and not inside else str(event.get_action_display())


def _who(event: Event, *, inside: bool) -> str:
    """Name the person only if the reader may know: agents learn neither who checks them nor who the holder is."""
    kind = Actor(event.actor_kind)
    if event.actor is None or kind == Actor.OWNER or (kind == Actor.SENIOR and not inside):
        return str(kind.label)
    return f"{event.actor.username}, {kind.label}" if kind != Actor.SYSTEM else str(kind.label)
