"""System checks of recovery. Ids are documented in docs/reference/checks.md."""

from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, register

from recovery.actions import policy_versions
from recovery.methods import METHODS

_A_DAY = 1440  # minutes


@register(Tags.security, deploy=True)
def waiting_period_lasts_a_day(**_: Any) -> list[CheckMessage]:
    """recovery.E001: owners would have less than a day to stop a recovery."""
    if settings.PORTAL_CASE_COOLING_MINUTES >= _A_DAY:
        return []
    return [
        Error(
            "PORTAL_CASE_COOLING_MINUTES is less than a day.",
            hint="Account holders need time to read our message and stop a recovery they did not request.",
            id="recovery.E001",
        )
    ]


@register()
def a_case_can_be_approved(**_: Any) -> list[CheckMessage]:
    """recovery.E002: whoever proves all that is asked still lacks points, and waits in vain."""
    terms = policy_versions.terms_in_force()
    weakest: dict[str, int] = {}
    for name, points in terms.points.items():
        family = METHODS[name].family
        weakest[family] = min(points, weakest.get(family, points))
    least = terms.gate + sum(sorted(weakest.values())[: terms.families_needed])
    if len(weakest) >= terms.families_needed and least >= terms.total_needed:
        return []
    return [
        Error(
            f"A case that has passed every step may have {least} points of {terms.total_needed}.",
            hint="In recovery/policies/case_policy.py, total_needed is at most gate plus the weakest proofs required.",
            id="recovery.E002",
        )
    ]
