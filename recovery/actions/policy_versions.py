"""The terms in force: defined by settings, saved as a version by the first case that uses them."""

import hashlib
import json
from datetime import datetime

from django.conf import settings

from recovery.methods import METHODS
from recovery.models import Policy
from recovery.policies.case_policy import Terms


def terms_in_force() -> Terms:
    """Return the terms for a case opened now."""
    return Terms(
        cooling_minutes=settings.PORTAL_CASE_COOLING_MINUTES,
        hold_hours=settings.PORTAL_CASE_HOLD_HOURS,
        ready_hours=settings.PORTAL_CASE_READY_HOURS,
        minimum_review_seconds=settings.PORTAL_CASE_MINIMUM_REVIEW_SECONDS,
        grant_open_minutes=settings.PORTAL_GRANT_OPEN_MINUTES,
        grant_finish_minutes=settings.PORTAL_GRANT_FINISH_MINUTES,
        points={name: method.points for name, method in METHODS.items()},
    )


def current(*, now: datetime) -> Policy:
    """Return the version of the terms in force, saved if it is new."""
    body = terms_in_force().as_body()
    digest = hashlib.sha256(json.dumps(body, sort_keys=True).encode()).hexdigest()
    policy, _is_new = Policy.objects.get_or_create(digest=digest, defaults={"body": body, "active_from": now})
    return policy
