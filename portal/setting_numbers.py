"""The numbers of the portal: attempts, lifetimes, waiting periods. Part of the settings, see portal/settings.py.

Customers see most of them: pages and help texts take them from here (HELP-4).
"""

from django.core.exceptions import ImproperlyConfigured

from portal.lib import env

# --- Signing in and sessions ---------------------------------------------------------------------
PORTAL_FAILURE_LIMIT = env.number(
    "PORTAL_FAILURE_LIMIT", 5, low=3, high=10, unit="tries", help="Wrong tries before sign-in is paused."
)
PORTAL_LOCKOUT_MINUTES = env.number(
    "PORTAL_LOCKOUT_MINUTES", 15, low=1, high=60, unit="minutes", help="How long a pause lasts."
)
PORTAL_CODE_FAILURE_TOTAL = env.number(
    "PORTAL_CODE_FAILURE_TOTAL",
    100,
    low=20,
    high=100,
    unit="tries",
    help="Wrong codes in a row, over any period, before only recovery is possible (NIST SP 800-63B-4, 3.2.2).",
)
PORTAL_SOURCE_LIMIT = env.number(
    "PORTAL_SOURCE_LIMIT",
    100,
    low=10,
    high=10_000,
    unit="tries",
    help="Wrong passwords from one address or IPv6 /64 before that address is paused.",
)
PORTAL_IDLE_MINUTES = env.number(
    "PORTAL_IDLE_MINUTES", 15, low=5, high=60, unit="minutes", help="Inactivity after which a session ends."
)
PORTAL_IDLE_WARNING_SECONDS = env.number(
    "PORTAL_IDLE_WARNING_SECONDS", 120, low=20, high=300, unit="seconds", help="Warning before that (WCAG 2.2.1)."
)
PORTAL_SESSION_HOURS = env.number(
    "PORTAL_SESSION_HOURS", 12, low=1, high=24, unit="hours", help="Longest session, active or not."
)
PORTAL_PASSWORD_PROFILE = env.text(
    "PORTAL_PASSWORD_PROFILE",
    "classes",
    help="Rules for passwords: classes (8 characters of all kinds), length (15, of any kind: NIST SP 800-63B-4), "
    "or strict (as length, and no security questions).",
)
if PORTAL_PASSWORD_PROFILE not in {"classes", "length", "strict"}:
    raise ImproperlyConfigured(
        f"PORTAL_PASSWORD_PROFILE must be classes, length or strict, you gave {PORTAL_PASSWORD_PROFILE!r}."
    )
_BY_LENGTH = PORTAL_PASSWORD_PROFILE != "classes"  # noqa: S105  a name
PORTAL_PASSWORD_MIN = env.number(
    "PORTAL_PASSWORD_MIN",
    15 if _BY_LENGTH else 8,
    low=8,
    high=64,
    unit="characters",
    help="Shortest password; 15 by itself with the profiles length and strict.",
)
PORTAL_PASSWORD_MAX = env.number(
    "PORTAL_PASSWORD_MAX", 128, low=64, high=1024, unit="characters", help="Longest password accepted."
)
PORTAL_PASSWORD_CLASSES = env.words(
    "PORTAL_PASSWORD_CLASSES",
    [] if _BY_LENGTH else ["upper", "lower", "digit", "special"],
    help="Kinds of character a password needs; none by itself with the profiles length and strict.",
)
PORTAL_CODE_DIGITS = 6
PORTAL_CODE_PERIOD = 30
PORTAL_CODE_TOLERANCE_STEPS = env.number(
    "PORTAL_CODE_TOLERANCE_STEPS", 1, low=0, high=1, unit="steps", help="Steps of 30 s a code may be early or late."
)
PORTAL_SIGN_IN_MINUTES = env.number(
    "PORTAL_SIGN_IN_MINUTES", 10, low=2, high=30, unit="minutes", help="Time allowed between the password and the code."
)
PORTAL_EMAIL_CODE_MINUTES = env.number(
    "PORTAL_EMAIL_CODE_MINUTES", 10, low=2, high=15, unit="minutes", help="How long an e-mailed code is valid."
)
PORTAL_REPLACED_CONTACT_DAYS = env.number(
    "PORTAL_REPLACED_CONTACT_DAYS",
    90,
    low=30,
    high=365,
    unit="days",
    help="How long a replaced e-mail address is told everything too, and a replaced phone number is kept.",
)
PORTAL_INVITATION_HOURS = env.number(
    "PORTAL_INVITATION_HOURS", 24, low=1, high=72, unit="hours", help="How long an invitation of staff can be used."
)
PORTAL_RESET_MINUTES = env.number(
    "PORTAL_RESET_MINUTES", 30, low=15, high=60, unit="minutes", help="Time allowed for setting a forgotten password."
)
PORTAL_WELCOME_DAYS = env.number(
    "PORTAL_WELCOME_DAYS", 60, low=14, high=180, unit="days", help="How long the code of a welcome letter is valid."
)
PORTAL_WELCOME_MINUTES = env.number(
    "PORTAL_WELCOME_MINUTES",
    30,
    low=15,
    high=60,
    unit="minutes",
    help="Time allowed from the welcome code to the new password.",
)
PORTAL_ADDRESS_SETTLED_DAYS = env.number(
    "PORTAL_ADDRESS_SETTLED_DAYS",
    90,
    low=30,
    high=365,
    unit="days",
    help="How long a changed postal address must stand before a lost welcome letter is replaced there.",
)
PORTAL_FRESH_PROOF_MINUTES = env.number(
    "PORTAL_FRESH_PROOF_MINUTES",
    10,
    low=1,
    high=15,
    unit="minutes",
    help="How long before password and Key are asked for again.",
)

PORTAL_TRAVEL_PASS_MINUTES = env.number(
    "PORTAL_TRAVEL_PASS_MINUTES",
    30,
    low=0,
    high=120,
    unit="minutes",
    help="How long a travel pass is valid, which lets a customer sign in outside of their networks; 0 for none.",
)

# --- What customers keep up to date themselves -----------------------------------------------------
PORTAL_QUESTIONS_REFRESH_DAYS = env.number(
    "PORTAL_QUESTIONS_REFRESH_DAYS",
    365,
    low=30,
    high=1825,
    unit="days",
    help="Age at which customers are asked to set their security questions again.",
)
PORTAL_EMAIL_STOP_HOURS = env.number(
    "PORTAL_EMAIL_STOP_HOURS",
    72,
    low=24,
    high=336,
    unit="hours",
    help="How long a new e-mail address can be undone from the former one.",
)

# --- The Key on a phone (docs/reference/key-api.md) -------------------------------------------------
PORTAL_PUSH_SECONDS = env.number(
    "PORTAL_PUSH_SECONDS", 120, low=30, high=300, unit="seconds", help="How long an approval request is valid."
)
PORTAL_PUSH_PER_10_MIN = env.number(
    "PORTAL_PUSH_PER_10_MIN", 3, low=1, high=10, unit="requests", help="Most approval requests in ten minutes."
)
PORTAL_NUMBER_DIGITS = env.number(
    "PORTAL_NUMBER_DIGITS", 2, low=2, high=6, unit="digits", help="Digits to type into the Key to approve."
)
PORTAL_PAIRING_MINUTES = env.number(
    "PORTAL_PAIRING_MINUTES", 10, low=2, high=15, unit="minutes", help="How long a pairing code is valid."
)
PORTAL_KEY_MIN_VERSION = env.text(
    "PORTAL_KEY_MIN_VERSION", "1.0", help="Oldest version of the Key app that may approve; older ones show codes only."
)
PORTAL_KEY_SKEW_SECONDS = env.number(
    "PORTAL_KEY_SKEW_SECONDS",
    60,
    low=15,
    high=300,
    unit="seconds",
    help="How far the time in a signed request may be off.",
)
PORTAL_KEY_DRIFT_HINT = env.flag(
    "PORTAL_KEY_DRIFT_HINT", True, help="Say how wrong a phone's clock is when a rejected code shows it."
)
PORTAL_KEY_DRIFT_SEARCH_STEPS = env.number(
    "PORTAL_KEY_DRIFT_SEARCH_STEPS",
    20,
    low=2,
    high=120,
    unit="steps",
    help="How many steps of 30 s to search for that.",
)

# --- Assisted recovery (docs/how-to/run-a-recovery-desk.md) ----------------------------------------
PORTAL_CASE_COOLING_MINUTES = env.number(
    "PORTAL_CASE_COOLING_MINUTES",
    1440,
    low=1,
    high=10_080,
    unit="minutes",
    help="Waiting period after an approval, tier 1. Less than a day is for demos: the deployment check refuses it.",
)
PORTAL_CASE_READY_HOURS = env.number(
    "PORTAL_CASE_READY_HOURS", 72, low=1, high=168, unit="hours", help="How long an approved case stays ready."
)
PORTAL_CASE_HOLD_HOURS = env.number(
    "PORTAL_CASE_HOLD_HOURS", 72, low=1, high=336, unit="hours", help="Hold on Keys and contacts after recovery."
)
PORTAL_CASE_MINIMUM_REVIEW_SECONDS = env.number(
    "PORTAL_CASE_MINIMUM_REVIEW_SECONDS",
    60,
    low=0,
    high=600,
    unit="seconds",
    help="Shortest review before an approval.",
)
PORTAL_GRANT_OPEN_MINUTES = env.number(
    "PORTAL_GRANT_OPEN_MINUTES", 20, low=5, high=60, unit="minutes", help="Time to enter the set-up code."
)
PORTAL_GRANT_FINISH_MINUTES = env.number(
    "PORTAL_GRANT_FINISH_MINUTES", 15, low=5, high=60, unit="minutes", help="Time to finish once it is open."
)

# --- How long what is held is kept (docs/reference/personal-data.md) ---------------------------------
_YEARS_7 = 2_557  # days
PORTAL_KEEP_RECORD_DAYS = env.number(
    "PORTAL_KEEP_RECORD_DAYS",
    _YEARS_7,
    low=400,
    high=36_525,
    unit="days",
    help="How long events of the audit record are kept, and reports, requests and invitations that are over.",
)
PORTAL_KEEP_CASES_DAYS = env.number(
    "PORTAL_KEEP_CASES_DAYS",
    _YEARS_7,
    low=400,
    high=36_525,
    unit="days",
    help="How long a closed case of recovery is kept, with all that belongs to it.",
)
PORTAL_KEEP_CLOSED_DAYS = env.number(
    "PORTAL_KEEP_CLOSED_DAYS",
    _YEARS_7,
    low=30,
    high=36_525,
    unit="days",
    help="How long a person is kept who is closed, with every username; then they are erased.",
)
PORTAL_KEEP_ACTIVITY_DAYS = env.number(
    "PORTAL_KEEP_ACTIVITY_DAYS",
    _YEARS_7,
    low=400,
    high=36_525,
    unit="days",
    help="How long activity and daily values of accounts are kept.",
)
PORTAL_KEEP_NOTICES_DAYS = env.number(
    "PORTAL_KEEP_NOTICES_DAYS", 400, low=90, high=36_525, unit="days", help="How long messages that were sent are kept."
)
PORTAL_KEEP_HOOKS_DAYS = env.number(
    "PORTAL_KEEP_HOOKS_DAYS",
    30,
    low=1,
    high=400,
    unit="days",
    help="How long an event is kept, to be sent again, after every one of the firm's systems has accepted it.",
)
PORTAL_KEEP_SIGN_INS_DAYS = env.number(
    "PORTAL_KEEP_SIGN_INS_DAYS", 90, low=30, high=400, unit="days", help="How long addresses of sign-ins are kept."
)
PORTAL_KEEP_LIMITS_DAYS = env.number(
    "PORTAL_KEEP_LIMITS_DAYS", 2, low=1, high=30, unit="days", help="How long a limit in use is kept once it is over."
)
