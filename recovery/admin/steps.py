"""The steps of the desk: who may take each, when, and which action it calls.

``check`` raises the refusal that the action would raise; a step without one is offered on the case's page.
The actions check everything again, whatever a page has shown.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.refusals import Refusal
from portal.lib import client
from recovery.actions import assignment, objections, papers, possession, questions, reviews, statements
from recovery.admin import step_checks, visibility
from recovery.admin.visibility import Viewer
from recovery.enums import Observed, State
from recovery.forms.staff import AnswerForm, ApproveForm, DeskForm, PapersForm, ReasonForm, StatementForm
from recovery.methods import METHODS
from recovery.methods.contract import Method
from recovery.models import Case, Decision
from recovery.refusals import CaseNotOpen

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise


@dataclass(frozen=True)
class Act:
    """The input of a step: the case, what was typed, by whom, from where, when."""

    case: Case
    typed: dict[str, Any]
    by: User
    origin: client.Origin
    now: datetime

    @property
    def common(self) -> dict[str, Any]:
        """Return the arguments of every action."""
        return {"by": self.by, "origin": self.origin, "now": self.now}


@dataclass(frozen=True)
class Step:
    """A button of a case, its page and its action."""

    name: str
    label: "StrOrPromise"
    explains: "StrOrPromise"
    check: Callable[[Case, Viewer], None]
    do: Callable[[Act], "StrOrPromise"]
    form: type[DeskForm] = DeskForm
    button: "StrOrPromise" = ""
    is_danger: bool = False
    next_step: str = ""  # the step whose page follows; else the case's own page

    def is_open(self, case: Case, viewer: Viewer) -> bool:
        """Tell whether this user may do this now."""
        try:
            self.check(case, viewer)
        except Refusal:
            return False
        return True


# --- What a step does ------------------------------------------------------------------------------


def _claim(act: Act) -> Any:
    if act.case.claim is None:
        raise CaseNotOpen(act.case.state)
    return act.case.claim


def _ask(act: Act) -> "StrOrPromise":
    item = _claim(act).items.filter(place=act.typed["place"]).first()
    if item is None:
        raise CaseNotOpen(act.case.state)
    questions.record_answer(item=item, answer=act.typed["answer"], **act.common)
    return _("Recorded.")


def _finish(act: Act) -> "StrOrPromise":
    case = questions.finish_round(claim=_claim(act), **act.common)
    if case.state == State.POSSESSION:
        return _("Continue. Ask the claimant for proof of possession, then file your statement.")
    if case.state == State.PROOFING:
        return _("Continue with proof of identity. Agree with the claimant how they will show it.")
    return _("Not confirmed. Close the call with the standard words. Do not guess why.")


def _send(method: Method, act: Act) -> "StrOrPromise":
    possession.send(method=method, claim=_claim(act), **act.common)
    return method.words.sent_for_agent


def _state(act: Act) -> "StrOrPromise":
    observed = [Observed(code) for code in act.typed["observations"]]
    statements.file_statement(
        claim=_claim(act),
        codes=observed,
        recommends=act.typed["recommends"] == "yes",
        call_reference=act.typed["call_reference"],
        **act.common,
    )
    return _("Your statement is filed.")


def _give_back(act: Act) -> "StrOrPromise":
    assignment.give_back(case=act.case, **act.common)
    return _("Returned to the queue. The next agent must ask for the reference and PIN again.")


def _decision(act: Act) -> Decision:
    decision = visibility.pending(act.case)
    if decision is None:
        raise CaseNotOpen(act.case.state)
    return decision


def _begin(act: Act) -> "StrOrPromise":
    reviews.open_review(decision=_decision(act), **act.common)
    return _("Your review has started.")


def _approve(act: Act) -> "StrOrPromise":
    case = reviews.approve(
        decision=_decision(act),
        reason=act.typed["reason"],
        own_check=act.typed.get("own_check", ""),
        code=act.typed["code"],
        **act.common,
    )
    if case.state == State.COOLING:
        return _("Approved. The waiting period has started, and we are telling the account holder.")
    return _("Your approval is recorded. A second senior reviewer was assigned.")


def _return(act: Act) -> "StrOrPromise":
    reviews.return_case(decision=_decision(act), reason=act.typed["reason"], **act.common)
    return _("Sent back for new proof.")


def _refuse(act: Act) -> "StrOrPromise":
    reviews.refuse(decision=_decision(act), reason=act.typed["reason"], **act.common)
    return _("Refused.")


def _decline(act: Act) -> "StrOrPromise":
    chosen = reviews.decline(decision=_decision(act), reason=act.typed["reason"], **act.common)
    if chosen == act.by:
        return _("No one else is available, so the review stays with you.")
    return _("Passed on. Another reviewer was assigned.")


def _record_papers(act: Act) -> "StrOrPromise":
    papers.record_papers(case=act.case, shown=act.typed["reason"], **act.common)
    return _("Recorded. Two senior reviewers decide.")


def _refuse_papers(act: Act) -> "StrOrPromise":
    papers.refuse_papers(case=act.case, reason=act.typed["reason"], **act.common)
    return _("Refused.")


def _refuse_contested(act: Act) -> "StrOrPromise":
    case = objections.refuse_contested(case=act.case, reason=act.typed["reason"], **act.common)
    return _("Refused.") if case.state == State.REFUSED else _("Recorded. Another senior reviewer must agree.")


def _contest(act: Act) -> "StrOrPromise":
    objections.contest_by_desk(case=act.case, reason=act.typed["reason"], **act.common)
    return _("Stopped. Two senior reviewers will look into it.")


# --- The table -------------------------------------------------------------------------------------

_QUESTIONS = (
    Step("ask", _("Ask the questions"), "", step_checks.may_ask, _ask, AnswerForm, _("Record"), next_step="ask"),
    Step(
        "finish",
        _("Finish the questions"),
        _("You have asked all the questions. You now learn whether the case continues. No one is told why."),
        step_checks.may_finish,
        _finish,
        button=_("Finish the questions"),
    ),
)
_DECISIONS = (
    Step(
        "statement",
        _("File your statement"),
        _("The second reviewer reads what you noticed. You can file your statement only once."),
        step_checks.may_state,
        _state,
        StatementForm,
        _("File statement"),
    ),
    Step(
        "review",
        _("Start my review"),
        _("The minimum review time starts now. Read the whole case before you decide."),
        step_checks.may_begin,
        _begin,
        button=_("Start"),
    ),
    Step("approve", _("Approve"), "", step_checks.may_approve, _approve, ApproveForm, _("Approve")),
    Step(
        "return",
        _("Send back"),
        _("The claimant must give proof again. Earlier proofs no longer count."),
        step_checks.may_decide,
        _return,
        ReasonForm,
        _("Send back"),
    ),
    Step(
        "refuse",
        _("Refuse"),
        _("This closes the case. The claimant reads the same words as anyone we could not confirm."),
        step_checks.may_decide,
        _refuse,
        ReasonForm,
        _("Refuse"),
        is_danger=True,
    ),
    Step(
        "decline",
        _("I should not decide this"),
        _("For example, because you know the account holder. Another reviewer is assigned."),
        step_checks.may_decide,
        _decline,
        ReasonForm,
        _("Pass it on"),
    ),
    Step(
        "papers",
        _("Record proof of identity"),
        _("The claimant showed you proof of identity. Two other senior reviewers decide on what you record."),
        step_checks.may_record_papers,
        _record_papers,
        PapersForm,
        _("Record"),
    ),
    Step(
        "refuse-papers",
        _("Refuse"),
        _("The proof of identity is not convincing. This closes the case, and the claimant is not told why."),
        step_checks.may_refuse_papers,
        _refuse_papers,
        ReasonForm,
        _("Refuse"),
        is_danger=True,
    ),
    Step(
        "refuse-contested",
        _("Refuse this claim"),
        _("The account holder objected. Two senior reviewers must refuse it: yours is the first or second decision."),
        step_checks.may_refuse_contested,
        _refuse_contested,
        ReasonForm,
        _("Refuse"),
        is_danger=True,
    ),
    Step(
        "contest",
        _("Contest this case"),
        _("Another caller has shown that this username is theirs. The case stops until two senior reviewers decide."),
        step_checks.may_contest,
        _contest,
        ReasonForm,
        _("Stop the case"),
        is_danger=True,
    ),
    Step(
        "give-back",
        _("Return to the queue"),
        _("Another agent can take the case. Proof already given still counts."),
        step_checks.may_give_back,
        _give_back,
        button=_("Return to the queue"),
    ),
)


def _sending(method: Method) -> Step:
    """Return the button of a method."""
    words = method.words
    check, do = partial(step_checks.may_send, method), partial(_send, method)
    return Step(f"send-{method.name}", words.send, words.send_explains, check, do, button=words.send)


def every() -> dict[str, Step]:
    """Return all steps by name, in the order of a case."""
    sendings = [_sending(method) for method in METHODS.values()]
    return {step.name: step for step in (*_QUESTIONS, *sendings, *_DECISIONS)}


def offered(case: Case, viewer: Viewer) -> list[Step]:
    """Return the steps this user may take now, the next one first."""
    return [step for step in every().values() if step.name != "finish" and step.is_open(case, viewer)]
