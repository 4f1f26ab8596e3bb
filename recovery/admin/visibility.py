"""Who sees which cases, and how much of them.

Agents are blinded: they see their own cases and those that can be taken, and never whether a username exists,
how an answer was judged or how risky a case is. Auditors see everything and change nothing.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Case as When
from django.db.models import Exists, F, OuterRef, Prefetch, Q, QuerySet, Subquery, Value
from django.db.models import When as Where
from django.http import Http404

from accounts.enums import Role
from accounts.models import User
from recovery.actions import assignment
from recovery.enums import State, Verdict
from recovery.models import Case, Decision, Event, Flag, Observation
from recovery.refusals import NotAllowed, NotYours

WORKERS = (Role.AGENT, Role.SENIOR)
READERS = (*WORKERS, Role.AUDITOR)
# These belong to all seniors.
OF_SENIORS = (State.PROOFING, State.CONTESTED)
# The length of these reveals the tier of a case, which agents must not see.
STATES_HIDDEN_FROM_AGENTS = (State.REVIEW, State.COOLING, State.HOLD)


@dataclass(frozen=True)
class Viewer:
    """A user at the desk. Superusers have no role here, since nobody checks them."""

    user: User
    roles: frozenset[str]

    @classmethod
    def of(cls, user: User) -> "Viewer":
        """Read the roles of a staff member, in one query."""
        names = () if user.is_superuser else user.groups.values_list("name", flat=True)
        return cls(user, frozenset(names))

    def is_one_of(self, roles: Iterable[Role]) -> bool:
        """Tell whether they have one of the roles."""
        return bool(self.roles & {str(role) for role in roles})

    def need(self, *roles: Role) -> None:
        """Require one of the roles. Raises: ``NotAllowed``."""
        if not self.is_one_of(roles):
            raise NotAllowed

    @property
    def works(self) -> bool:
        """Tell whether they work on cases, or only read."""
        return self.is_one_of(WORKERS)

    @property
    def decides(self) -> bool:
        """Tell whether they may be drawn as a second person."""
        return self.is_one_of([Role.SENIOR])

    @property
    def audits(self) -> bool:
        """Tell whether they read everything."""
        return self.is_one_of([Role.AUDITOR])


def cases(viewer: Viewer) -> QuerySet[Case]:
    """Return the cases a viewer may see."""
    if viewer.audits:
        return Case.objects.all()
    seen = Q(pk=None)
    if viewer.works:
        seen |= Q(maker=viewer.user) | can_be_taken()
    if viewer.decides:
        seen |= Q(state__in=OF_SENIORS) | Q(pk__in=_reviewed(viewer).values("case")) | _nobody_drawn()
    return Case.objects.filter(seen)


def _nobody_drawn() -> Q:
    """Return the condition for a review that nobody can take, which every senior is to know of."""
    waiting = Decision.objects.filter(outcome=Verdict.PENDING, assigned_to=None)
    return Q(state=State.REVIEW, pk__in=waiting.values("case"))


def can_be_taken() -> Q:
    """Return the condition for an unassigned case that waits for an agent."""
    return Q(maker=None, state__in=assignment.ASSIGNABLE_STATES)


def queue(viewer: Viewer) -> QuerySet[Case]:
    """Return the cases of the queue with everything its columns show, in three queries whatever their number.

    ``due`` is the target as far as the viewer may know it, ``inside`` whether they see tier and flags.
    """
    found = cases(viewer).select_related("maker", "claim").prefetch_related(_pending(), *_flags(viewer))
    found = found.annotate(
        has_statement=Exists(Observation.objects.filter(claim=OuterRef("claim"))), proof_step=Subquery(_proof_step())
    )
    if viewer.audits:
        return found.annotate(due=F("target_at"), inside=Value(True))
    hidden = Q(state__in=STATES_HIDDEN_FROM_AGENTS) & ~_drawn(viewer)
    return found.annotate(due=When(Where(hidden, then=None), default=F("target_at")), inside=_inside(viewer))


def one(viewer: Viewer, pk: int) -> Case:
    """Return one case with the same annotations. Raises: ``NotYours`` for somebody else's, ``Http404`` for none."""
    case = queue(viewer).select_related("maker", "claim", "policy", "subject").filter(pk=pk).first()
    if case is not None:
        return case
    if Case.objects.filter(pk=pk).exists():
        raise NotYours
    raise Http404


def pending(case: Case) -> Decision | None:
    """Return the pending decision, from what ``queue`` has fetched."""
    waiting: list[Decision] = case.waiting_decisions  # type: ignore[attr-defined]  # from the prefetch below
    return waiting[0] if waiting else None


def _proof_step() -> "QuerySet[Event, tuple[str]]":
    """Return the latest event of a proof of possession since the case entered its state."""
    steps = Event.objects.filter(case=OuterRef("pk"), at__gte=OuterRef("state_at"))
    return steps.filter(action__in=["proof_sent", "proof_accepted"]).order_by("-n").values_list("action")[:1]


def _pending() -> "Prefetch[str, QuerySet[Decision], str]":
    waiting = Decision.objects.filter(outcome=Verdict.PENDING).select_related("assigned_to")
    return Prefetch("decisions", waiting, to_attr="waiting_decisions")


def _flags(viewer: Viewer) -> "list[Prefetch[str, QuerySet[Flag], str]]":
    if not (viewer.audits or viewer.decides):
        return []
    return [Prefetch("flags", Flag.objects.order_by("at"), to_attr="raised")]


def _reviewed(viewer: Viewer) -> QuerySet[Decision]:
    """Return the decisions for which this senior was drawn, or which they took part in."""
    me = Q(assigned_to=viewer.user) | Q(checker=viewer.user) | Q(second_checker=viewer.user)
    return Decision.objects.filter(me)


def _inside(viewer: Viewer) -> When:
    """Return whether a senior sees the inside: drawn for the case, or it belongs to all; never of their own work."""
    if not viewer.decides:
        return When(default=Value(False))
    theirs = Q(maker__isnull=False) & Q(maker=viewer.user)
    seen = ~theirs & (Q(state__in=OF_SENIORS) | _drawn(viewer))
    return When(Where(seen, then=Value(True)), default=Value(False))


def _drawn(viewer: Viewer) -> Q:
    """Return the condition for a case for which this senior was drawn."""
    return Q(Exists(_reviewed(viewer).filter(case=OuterRef("pk"))))
