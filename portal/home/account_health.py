"""The security state of a user in one sentence, with the best next step."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

from accounts.policies.recommendations import Light, Step, Ways, light, next_steps

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise


@dataclass(frozen=True)
class Advice:
    """One step in words: the problem, the URL name of the page, and the text of the link."""

    text: "StrOrPromise"
    page: str
    link: "StrOrPromise"
    icon: str


@dataclass(frozen=True)
class AccountHealth:
    """The security state of a user: the light, its heading, and what to do, best step first."""

    light: Light
    heading: "StrOrPromise"
    steps: list[Advice]


_HEADINGS: "dict[Light, StrOrPromise]" = {
    Light.OK: _("Your sign-in is well protected"),
    Light.WARN: _("Something needs your attention"),
    Light.ERR: _("You have no Key"),
}
_ADVICE = {
    Step.SET_PASSWORD: Advice(
        _(
            "You reported something that was not you, so someone may know your password. Set a new one. This "
            "also signs you out everywhere else."
        ),
        "accounts:password",
        _("Set a new password"),
        "lock",
    ),
    Step.SET_UP_KEY: Advice(
        _("Without a Key you may not be able to sign in next time. Set one up now."),
        "accounts:key-setup",
        _("Set up a Key"),
        "key",
    ),
    Step.MAKE_CODES: Advice(
        _("You have no backup codes. They let you sign in if you lose your phone."),
        "accounts:backup-codes",
        _("Make backup codes"),
        "list",
    ),
    Step.RENEW_CODES: Advice(
        _("You have almost used up your backup codes."),
        "accounts:backup-codes",
        _("Make new backup codes"),
        "list",
    ),
    Step.SET_CLOCK: Advice(
        _("The clock on a phone with your Key is wrong. Set its date and time to automatic."),
        "accounts:keys",
        _("See which phone"),
        "clock",
    ),
    Step.UPDATE_APP: Advice(
        _(
            "The Key app on one of your phones is too old to approve sign-ins. Open it while you are online to "
            "update it."
        ),
        "accounts:keys",
        _("See which phone"),
        "phone",
    ),
    Step.RENEW_QUESTIONS: Advice(
        _("It is time to choose your security questions again, so that you still remember the answers."),
        "accounts:questions",
        _("Choose security questions"),
        "list",
    ),
    Step.SECOND_WAY: Advice(
        _("You have one Key. A second one, on another phone, helps if you lose the first."),
        "accounts:key-setup",
        _("Add a Key"),
        "phone",
    ),
}


def health_of(ways: Ways) -> AccountHealth:
    """Return the state of a user with these authenticators."""
    steps = next_steps(ways)
    lit = light(steps)
    return AccountHealth(lit, _HEADINGS[lit], [_ADVICE[step] for step in steps])
