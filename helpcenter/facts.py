"""The facts about this installation for texts: its names and numbers, from the current settings.

Causes and articles take every limit from here, so neither can state a wrong one (HELP-4).
"""

from collections.abc import Iterable

from django.conf import settings
from django.utils.text import get_text_list
from django.utils.translation import gettext, ngettext

from helpcenter import hours

_UNNOTICED = 30  # seconds a clock may be off before codes are refused


def current() -> dict[str, str]:
    """Return every variable a text may use, by name, in the current language."""
    return _names() | _numbers() | _times() | {"password_rules": password_rules()}


def _names() -> dict[str, str]:
    return {
        "brand": settings.PORTAL_BRAND_NAME,
        "key_name": settings.PORTAL_KEY_NAME,
        "desktop_name": settings.PORTAL_DESKTOP_NAME,
        "mobile_name": settings.PORTAL_MOBILE_NAME,
        "portal_host": settings.PORTAL_HOST,
        "support_phone": settings.PORTAL_SUPPORT_PHONE,
        "support_hours": hours.describe(),
        "security_email": settings.PORTAL_SECURITY_EMAIL,
    }


def _numbers() -> dict[str, str]:
    counts = {
        "failure_limit": settings.PORTAL_FAILURE_LIMIT,
        "lockout_minutes": settings.PORTAL_LOCKOUT_MINUTES,
        "idle_minutes": settings.PORTAL_IDLE_MINUTES,
        "email_code_minutes": settings.PORTAL_EMAIL_CODE_MINUTES,
        "sign_in_minutes": settings.PORTAL_SIGN_IN_MINUTES,
        "session_hours": settings.PORTAL_SESSION_HOURS,
        "cooling_hours": settings.PORTAL_CASE_COOLING_MINUTES // 60,
        "hold_hours": settings.PORTAL_CASE_HOLD_HOURS,
        "password_min": settings.PORTAL_PASSWORD_MIN,
        "password_max": settings.PORTAL_PASSWORD_MAX,
        "code_digits": settings.PORTAL_CODE_DIGITS,
        "code_period": settings.PORTAL_CODE_PERIOD,
        "code_failure_total": settings.PORTAL_CODE_FAILURE_TOTAL,
        "push_per_10_min": settings.PORTAL_PUSH_PER_10_MIN,
        "number_digits": settings.PORTAL_NUMBER_DIGITS,
        "pairing_minutes": settings.PORTAL_PAIRING_MINUTES,
        "key_min_version": settings.PORTAL_KEY_MIN_VERSION,
    }
    return {name: str(count) for name, count in counts.items()}


def _times() -> dict[str, str]:
    return {
        "lockout_time": _minutes(settings.PORTAL_LOCKOUT_MINUTES),
        "idle_time": _minutes(settings.PORTAL_IDLE_MINUTES),
        "idle_warning_time": _seconds(settings.PORTAL_IDLE_WARNING_SECONDS),
        "sign_in_time": _minutes(settings.PORTAL_SIGN_IN_MINUTES),
        "email_code_time": _minutes(settings.PORTAL_EMAIL_CODE_MINUTES),
        "invitation_time": _hours(settings.PORTAL_INVITATION_HOURS),
        "reset_time": _minutes(settings.PORTAL_RESET_MINUTES),
        "session_time": _hours(settings.PORTAL_SESSION_HOURS),
        "cooling_time": _minutes(settings.PORTAL_CASE_COOLING_MINUTES),
        "ready_time": _hours(settings.PORTAL_CASE_READY_HOURS),
        "hold_time": _hours(settings.PORTAL_CASE_HOLD_HOURS),
        "minimum_review_time": _seconds(settings.PORTAL_CASE_MINIMUM_REVIEW_SECONDS),
        "grant_open_time": _minutes(settings.PORTAL_GRANT_OPEN_MINUTES),
        "grant_finish_time": _minutes(settings.PORTAL_GRANT_FINISH_MINUTES),
        "welcome_step_time": _minutes(settings.PORTAL_WELCOME_MINUTES),
        "welcome_time": _days(settings.PORTAL_WELCOME_DAYS),
        "address_settled_time": _days(settings.PORTAL_ADDRESS_SETTLED_DAYS),
        "travel_pass_time": _minutes(settings.PORTAL_TRAVEL_PASS_MINUTES),
        "push_time": _seconds(settings.PORTAL_PUSH_SECONDS),
        "pairing_time": _minutes(settings.PORTAL_PAIRING_MINUTES),
    }


def drift_words(seconds: int) -> str:
    """Return how wrong a clock is, to the half minute: "4 minutes slow", "1.5 minutes fast"."""
    minutes = max(1, round(abs(seconds) / 30)) / 2
    amount = ngettext("%(n)s minute", "%(n)s minutes", int(minutes) if minutes == 1 else 2) % {"n": f"{minutes:g}"}
    return (gettext("%(amount)s fast") if seconds > 0 else gettext("%(amount)s slow")) % {"amount": amount}


def clock_words(seconds: int) -> str:
    """Return the state of a phone's clock: "right", or by how much it is wrong."""
    return gettext("right") if abs(seconds) <= _UNNOTICED else drift_words(seconds)


def password_rules() -> str:
    """Return the password rules as part of a sentence: "at least 8 characters, with ..."."""
    kinds = list(map(_rule, settings.PORTAL_PASSWORD_CLASSES))
    if not kinds:
        return _rule("length")
    return gettext("%(length)s, with %(kinds)s") % {"length": _rule("length"), "kinds": _all_of(kinds)}


def password_rules_named(names: Iterable[str]) -> str:
    """Return some of the rules in words, by name: "length" and the kinds of characters."""
    return _all_of(list(map(_rule, names)))


def _rule(name: str) -> str:
    shortest = settings.PORTAL_PASSWORD_MIN
    return {
        "length": ngettext("at least %(count)d character", "at least %(count)d characters", shortest)
        % {"count": shortest},
        "upper": gettext("an upper-case letter"),
        "lower": gettext("a lower-case letter"),
        "digit": gettext("a digit"),
        "special": gettext("a special character"),
    }[name]


def _all_of(parts: list[str]) -> str:
    return get_text_list(parts, gettext("and"))


def _seconds(count: int) -> str:
    if count and not count % 60:
        return _minutes(count // 60)
    return ngettext("%(count)d second", "%(count)d seconds", count) % {"count": count}


def _minutes(count: int) -> str:
    if count and not count % 60:
        return _hours(count // 60)
    return ngettext("%(count)d minute", "%(count)d minutes", count) % {"count": count}


def _hours(count: int) -> str:
    return ngettext("%(count)d hour", "%(count)d hours", count) % {"count": count}


def _days(count: int) -> str:
    return ngettext("%(count)d day", "%(count)d days", count) % {"count": count}
