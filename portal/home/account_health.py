"""How a log-in stands, in one sentence, with the best next step."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

from accounts.policies.recommendations import Light, Step, Ways, light, next_steps

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise


@dataclass(frozen=True)
class Advice:
    """One step in words: what is amiss, where to go (the name of a page), and what the link says."""

    text: "StrOrPromise"
    page: str
    link: "StrOrPromise"


@dataclass(frozen=True)
class Standing:
    """How a log-in stands: the light, its heading, and what to do, the best first."""

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
            "You refused a sign-in that was not yours: somebody may know your password. Set a new one. That ends every "
            "open sign-in, too."
        ),
        "recovery:start",
        _("Set a new password"),
    ),
    Step.SET_UP_KEY: Advice(
        _("Without a Key you may not get in next time. Set one up now."), "accounts:key-setup", _("Set up a Key")
    ),
    Step.MAKE_CODES: Advice(
        _("You have no backup codes. If your phone is lost, they let you in."),
        "accounts:backup-codes",
        _("Make backup codes"),
    ),
    Step.RENEW_CODES: Advice(
        _("Your backup codes are nearly used up."), "accounts:backup-codes", _("Make new backup codes")
    ),
    Step.SET_CLOCK: Advice(
        _("The clock of a phone with your Key is wrong. Set its date and time to automatic."),
        "accounts:keys",
        _("See which phone"),
    ),
    Step.UPDATE_APP: Advice(
        _("The Key app on one of your phones is too old to approve. Open it there while you are online."),
        "accounts:keys",
        _("See which phone"),
    ),
    Step.SECOND_WAY: Advice(
        _("You sign in with one Key. A second one, on another phone, helps when the first is lost."),
        "accounts:key-setup",
        _("Add a Key"),
    ),
}


def standing_of(ways: Ways) -> Standing:
    """Return how a log-in with these ways in stands."""
    steps = next_steps(ways)
    lit = light(steps)
    return Standing(lit, _HEADINGS[lit], [_ADVICE[step] for step in steps])
