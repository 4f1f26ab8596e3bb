"""Who sees which cases, and how far into them.

Agents stay blind: they see what they have in hand and what can be taken, and never whether a name exists,
how an answer was judged or how risky a case is. Auditors see everything and touch nothing.
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
# These lie with all seniors.
OF_SENIORS = (State.PROOFING, State.CONTESTED)
# How long these last says how careful a case is handled, which agents do not see.
STATES_HIDDEN_FROM_AGENTS = (State.REVIEW, State.COOLING, State.HOLD)


@dataclass(frozen=True)
class Viewer:
    """Somebody at the desk. A superuser has no role here: they would answer to nobody."""

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
        """Refuse a user who has none of the roles. Raises: ``NotAllowed``."""
        if not self.is_one_of(roles):
            raise NotAllowed

    @property
    def works(self) -> bool:
        """Tell whether they do anything here, or only read."""
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
    """Return the cases somebody may see."""
    if viewer.audits:
        return Case.objects.all()
    seen = Q(pk=None)
    if viewer.works:
        seen |= Q(maker=viewer.user) | can_be_taken()
    if viewer.decides:
        seen |= Q(state__in=OF_SENIORS) | Q(pk__in=_reviewed(viewer).values("case"))
    return Case.objects.filter(seen)


def can_be_taken() -> Q:
    """Return the condition for a case that is in nobody's hands and waits for an agent."""
    return Q(maker=None, state__in=assignment.ASSIGNABLE_STATES)


def queue(viewer: Viewer) -> QuerySet[Case]:
    """Return the cases of the queue with all that its columns show, in three queries whatever their number.

    ``due`` is the target as far as this person may know it, ``inside`` whether they see tier and flags.
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
    """Return the decision that waits to be made, from what ``queue`` has fetched."""
    waiting: list[Decision] = case.waiting_decisions  # type: ignore[attr-defined]  # of the prefetch below
    return waiting[0] if waiting else None


def _proof_step() -> "QuerySet[Event, tuple[str]]":
    """Return what happened last toward a proof of possession since the case stands where it stands."""
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
    """Return the decisions this senior was drawn for, or has taken part in."""
    me = Q(assigned_to=viewer.user) | Q(checker=viewer.user) | Q(second_checker=viewer.user)
    return Decision.objects.filter(me)


def _inside(viewer: Viewer) -> When:
    """Return whether a senior sees into a case: drawn for it, or for all of them; never their own work as an agent."""
    if not viewer.decides:
        return When(default=Value(False))
    theirs = Q(maker__isnull=False) & Q(maker=viewer.user)
    seen = ~theirs & (Q(state__in=OF_SENIORS) | _drawn(viewer))
    return When(Where(seen, then=Value(True)), default=Value(False))


def _drawn(viewer: Viewer) -> Q:
    """Return the condition for a case this senior was drawn for."""
    return Q(Exists(_reviewed(viewer).filter(case=OuterRef("pk"))))
