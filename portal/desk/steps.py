"""What the buttons of the customer page do: each a page of its own, with a reason and a Key code."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial
from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext_lazy as _

from accounts.actions.desk import helping, looks
from accounts.actions.desk.looks import Look
from accounts.actions.keys import key_codes
from accounts.enums import CodePurpose
from accounts.models import Key, User
from accounts.refusals import Refusal
from accounts.staff_refusals import AlreadyDone
from portal.desk.access import customer, staff
from portal.desk.forms import HelpForm
from portal.lib import client, clock

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

# Why it would be refused now, or None; checked before a code is used up.
Check = Callable[[User, User, datetime], Refusal | None]


@dataclass(frozen=True)
class Step:
    """One button: its name in the address, its words, what it does, and what speaks against it."""

    name: str
    icon: str
    title: "StrOrPromise"
    explains: "StrOrPromise"
    done: "StrOrPromise"
    action: Callable[..., Any]
    check: Check
    is_grave: bool = False
    about: str = ""
    key: int = 0


def _suspended(user: User, _by: User, _now: datetime) -> Refusal | None:
    return AlreadyDone() if user.suspended_at or not user.is_active else None


_STEPS = (
    Step(
        "end-pause",
        "pause",
        _("End the pause"),
        _("A pause stops people who are guessing. End it only for someone whose identity you have checked."),
        _("The pause has ended. They can try again."),
        helping.end_pauses,
        lambda user, by, now: helping.needs_pause(user, by, now=now),
    ),
    Step(
        "sign-out",
        "out",
        _("Sign out everywhere"),
        _("Ends every session, on every device. Nothing else changes: they can sign in again."),
        _("They are signed out everywhere."),
        helping.end_sessions,
        lambda user, by, now: helping.needs_sessions(user, by, now=now),
    ),
    Step(
        "suspend",
        "lock",
        _("Stop sign-in"),
        _("Ends every session and stops all sign-in until a senior reviewer allows it again. We tell the customer."),
        _("Sign-in is stopped. We have told the customer."),
        helping.suspend,
        _suspended,
        is_grave=True,
    ),
    Step(
        "reinstate",
        "check",
        _("Allow sign-in again"),
        _("Sign-in was stopped to protect the account. Be sure that you are speaking to its owner."),
        _("They can sign in again. We have told the customer."),
        helping.reinstate,
        lambda user, by, _now: helping.needs_another(user, by),
    ),
)
_LOST = Step(
    "lost",
    "phone",
    _("Report this Key lost"),
    _("Turns it off for good, with every Key on the same phone. They need another Key or a recovery to sign in."),
    _("The Key is turned off. We have told the customer."),
    helping.end_key,
    lambda _user, _by, _now: None,
    is_grave=True,
)


def offered(seen: Look, by: User, *, now: datetime) -> list[Step]:
    """Return the buttons for this customer and this member of staff, as nothing speaks against them now.

    What was done too often stays: its page says until when.
    """
    refused = [(step, step.check(customer(seen), by, now)) for step in _STEPS] if looks.may_help(by) else []
    return [step for step, why in refused if why is None or why.is_flood]


def find(name: str, seen: Look, key: int) -> Step | None:
    """Return the step of this name, with the Key it is about; None if there is no such step, Key or customer."""
    if seen.user is None:
        return None
    if name != _LOST.name:
        return next((step for step in _STEPS if step.name == name and not key), None)
    live = Key.objects.select_related("user__customer", "phone").filter(user=seen.user, pk=key, confirmed=True)
    found = live.first()
    action = partial(_end_key, found) if found else None
    return replace(_LOST, action=action, about=found.name, key=found.pk) if found and action else None


def _end_key(key: Key, *, user: User, **how: Any) -> None:
    helping.end_key(key=key, **how)


def take(request: HttpRequest, step: Step, seen: Look) -> HttpResponse | HelpForm:
    """Take the step and go back to the customer, or return the form with what is missing or refused.

    No code is used up for what would be refused anyway.
    """
    user, by, now = customer(seen), staff(request), clock.now()
    form = HelpForm(request.POST if request.method == "POST" else None)
    if not form.is_valid():
        return form
    origin = client.origin(request)
    try:
        if refused := step.check(user, by, now):
            raise refused
        code = form.cleaned_data["code"]
        key_codes.spend_code(user=by, code=code, purpose=CodePurpose.STEP_UP, origin=origin, now=now)
        step.action(user=user, reason=form.cleaned_data["reason"], by=by, origin=origin, now=now)
    except Refusal as refusal:
        form.refuse(refusal)
        return form
    messages.success(request, step.done)
    return redirect("desk:customer", seen.pk)
