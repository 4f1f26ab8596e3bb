"""The limits of one member of staff at the desk; ``portal.throttle.limits`` has all the others, and these."""

from datetime import timedelta

from django.utils.translation import gettext_lazy as _

from portal.throttle.counting import Limit

_FAILURES, _LOCKOUT = "PORTAL_FAILURE_LIMIT", "PORTAL_LOCKOUT_MINUTES"

STEP_UP = Limit(
    "step-up",
    _("Key code of a staff decision"),
    "Wrong Key codes that one member of staff gives to confirm a decision; signing in cannot use them up.",
    tries=_FAILURES,
    window=_LOCKOUT,
    pause=_LOCKOUT,
    total="PORTAL_CODE_FAILURE_TOTAL",
)
INTAKE_BY_STAFF = Limit(
    "intake-by-staff",
    _("Opening cases for callers"),
    "Claims opened by one member of staff.",
    tries=20,
    window=_LOCKOUT,
    pause=_LOCKOUT,
)
LOOK = Limit(
    "look",
    _("Customers looked up"),
    "Customers that one member of staff looks up at the desk.",
    tries=60,
    window=timedelta(hours=1),
)
LOOK_MISSED = Limit(
    "look-missed",
    _("Usernames looked up that nobody has"),
    "Usernames nobody has that one member of staff looks up at the desk, so that nobody can try names one by one.",
    tries=10,
    window=timedelta(days=1),
)
PAUSE_ENDED = Limit(
    "pause-ended",
    _("Pauses ended by hand"),
    "Times that one member of staff ends the pauses of one username or network, so that nobody is let guess on.",
    tries=3,
    window=timedelta(days=1),
)
SIGNED_OUT = Limit(
    "signed-out",
    _("Signed out by hand"),
    "Times that one member of staff signs one customer out everywhere.",
    tries=5,
    window=timedelta(days=1),
)
