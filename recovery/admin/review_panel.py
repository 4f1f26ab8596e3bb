"""What a drawn senior or an auditor sees of a case beyond what agents see; never answers or contact details."""

from dataclasses import dataclass, field

from django.utils.translation import gettext as _

from portal.audit import sealed_words
from recovery.actions import reviews
from recovery.admin.visibility import Viewer
from recovery.enums import Family, Observed, Outcome, Severity, Source
from recovery.methods import METHODS
from recovery.models import Case, Evidence, Observation


@dataclass(frozen=True)
class Result:
    """The outcome of one kind of proof."""

    label: str
    is_met: bool


@dataclass(frozen=True)
class Statement:
    """An agent's statement, in words."""

    by: str
    recommends: bool
    observed: list[str]
    call_reference: str


@dataclass(frozen=True)
class Decided:
    """A decision of seniors on a case, and why."""

    by: str
    outcome: str
    reason: str
    own_check: str


@dataclass(frozen=True)
class Inside:
    """Tier, flags, outcomes by kind, statements; for auditors also the kind of case and its points."""

    tier: int
    flags: list[tuple[str, str]]
    results: list[Result]
    statements: list[Statement]
    papers: list[str] = field(default_factory=list)
    facts: dict[str, str] = field(default_factory=dict)
    decisions: list[Decided] = field(default_factory=list)


def of(case: Case, viewer: Viewer) -> Inside | None:
    """Return the inside of a case, or None for viewers who must not see it."""
    if not case.inside:  # type: ignore[attr-defined]  # annotated by visibility.queue
        return None
    return Inside(
        tier=case.tier,
        flags=[(_badge(flag.severity), flag.get_kind_display()) for flag in case.raised],  # type: ignore[attr-defined]
        results=_results(case),
        statements=[_statement(row) for row in Observation.objects.filter(claim__case=case).select_related("by")],
        papers=_papers(case),
        facts=_facts(case) if viewer.audits else {},
        decisions=_decisions(case) if viewer.audits else [],
    )


def _papers(case: Case) -> list[str]:
    """Return what was shown, each time papers were recorded."""
    recorded = sealed_words.facts_of(case.events.filter(action="papers_recorded").order_by("n"))
    return [facts["shown"] for facts in recorded.values()]


def _badge(severity: str) -> str:
    return "err" if severity == Severity.RED else "warn"


def _results(case: Case) -> list[Result]:
    """Return one line per kind of question, and one per method; nothing about single answers."""
    rows = list(Evidence.objects.filter(claim=case.claim).select_related("item").order_by("pk"))
    lines = []
    for source in Source:
        outcomes = {row.outcome for row in rows if row.item and row.item.source == source}
        if outcomes:
            lines.append(Result(str(source.label), Outcome.MET in outcomes and Outcome.NOT_MET not in outcomes))
    proofs = {row.method: row.outcome for row in rows if not row.item}
    return lines + [Result(_label(name), last == Outcome.MET) for name, last in proofs.items()]


def _label(method: str) -> str:
    return str(Family.PAPERS.label if method == reviews.PAPERS else METHODS[method].words.label)


def _statement(row: Observation) -> Statement:
    observed = [str(Observed(code).label) for code in row.codes]
    return Statement(row.by.username, row.recommends, observed, row.call_reference)


def _facts(case: Case) -> dict[str, str]:
    return {
        _("Kind of case"): case.get_kind_display(),
        _("Knowledge score"): str(case.knowledge),
        _("Basis for approval"): case.get_basis_display(),
        _("Policy"): str(case.policy),
    }


def _decisions(case: Case) -> list[Decided]:
    """Return the decisions on a case. For auditors only: a second senior must not rely on the first one's words."""
    rows = case.decisions.exclude(reason="").select_related("checker", "second_checker").order_by("pk")
    return [
        Decided(
            by=", ".join(senior.username for senior in (row.checker, row.second_checker) if senior),
            outcome=row.get_outcome_display(),
            reason=row.reason,
            own_check=row.own_check,
        )
        for row in rows
    ]
