"""What the desk says about a case: how old it is, what comes next, what has happened."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from accounts.security_questions import words_of
from recovery.admin import visibility
from recovery.admin.visibility import Viewer
from recovery.enums import Actor, State
from recovery.methods import METHODS
from recovery.models import Case, Event, PlanItem

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

_NEARLY = 0.7  # of the time to the target, from which on a case counts as pressing


@dataclass(frozen=True)
class Age:
    """How a case stands against its target: in words, and as a kind of badge."""

    text: str
    kind: str = "neutral"


def span(time: timedelta) -> str:
    """Say how long something takes or took, in its two largest units at most: 2 h 05 min."""
    minutes = max(int(time.total_seconds() // 60), 0)
    if minutes < 60:
        return ngettext("{n} min", "{n} min", minutes).format(n=minutes)
    if minutes < 48 * 60 and minutes % 60 == 0:
        return _("{hours} h").format(hours=minutes // 60)
    if minutes < 48 * 60:
        return _("{hours} h {minutes:02} min").format(hours=minutes // 60, minutes=minutes % 60)
    return ngettext("{n} day", "{n} days", minutes // 1440).format(n=minutes // 1440)


def age(case: Case, now: datetime) -> Age:
    """Say how long a case stands where it stands, against the target where the firm owes the next step."""
    spent = now - case.state_at
    if not case.is_open:
        return Age(_("closed"))
    due: datetime | None = case.due  # type: ignore[attr-defined]  # annotated by sight.queue
    if due is None:
        return Age(span(spent))
    if now > due:
        return Age(_("{time} over target").format(time=span(now - due)), "err")
    allowed = due - case.state_at
    is_pressing = spent >= allowed * _NEARLY
    text = _("{time} of {target}").format(time=span(spent), target=span(allowed))
    return Age(_("{age}, due soon").format(age=text) if is_pressing else text, "warn" if is_pressing else "ok")


def owner(case: Case, viewer: Viewer) -> str:
    """Say who has a case now. An agent does not learn who was drawn to check their work."""
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
    State.HOLD: gettext_lazy("Nothing: payments out and contact details are on hold for a while"),
    State.CONTESTED: gettext_lazy("A senior reviewer looks at both sides; two of them can refuse it"),
}


def next_step(case: Case, viewer: Viewer) -> str:
    """Say what has to happen next, and by whom."""
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
    """Return 0 for a case in nobody's hands, 1 for yours, 2 for somebody else's."""
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
    if case.has_statement:  # type: ignore[attr-defined]  # annotated by sight.queue
        return _("The claimant proves possession on their case page")
    yours, theirs = _STATEMENT[case.proof_step]  # type: ignore[attr-defined]  # annotated by sight.queue
    words = (_("The case was returned to the queue: start again with the reference and PIN"), yours, theirs)
    return str(words[_hands(case, viewer)])


# What happened last toward a proof of possession -> what comes next, for the agent and for others.
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
    """Return what the agent asks: the words of the prompt, or of the security question."""
    return words_of(item.question) if item.question else item.get_prompt_display()


# What everybody reads, and what only those who see into a case read.
PLAIN: dict[str, "StrOrPromise"] = {
    "claim_opened": gettext_lazy("Claim made"),
    "claim_withdrawn": gettext_lazy("A claim was withdrawn"),
    "browser_bound": gettext_lazy("The claimant opened the case page in another browser"),
    "pin_replaced": gettext_lazy("The claimant got a new PIN"),
    "taken": gettext_lazy("Taken from the queue"),
    "given_back": gettext_lazy("Returned to the queue"),
    "session_started": gettext_lazy("Reference and PIN correct; questions started"),
    "taken_over": gettext_lazy("Reference and PIN correct; another agent took over"),
    "answer_recorded": gettext_lazy("Answer recorded"),
    "key_code_offered": gettext_lazy("Six digits given as an answer: may have been a Key code"),
    "round_finished": gettext_lazy("Questions finished"),
    "statement_filed": gettext_lazy("The agent filed a statement"),
    "review_asked": gettext_lazy("Sent to a second reviewer"),
    "approved": gettext_lazy("Approved; waiting period started"),
    "returned": gettext_lazy("Sent back for new proof"),
    "refused": gettext_lazy("Refused"),
    "papers_recorded": gettext_lazy("Proof of identity recorded"),
    "papers_refused": gettext_lazy("Refused: proof of identity was not convincing"),
    "wait_over": gettext_lazy("The waiting period ended"),
    "grant_issued": gettext_lazy(
        "The claimant started: first part of the set-up code on the page, second part by e-mail"
    ),
    "grant_opened": gettext_lazy("The claimant entered both parts of the set-up code"),
    "grant_lapsed": gettext_lazy("The set-up code expired; nothing changed"),
    "set_up_left": gettext_lazy("The claimant stopped before the end; nothing changed"),
    "completed": gettext_lazy("New password and new Key set; all open sign-ins ended"),
    "hold_over": gettext_lazy("Holds lifted"),
    "expired": gettext_lazy("Expired"),
    "withdrawn": gettext_lazy("Withdrawn by the claimant"),
    "owner_is_back": gettext_lazy("The account holder signed in and closed the case"),
    "stopped_by_code": gettext_lazy("The account holder stopped it with the code from a message"),
    "stopped_signed_in": gettext_lazy("The account holder stopped it while signed in"),
}
# What each method says in words of its own: the event, and which of ``methods.contract.Words`` it takes.
OF_METHODS = {"proof_sent": "was_sent", "proof_accepted": "was_accepted"}
_CONFIRMED, _NOT_CONFIRMED = gettext_lazy("confirmed so far"), gettext_lazy("not confirmed")
INSIDE: dict[str, "StrOrPromise"] = {
    "review_assigned": gettext_lazy("Reviewer assigned"),
    "review_declined": gettext_lazy("The reviewer passed; another was assigned"),
    "review_opened": gettext_lazy("Review started"),
    "first_of_two_approved": gettext_lazy("First of two senior reviewers approved"),
    "ended_by_flag": gettext_lazy("Ended by a red flag"),
    "wait_extended": gettext_lazy("No notice could be sent; waiting period started again"),
    "told_late": gettext_lazy("Notice sent late; waiting period counts from then"),
    "owner_not_reached": gettext_lazy("The account holder could not be reached; proof of identity needed"),
    "key_is_alive": gettext_lazy("The Key reported lost was used to sign in; stopped"),
    "tier_raised": gettext_lazy("A second claim came in; stricter review required"),
    "contested_by_desk": gettext_lazy("Stopped by the desk; someone else claims this username"),
    "second_claimant": gettext_lazy("Someone with another claim called in the meantime and was refused"),
    "refusal_proposed": gettext_lazy("A senior reviewer proposed to refuse it; another must agree"),
    "contest_refused": gettext_lazy("A second senior reviewer agreed to refuse it"),
}


@dataclass(frozen=True)
class Line:
    """One line of the timeline: when, who, what."""

    at: datetime
    who: str
    what: str


def timeline(case: Case, *, inside: bool) -> list[Line]:
    """Return what has happened, oldest first; answers one after the other make one line."""
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
        verdict = _NOT_CONFIRMED if event.to_state == State.REFUSED else _CONFIRMED
        return _("Questions finished: {verdict}").format(verdict=verdict)
    if event.action in OF_METHODS:
        return str(getattr(METHODS[event.body["method"]].words, OF_METHODS[event.action]))
    if event.action in PLAIN:
        return str(PLAIN[event.action])
    if inside and event.action in INSIDE:
        return str(INSIDE[event.action])
    return str(State(event.to_state).label) if event.to_state != event.from_state else ""


def _who(event: Event, *, inside: bool) -> str:
    """Name the person only where the reader may know them: agents never learn who checks them, nor the holder."""
    kind = Actor(event.actor_kind)
    if event.actor is None or kind == Actor.OWNER or (kind == Actor.SENIOR and not inside):
        return str(kind.label)
    return f"{event.actor.username}, {kind.label}" if kind != Actor.SYSTEM else str(kind.label)
