"""The limits of looking up customers at the desk; ``portal.throttle.limits`` has all the others, and these."""

from datetime import timedelta

from django.utils.translation import gettext_lazy as _

from portal.throttle.counting import Limit

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
