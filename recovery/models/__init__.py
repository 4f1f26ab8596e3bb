"""The tables of recovery."""

from recovery.models.cases import Case, Claim, Policy
from recovery.models.checks import Evidence, Flag, Observation, PlanItem
from recovery.models.decisions import Decision
from recovery.models.events import Event
from recovery.models.grants import Hold, RecoveryGrant, StopCode
from recovery.models.password_resets import PasswordReset

__all__ = [
    "Case",
    "Claim",
    "Decision",
    "Event",
    "Evidence",
    "Flag",
    "Hold",
    "Observation",
    "PasswordReset",
    "PlanItem",
    "Policy",
    "RecoveryGrant",
    "StopCode",
]
