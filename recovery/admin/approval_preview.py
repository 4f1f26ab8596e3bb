"""The effects of an approval, in words, before it is given."""

from datetime import datetime

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.models import Key, PlatformSession
from recovery.admin import visibility
from recovery.admin.labels import span
from recovery.enums import SPOKEN_OF, Basis
from recovery.models import Case


def of_approval(case: Case) -> list[str]:
    """Return the effects of approving a case in review, one sentence each; none if no approval is pending."""
    decision = visibility.pending(case)
    if decision is None or case.subject is None:
        return []
    terms = case.terms
    wait = span(terms.cooling(decision.tier))
    lines = [
        _("A waiting period of {wait} begins.").format(wait=wait),
        _("We tell the account holder at once, at the e-mail address on file. They can stop it at any time."),
        _(
            "After that, the claimant has {hours} hours to start. The first part of the set-up code is on their "
            "case page; we send the second part to the e-mail address on file."
        ).format(hours=terms.ready_hours),
        *_at_the_end(case),
        _("Then on hold for {time}: {scopes}.").format(
            time=span(terms.hold(decision.tier)), scopes=", ".join(str(scope.label) for scope in SPOKEN_OF)
        ),
        _("No one at the desk sees the customer's password or codes."),
    ]
    if decision.basis == Basis.PAPERS:
        lines.insert(0, _("This case rests on proof of identity alone: no code was sent to a contact on file."))
    if decision.two_seniors and decision.checker_id is None:
        lines.insert(0, _("A second senior reviewer must also approve. Nothing below happens before that."))
    return lines


def _at_the_end(case: Case) -> list[str]:
    """Return what ends when the claimant sets the new password and Key."""
    is_open = PlatformSession.objects.filter(user=case.subject_id).count()
    keys = Key.objects.filter(user=case.subject_id, confirmed=True).count()
    return [
        ngettext(
            "When they finish, every sign-in ends; {n} is open now.",
            "When they finish, every sign-in ends; {n} are open now.",
            is_open,
        ).format(n=is_open),
        ngettext("{n} Key is turned off.", "{n} Keys are turned off.", keys).format(n=keys),
    ]


def approval_opens_at(case: Case) -> datetime | None:
    """Return when the minimum review time is over; None if no review has begun."""
    decision = visibility.pending(case)
    if decision is None or decision.opened_at is None:
        return None
    return decision.opened_at + case.terms.minimum_review(decision.tier)
