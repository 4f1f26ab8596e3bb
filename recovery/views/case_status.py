"""The status of a case in words: what happens now, what comes next, by when, whose turn it is."""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from django.conf import settings
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from portal.lib import hours
from recovery.actions import claims, possession, reviews
from recovery.enums import State, WaitingOn
from recovery.methods.contract import Method
from recovery.models import Claim
from recovery.policies import case_policy, public_status, state_machine
from recovery.policies.public_status import PublicStatus
from recovery.views.cookies import SET_UP, browser_of

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

STEPS = (_("Request"), _("Questions"), _("Proof"), _("Review"), _("Wait"), _("Set up"))
_IN_TALK = frozenset({PublicStatus.VERIFYING, PublicStatus.POSSESSION, PublicStatus.STATEMENT})
_NEXT = {
    PublicStatus.OPEN: 2,
    PublicStatus.VERIFYING: 2,
    PublicStatus.POSSESSION: 3,
    PublicStatus.STATEMENT: 3,
    PublicStatus.REVIEW: 4,
    PublicStatus.COOLING: 5,
    PublicStatus.READY: 6,
    PublicStatus.SETTING_UP: 6,
}


@dataclass(frozen=True)
class Words:
    """A status in words."""

    heading: "StrOrPromise"
    now: "StrOrPromise"
    next: "StrOrPromise"
    turn: WaitingOn = WaitingOn.NOBODY


WORDS: dict[PublicStatus, Words] = {
    PublicStatus.OPEN: Words(
        _("We have your request"),
        _("One of our agents will go through it with you on the phone."),
        _("The agent asks questions about you and your account. This takes about ten minutes."),
        WaitingOn.AGENT,
    ),
    PublicStatus.VERIFYING: Words(
        _("We are asking our questions"),
        _("An agent is going through your case with you."),
        _("After the last question, this page shows the next step. We never say whether a single answer was right."),
        WaitingOn.AGENT,
    ),
    PublicStatus.POSSESSION: Words(
        _("Show that it is you"),
        _("You have answered our questions. Now prove that it is you in one of the ways below."),
        _("A second member of our team reviews your case."),
        WaitingOn.CLAIMANT,
    ),
    PublicStatus.STATEMENT: Words(
        _("Thank you, that is correct"),
        _("The agent is writing a report of the call."),
        _("A second member of our team reviews your case."),
        WaitingOn.AGENT,
    ),
    PublicStatus.PAPERS: Words(
        _("We need to see proof of identity"),
        _("Call us to agree on how you can show it."),
        _("A second member of our team reviews your case."),
        WaitingOn.CLAIMANT,
    ),
    PublicStatus.REVIEW: Words(
        _("A second member of our team is reviewing your case"),
        _("Someone who has not worked on it will decide. You do not need to do anything."),
        _("If it is approved, a waiting period begins."),
        WaitingOn.SENIOR,
    ),
    PublicStatus.COOLING: Words(
        _("Approved: the waiting period has started"),
        _("We have e-mailed the account holder, who can stop this if it was not their request."),
        _("You come back to this page to choose a new password and set up a new Key."),
        WaitingOn.CLOCK,
    ),
    PublicStatus.READY: Words(
        _("You can start now"),
        _("The waiting period is over."),
        _("You choose a new password and set up a new Key. Then you sign in as usual."),
        WaitingOn.CLAIMANT,
    ),
    PublicStatus.SETTING_UP: Words(
        _("You have started setting up"),
        _("Your password and Key have not changed yet. Both change when you finish."),
        _("You sign in with your new password and your new Key."),
        WaitingOn.CLAIMANT,
    ),
    PublicStatus.HOLD: Words(
        _("Done: you can sign in again"),
        _("Your new password and new Key are now active."),
        _("Sign in. What is on hold becomes available again automatically."),
    ),
    PublicStatus.DONE: Words(
        _("This case is finished"),
        _("Your new password and new Key are active, and nothing is on hold any more."),
        _("Nothing more to do. You can sign in."),
    ),
    PublicStatus.CONTESTED: Words(
        _("Someone objected to this request"),
        _("The account holder's side asked us to stop this case. It cannot change anything now."),
        _("Two senior colleagues will look into it. Call us and have your reference ready."),
        WaitingOn.SENIOR,
    ),
    PublicStatus.NOT_CONFIRMED: Words(
        _("We could not confirm your identity"),
        _("This case is closed. To protect all our customers, we do not say which part failed."),
        _("You can try another way, below, or start again."),
    ),
    PublicStatus.WITHDRAWN: Words(
        _("You withdrew this request"),
        _("The case is closed, and nothing has changed."),
        _("Nothing more to do. If you need help after all, start again."),
    ),
    PublicStatus.EXPIRED: Words(
        _("This case has expired"),
        _("The case is closed, and nothing has changed."),
        _("Nothing more to do. If you still need help, start again."),
    ),
}


@dataclass(frozen=True)
class ClaimPage:
    """A claim as its page shows it."""

    claim: Claim
    status: PublicStatus
    words: Words
    step: int  # of STEPS, from 1; 0 if the case is over
    by: datetime | None
    starts_left: int
    is_own_browser: bool
    methods: list[Method]  # with which possession can be proved now
    is_under_way: bool  # a grant of this browser is open or waits for its second part

    @property
    def waiting_on(self) -> WaitingOn:
        """Return who owes the next step; claimants who left no phone number have to call us."""
        is_theirs = self.status == PublicStatus.OPEN and not self.claim.contact
        return WaitingOn.CLAIMANT if is_theirs else self.words.turn

    @property
    def agent(self) -> User | None:
        """Return the agent in charge of the case, from the first question to the statement."""
        return self.claim.case.maker if self.status in _IN_TALK else None

    @property
    def is_over(self) -> bool:
        """Tell whether nothing can happen to this claim any more."""
        return self.status in public_status.OVER

    @property
    def may_withdraw(self) -> bool:
        """Tell whether the claim can still be withdrawn."""
        is_theirs = self.is_own_browser or not self.claim.browser_digest
        return is_theirs and not (self.is_over or self.status in {PublicStatus.HOLD, PublicStatus.CONTESTED})

    @property
    def may_change_browser(self) -> bool:
        """Tell whether the case could be moved to this browser."""
        early = claims.state_for(self.claim) in state_machine.UNPROVED
        return early and not self.is_own_browser and claims.may_bind(self.claim)


def page_of(claim: Claim, request: HttpRequest) -> ClaimPage:
    """Read the status of a claim; the same statements for every claim."""
    case = claim.case
    status = public_status.of(
        case.state,
        is_own=case.claim_id == claim.pk,
        is_withdrawn=claim.closed_at is not None,
        is_proved=reviews.is_proved(case),
    )
    methods = possession.offered(case) if status == PublicStatus.POSSESSION else []
    return ClaimPage(
        claim=claim,
        status=status,
        words=_words(status, methods),
        step=_NEXT.get(status, 0),
        by=_by(claim, status),
        starts_left=case.terms.most_grants - case.grants.count(),
        is_own_browser=claims.is_browser_of(claim, browser_of(request)),
        methods=methods,
        is_under_way=SET_UP.read(request).get("claim") == claim.pk,
    )


def _words(status: PublicStatus, methods: list[Method]) -> Words:
    """Return the words of a status; if only one method is offered, its own words."""
    if len(methods) != 1:
        return WORDS[status]
    return replace(WORDS[status], heading=methods[0].words.heading, now=methods[0].words.now)


def _by(claim: Claim, status: PublicStatus) -> datetime | None:
    """Return by when the next step will be done. A claim that waits for its turn counts from its own start."""
    if status in public_status.OVER:
        return None
    if status not in public_status.OURS:
        return claim.case.until
    if status != PublicStatus.OPEN:
        return _in_hours(claim.case.target_at)
    return _in_hours(case_policy.target(State.OPEN, tier=1, now=claim.created_at)) if claim.contact else None


def _in_hours(target: datetime | None) -> datetime | None:
    """Return the target, or the next opening time if the desk is closed then; None if there is none."""
    if target is None:
        return None
    then = hours.status(settings.PORTAL_SUPPORT_HOURS, ZoneInfo(settings.PORTAL_SUPPORT_TZ), target)
    return target if then.is_open else then.changes_at
