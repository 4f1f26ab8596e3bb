"""Every limit of the product: how many attempts, in what time, and how long the pause after the last one is.

A number that is a setting is given by name and read when it is needed. docs/reference/limits.md is generated
from this module by portal/throttle/limits_page.py; docs/decisions/0021-limits-as-data.md says how a limit counts.
"""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from portal.throttle import staff_limits
from portal.throttle.counting import Limit

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

_FAILURES, _LOCKOUT = "PORTAL_FAILURE_LIMIT", "PORTAL_LOCKOUT_MINUTES"
_TEN_MINUTES, _DAY, _MONTH = timedelta(minutes=10), timedelta(days=1), timedelta(days=30)
_WIDE_TIMES = (
    4  # attempts of an IPv6 /56 for each of one /64: a site with many networks has more people, but not 256 times more
)


def _of_networks(name: str, label: "StrOrPromise", bounds_what: str, *, tries: int | str) -> Limit:
    """Return a limit of networks: they all pause for the lockout time, and have no total."""
    narrow = Limit(name, label, bounds_what, tries, window=_LOCKOUT, pause=_LOCKOUT, is_of_networks=True)
    around = f"The same, from the IPv6 /56 around: {_WIDE_TIMES} times as many."
    wide = replace(
        narrow, name=f"{name}-56", label=format_lazy("{} (/56)", label), bounds_what=around, times=_WIDE_TIMES
    )
    return replace(narrow, wide=wide)


# --- Signing in -------------------------------------------------------------------------------------
PASSWORD = Limit(
    "password",
    _("Password"),
    "Wrong passwords for one username; each known browser has its own, all others share one.",
    tries=_FAILURES,
    window=_LOCKOUT,
    pause=_LOCKOUT,
)
CODE = Limit(
    "code",
    _("Key code"),
    "Wrong Key codes and backup codes for one username; each known browser has its own, all others share one.",
    tries=_FAILURES,
    window=_LOCKOUT,
    pause=_LOCKOUT,
    total="PORTAL_CODE_FAILURE_TOTAL",
)
NETWORK = _of_networks(
    "network",
    _("Network"),
    "Wrong passwords from one address or IPv6 /64, whatever the username; known browsers are not counted.",
    tries="PORTAL_SOURCE_LIMIT",
)
PASSKEY = _of_networks(
    "passkey",
    _("Passkey answers"),
    "Refused passkey answers from one address or IPv6 /64; known browsers are not counted.",
    tries=100,
)
PASSKEY_BROWSER = Limit(
    "passkey-browser",
    _("Passkey answers of a browser"),
    "Refused passkey answers from one known browser.",
    tries=20,
    window=_LOCKOUT,
    pause=_LOCKOUT,
)
STEP_UP = staff_limits.STEP_UP
TRAVEL_PASS = Limit(
    "travel-pass",
    _("Key code of a travel pass"),
    "Wrong Key codes given for one username to open a travel pass; signing in cannot use them up.",
    tries=_FAILURES,
    window=_LOCKOUT,
    pause=_LOCKOUT,
    total="PORTAL_CODE_FAILURE_TOTAL",
)
TRAVEL_PASS_OPENED = Limit(
    "travel-pass-opened",
    _("Travel passes opened"),
    "Travel passes opened by one user, so that a limit to some networks stays one.",
    tries=4,
    window=_DAY,
)

NETWORK_REQUEST = Limit(
    "network-request",
    _("Requests for more networks"),
    "Requests for more networks that one user makes; each is told on every channel.",
    tries=5,
    window=_DAY,
)
REPORT = Limit(
    "report",
    _("Reports of a customer"),
    "Reports that one customer makes from the list of activity.",
    tries=20,
    window=_DAY,
)
NEW_PASSWORD = Limit(
    "new-password",
    _("New passwords"),
    "New passwords that were tried for one user; each costs slow hashes.",
    tries=20,
    window=_LOCKOUT,
    pause=_LOCKOUT,
)

# --- A browser that may try although sign-in is paused -----------------------------------------------
BROWSER_ASKED = _of_networks(
    "browser-asked",
    _("Browsers that asked to try"),
    "Requests to let an unknown browser try, from one address or IPv6 /64, whatever the username.",
    tries=20,
)
BROWSER_CODE_SENT = Limit(
    "browser-code-sent",
    _("Codes sent for a browser"),
    "Codes e-mailed to one user to let a browser try; the earlier one stays good, and using one clears this.",
    tries=1,
    window=_TEN_MINUTES,
)
BROWSER_CODE = Limit(
    "browser-code",
    _("Code for a browser"),
    "Wrong e-mailed codes typed in one browser that asked to try.",
    tries=_FAILURES,
    window=_LOCKOUT,
    pause=_LOCKOUT,
)
BROWSER_NUMBER = Limit(
    "browser-number",
    _("Number of a browser"),
    "Wrong numbers of a browser typed on one phone to let it try.",
    tries=_FAILURES,
    window=_LOCKOUT,
    pause=_LOCKOUT,
)

# --- Messages ----------------------------------------------------------------------------------------
NOTICE_CHECK = _of_networks(
    "notice-check",
    _("Checked references"),
    "References of messages looked up or reported from one address or IPv6 /64, right ones included.",
    tries=20,
)

# --- E-mailed codes and setting up a Key -------------------------------------------------------------
EMAIL_CODE_SENT = Limit(
    "email-code-sent",
    _("E-mailed codes sent"),
    "Codes e-mailed to one user for one purpose, so that nobody's mailbox is flooded.",
    tries=5,
    window=_LOCKOUT,
    pause=_LOCKOUT,
)
EMAIL_CODE = Limit(
    "email-code",
    _("E-mailed code"),
    "Wrong e-mailed codes of one user for one purpose; the last one makes the code void.",
    tries=_FAILURES,
    window=_LOCKOUT,
    pause=_LOCKOUT,
)
EMAIL_CHANGE = Limit(
    "email-change",
    _("Changes of the e-mail address"),
    "New e-mail addresses that one user names, so that nobody uses us to write to strangers.",
    tries=10,
    window=_DAY,
)
DETAILS = Limit(
    "details",
    _("Personal details"),
    "Wrong security answers or personal details given for one username to set up a Key.",
    tries=_FAILURES,
    window=_LOCKOUT,
    pause=_LOCKOUT,
)
SET_UP_CODE = Limit(
    "set-up-code",
    _("Code of a new Key"),
    "Wrong codes of the new Key in one enrolment.",
    tries=_FAILURES,
    window=_LOCKOUT,
    pause=_LOCKOUT,
)
PAIRING = _of_networks(
    "pairing",
    _("Pairing code"),
    "Wrong pairing codes from one address or IPv6 /64.",
    tries=10,
)

# --- The Key on a phone ------------------------------------------------------------------------------
KEY_API = _of_networks(
    "key-api",
    _("Key API requests"),
    "Requests to the Key API with a wrong signature, from one address or IPv6 /64.",
    tries=30,
)
PUSH_REQUEST = Limit(
    "push-request",
    _("Requests to approve"),
    "Requests to approve sent to the phones of one user; each known browser has its own, all others share one.",
    tries="PORTAL_PUSH_PER_10_MIN",
    window=_TEN_MINUTES,
)
PUSH_NUMBER = Limit(
    "push-number",
    _("Number of a request"),
    "Wrong numbers typed for one request to approve; the last one ends the request, which lives for minutes.",
    tries=3,
    window=_DAY,
)
TEST_PUSH = Limit(
    "test-push",
    _("Test notifications"),
    "Test notifications to one phone.",
    tries=3,
    window=_TEN_MINUTES,
)

# --- Staff, and the firm's other systems -------------------------------------------------------------
FIRM_TOKEN = _of_networks(
    "firm-token", _("Tokens of the firm"), "Wrong tokens given for holds, from one address or IPv6 /64.", tries=20
)
INVITATION = _of_networks(
    "invitation",
    _("Invitations of staff"),
    "Wrong parts of an invitation from one address or IPv6 /64, whatever the username.",
    tries=20,
)

LOOK = staff_limits.LOOK
LOOK_MISSED = staff_limits.LOOK_MISSED
PAUSE_ENDED = staff_limits.PAUSE_ENDED
SIGNED_OUT = staff_limits.SIGNED_OUT

# --- Password reset ----------------------------------------------------------------------------------
RESET = Limit(
    "reset",
    _("Password resets"),
    "Password resets begun, and codes sent again, for one username; each known browser has its own, all others share "
    "one.",
    tries=5,
    window=_LOCKOUT,
    pause=_LOCKOUT,
)
RESET_A_DAY = Limit(
    "reset-a-day",
    _("Password resets in a day"),
    "The same over a day, so that a mailbox is not flooded, and its codes are not guessed in the long run.",
    tries=20,
    window=_DAY,
)
RESET_NETWORK = _of_networks(
    "reset-network",
    _("Password resets of a network"),
    "Password resets begun from one address or IPv6 /64, whatever the username.",
    tries=20,
)
RESET_EMAIL_CODE = Limit(
    "reset-email-code",
    _("E-mailed code of a reset"),
    "Wrong e-mailed codes in one password reset; the last one ends it, and it lives for minutes.",
    tries=_FAILURES,
    window=_DAY,
)
RESET_DETAILS = Limit(
    "reset-details",
    _("Details in a password reset"),
    "Wrong security answers or personal details for one username, given after the e-mailed code; the last one ends the "
    "reset.",
    tries=3,
    window=_DAY,
)
RESET_KEY = Limit(
    "reset-key",
    _("Key code in a password reset"),
    "Wrong Key codes and backup codes for one username, given after the details; signing in has its own.",
    tries=_FAILURES,
    window=_LOCKOUT,
    pause=_LOCKOUT,
    total="PORTAL_CODE_FAILURE_TOTAL",
)

# --- Welcome letters and first sign-ins ------------------------------------------------------------------
WELCOME = Limit(
    "welcome",
    _("Welcome code"),
    "Wrong welcome codes for one username from one address or IPv6 /64, so that no stranger can use up the owner's.",
    tries=_FAILURES,
    window=_LOCKOUT,
    pause=_LOCKOUT,
)
WELCOME_NETWORK = _of_networks(
    "welcome-network",
    _("Welcome codes of a network"),
    "Wrong welcome codes from one address or IPv6 /64, whatever the username.",
    tries=20,
)
WELCOME_DETAILS = Limit(
    "welcome-details",
    _("Details in a first sign-in"),
    "Wrong personal details for one username, given after the welcome code; the last one ends the first sign-in.",
    tries=_FAILURES,
    window=_DAY,
)
WELCOME_LETTER = Limit(
    "welcome-letter",
    _("New welcome letters"),
    "New welcome letters asked for in place of lost ones, for one username.",
    tries=3,
    window=_MONTH,
)
DATA_DOWNLOAD = Limit(
    "data-download",
    _("Downloads of one's data"),
    "Downloads of everything held about a person, for one username.",
    tries=6,
    window=_DAY,
)

# --- Assisted recovery -------------------------------------------------------------------------------
INTAKE = _of_networks(
    "intake",
    _("Opening cases"),
    "Claims opened on the web from one address or IPv6 /64.",
    tries=20,
)
INTAKE_BY_STAFF = staff_limits.INTAKE_BY_STAFF
CASE_PIN = Limit(
    "case-pin",
    _("Case PIN"),
    "Wrong PINs for one reference; the last one locks it for good.",
    tries=5,
    window=None,
)
ROUND = Limit(
    "round",
    _("Rounds of questions"),
    "Rounds of questions for one username, claimed from one network.",
    tries=3,
    window=_MONTH,
)
ROUND_PAST_DETAILS = Limit(
    "round-past-details",
    _("Rounds past the personal details"),
    "Rounds of questions for one username in which the personal details were right, claimed from anywhere.",
    tries=3,
    window=_MONTH,
)
GRANT_PART = Limit(
    "grant-part",
    _("Parts of a recovery grant"),
    "Wrong second parts of one recovery grant; the last one revokes it, and it lives for minutes.",
    tries=3,
    window=_DAY,
)
RECOVERY_CODE = Limit(
    "recovery-code",
    _("Code of a new Key after recovery"),
    "Wrong codes of the new Key under one recovery grant; codes used up at sign-in do not shut this way.",
    tries=_FAILURES,
    window=_LOCKOUT,
    pause=_LOCKOUT,
)


def every() -> Iterator[Limit]:
    """Yield all limits in the order of this module, each followed by its wide one."""
    for limit in [value for value in globals().values() if isinstance(value, Limit)]:
        yield limit
        if limit.wide:
            yield limit.wide


def choices() -> list[tuple[str, "StrOrPromise"]]:
    """Return names and labels, for the model field."""
    return [(limit.name, limit.label) for limit in every()]
