"""Details a customer changes alone: phone number, language, time zone; and a look at everything on file."""

from datetime import datetime

from django.db import transaction

from accounts import notice_kinds
from accounts.actions import holds, notify
from accounts.actions.people import replaced_contacts
from accounts.enums import Action, HoldScope
from accounts.models import Customer, Mandate, User
from accounts.policies import telephone_numbers
from accounts.profile_refusals import PhoneUnreadable
from portal.audit.record import record
from portal.lib import client


def accounts_of(user: User) -> list[str]:
    """Return the numbers of the accounts this user may act on."""
    mine = Mandate.objects.filter(user=user).order_by("account__number")
    return list(mine.values_list("account__number", flat=True))


@transaction.atomic
def note_shown(*, user: User, by: User, origin: client.Origin, now: datetime) -> None:
    """Record that the details are shown in full. Needs: fresh proof."""
    record(Action.DETAILS_SHOWN, by=by, on=user, now=now, origin=origin)


def change_phone(*, user: User, typed: str, by: User, origin: client.Origin, now: datetime) -> str:
    """Change the customer's phone number and return it in its stored form.

    Effects: the row, one event, notices on every channel. Needs: fresh proof; a user who is a customer.
    Raises: ``PhoneUnreadable``, ``ContactsHeld``.
    """
    number = telephone_numbers.read(typed)
    if number is None:
        raise PhoneUnreadable
    with transaction.atomic():
        person = _lock(user)
        holds.refuse_held(user, HoldScope.CONTACT, now=now)
        if person.phone != number:
            replaced_contacts.remember_phone(person, person.phone, now=now)
            person.phone = number
            person.save(update_fields=["phone"])
            record(Action.PHONE_CHANGED, by=by, on=user, now=now, origin=origin)
            notify.notify_everywhere(
                user, notice_kinds.PHONE_CHANGED, now=now, at=now.isoformat(), device=origin.device
            )
    return number


@transaction.atomic
def set_preferences(
    *, user: User, language: str, time_zone: str, by: User, origin: client.Origin, now: datetime
) -> None:
    """Set language and time zone; an empty zone leaves it to the browser.

    Effects: the row, one event. Needs: values that the form has checked; a user who is a customer.
    """
    person = _lock(user)
    person.language, person.time_zone = language, time_zone
    person.save(update_fields=["language", "time_zone"])
    record(Action.PREFERENCES_SET, by=by, on=user, now=now, origin=origin, language=language, time_zone=time_zone)


def _lock(user: User) -> Customer:
    return Customer.objects.select_for_update(of=("self",)).get(users=user)
