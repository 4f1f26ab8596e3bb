"""A user's own Keys: see them, name them, turn them off."""

from collections.abc import Callable

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_safe

from accounts.actions.authenticators import queries
from accounts.actions.keys import key_revocation
from accounts.enums import EndReason
from accounts.forms.reauthentication import NameForm
from accounts.models import Key
from accounts.refusals import PhoneEnded
from accounts.request_types import SignedInRequest
from accounts.views import refusal_responses
from accounts.views.guards import freshly_proved, signed_in
from portal.lib import client, clock

_LONGEST_SEARCH = 150


@require_safe
@signed_in
def keys(request: SignedInRequest) -> HttpResponse:
    """See your Keys, and the users on each phone."""
    mine = queries.keys_of(request.user)
    named = request.GET.get("q", "")[:_LONGEST_SEARCH].replace("\x00", "").strip()
    beside = queries.on_same_phones(request.user, mine, named=named) if any(k.phone_id for k in mine) else []
    facts = {
        "keys": mine,
        "beside": beside[: queries.MAX_SHOWN],
        "has_more": len(beside) > queries.MAX_SHOWN,
        "has_many": any(key.log_ins > 1 for key in mine),
        "named": named,
    }
    return render(request, "accounts/keys.html", facts)


@require_http_methods(["GET", "HEAD", "POST"])
@freshly_proved
def rename(request: SignedInRequest, pk: int) -> HttpResponse:
    """Give a Key another name."""
    key = _own(request, pk)
    form = NameForm(request.POST if request.method == "POST" else None, initial={"name": key.name})
    if form.is_valid():
        name = form.cleaned_data["name"]
        try:
            key_revocation.rename_key(
                key=key, name=name, by=request.user, origin=client.origin(request), now=clock.now()
            )
        except PhoneEnded as refusal:
            messages.info(request, refusal.words())
        else:
            messages.success(request, _("The Key is now called %(name)s.") % {"name": name})
        return redirect("accounts:keys")
    return refusal_responses.page(request, "accounts/key_rename.html", form=form, key=key)


@require_http_methods(["GET", "HEAD", "POST"])
@freshly_proved
def turn_off(request: SignedInRequest, pk: int) -> HttpResponse:
    """Turn a Key off, after reading what that means."""
    key = _own(request, pk)
    if request.method == "POST":
        return _ended(request, key, lambda: _end(request, key, EndReason.TURNED_OFF))
    return render(request, "accounts/key_off.html", _effects(request, key))


@require_http_methods(["GET", "HEAD", "POST"])
@freshly_proved
def lost(request: SignedInRequest, pk: int) -> HttpResponse:
    """Report a lost phone: every Key on it is turned off."""
    key = _own(request, pk)
    if request.method == "POST":
        return _ended(request, key, lambda: _lose(request, key))
    return render(request, "accounts/key_lost.html", _effects(request, key))


def _own(request: SignedInRequest, pk: int) -> Key:
    """Return an active Key of this user, with its user and phone, or answer 404."""
    live = Key.objects.select_related("user", "phone").filter(user=request.user, confirmed=True)
    return get_object_or_404(live, pk=pk)


def _effects(request: SignedInRequest, key: Key) -> dict[str, object]:
    """Return what a user must know before turning off a Key."""
    keys = queries.keys_of(request.user)
    beside = queries.on_same_phones(request.user, [key])
    return {
        "key": key,
        "ways": queries.ways_of(request.user, keys),
        "is_last": len(keys) == 1,
        "is_here": request.session.current.key_id == key.pk,
        "beside": [other for other in beside if other.user_id != request.user.pk],
    }


def _ended(request: SignedInRequest, key: Key, action: Callable[[], int]) -> HttpResponse:
    """Run the action and say what was turned off, or that it already was."""
    try:
        count = action()
    except PhoneEnded as refusal:
        messages.info(request, refusal.words())
    else:
        words = ngettext("%(count)d Key turned off: %(name)s.", "%(count)d Keys turned off, all on %(name)s.", count)
        messages.success(request, words % {"count": count, "name": key.name})
    return redirect("accounts:keys")


def _end(request: SignedInRequest, key: Key, reason: EndReason) -> int:
    keep, origin = request.session.current, client.origin(request)
    key_revocation.end_key(key=key, reason=reason, by=request.user, origin=origin, now=clock.now(), keep=keep)
    return 1


def _lose(request: SignedInRequest, key: Key) -> int:
    if key.phone is None:
        return _end(request, key, EndReason.LOST)
    keep, origin = request.session.current, client.origin(request)
    return len(key_revocation.report_lost(phone=key.phone, by=request.user, origin=origin, now=clock.now(), keep=keep))
