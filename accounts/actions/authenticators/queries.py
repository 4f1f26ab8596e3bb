"""Read a user's authenticators, as their own pages show them. Writes nothing, reveals no secret."""

from collections.abc import Iterable
from typing import Any

from django.conf import settings
from django.db.models import Count, F, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce

from accounts.actions.authenticators import security_answers
from accounts.models import BackupCode, Key, Passkey, Report, SecurityAnswer, User
from accounts.policies import push_approval, recommendations
from portal.lib import clock

MAX_SHOWN = 100


def keys_of(user: User) -> list[Key]:
    """Return the active Keys with their phones, oldest first.

    ``log_ins``: how many users of the same customer have a Key on that phone; ``passkeys``, ``codes``
    and ``open_reports``: as counted by ``ways_of``. One statement.
    """
    theirs = Q(phone__keys__confirmed=True) & _of_same_person(user, "phone__keys__user")
    live = Key.objects.filter(user=user, confirmed=True).select_related("phone").order_by("created_at", "pk")
    return list(live.annotate(log_ins=Count("phone__keys", filter=theirs), **_others_of("user")))


def ways_of(user: User, keys: Iterable[Key]) -> recommendations.Ways:
    """Return how many authenticators of each kind there are, and the clock error and push state of their phones.

    ``keys`` from ``keys_of``. No statement; one where there is no Key.
    """
    live = list(keys)
    phones = [key.phone for key in live if key.phone]
    counted: Any = live[0] if live else User.objects.annotate(**_others_of("pk")).get(pk=user.pk)
    return recommendations.Ways(
        keys=len(live),
        passkeys=counted.passkeys,
        backup_codes=counted.codes,
        clock_offset=max((phone.clock_offset or 0 for phone in phones), key=abs, default=0),
        has_old_app=any(
            not push_approval.is_current(phone.version, minimum=settings.PORTAL_KEY_MIN_VERSION) for phone in phones
        ),
        reports=counted.open_reports,
        answers_due=counted.answers_due,
    )


def _others_of(user: str) -> dict[str, Coalesce]:
    """Return a subquery per column that counts passkeys, unused backup codes, recent reports and answers to renew."""
    outworn = SecurityAnswer.objects.filter(security_answers.due(clock.now()), user=OuterRef(user))
    is_fresh = Q(user__password_changed_at=None) | Q(created_at__gt=F("user__password_changed_at"))
    return {
        "passkeys": _count_of(Passkey.objects.filter(user=OuterRef(user), confirmed=True)),
        "codes": _count_of(BackupCode.objects.filter(user=OuterRef(user), used_at=None)),
        "answers_due": _count_of(outworn if security_answers.are_used() else outworn.none()),
        "open_reports": _count_of(Report.objects.filter(is_fresh, user=OuterRef(user), closed_at=None)),
    }


def _count_of(rows: QuerySet[Any]) -> Coalesce:
    return Coalesce(Subquery(rows.order_by().values("user").annotate(n=Count("pk")).values("n")), 0)


def on_same_phones(user: User, keys: Iterable[Key], *, named: str = "") -> list[Key]:
    """Return the active Keys of all users of this customer on the phones of ``keys``, by username.

    ``named``: part of the username. At most ``MOST_SHOWN``, plus one if there are more. One statement.
    """
    phones = [key.phone_id for key in keys if key.phone_id]
    found = Key.objects.filter(_of_same_person(user, "user"), phone__in=phones, confirmed=True)
    found = found.filter(user__username__icontains=named) if named else found
    return list(found.select_related("user").order_by("user__username", "pk")[: MAX_SHOWN + 1])


def _of_same_person(user: User, path: str) -> Q:
    """Return a filter for the users of this person: those of the same customer, or for staff this one alone."""
    return Q(**{f"{path}__customer": user.customer_id}) if user.customer_id else Q(**{path: user})
