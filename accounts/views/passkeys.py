"""A user's passkeys: see them, add one, remove one."""

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts.actions import holds
from accounts.actions.authenticators import passkeys
from accounts.enums import HoldScope
from accounts.forms.fields import status_of
from accounts.forms.passkeys import AddPasskeyForm
from accounts.models import Passkey
from accounts.policies.passkeys import MAX_PASSKEYS, may_add
from accounts.refusals import Refusal
from accounts.request_types import SignedInRequest
from accounts.views import challenges
from accounts.views.guards import freshly_proved, signed_in
from portal.lib import client, clock, site
from portal.lib.http_methods import require_POST
from portal.lib.passkeys import encoded


@require_safe
@signed_in
def show(request: SignedInRequest) -> HttpResponse:
    """Show the active passkeys, with links to add and remove one."""
    live = passkeys.live(request.user)
    facts = {
        "passkeys": live,
        "may_add": may_add(len(live)),
        "held": holds.of(request.user, HoldScope.NEW_KEY, now=clock.now()),
        "most": MAX_PASSKEYS,
        "rp_id": site.host(),
        "handle": encoded(passkeys.handle_of(request.user)),
    }
    return render(request, "accounts/passkeys.html", facts)


@require_http_methods(["GET", "HEAD", "POST"])
@freshly_proved
def add(request: SignedInRequest) -> HttpResponse:
    """Name a passkey, and save it once the browser has created it."""
    form = AddPasskeyForm(request.POST or None)
    if form.is_valid():
        try:
            made = _register(request, form)
        except Refusal as refusal:
            form.refuse(refusal)
        else:
            messages.success(request, _("%(name)s is ready. You can now sign in with it.") % {"name": made.name})
            return redirect("accounts:passkeys")
    held = holds.of(request.user, HoldScope.NEW_KEY, now=clock.now())
    facts = {"form": form, "rp_id": site.host(), "may_add": may_add(len(passkeys.live(request.user))), "held": held}
    return render(request, "accounts/passkey_add.html", facts, status=status_of(form))


@require_POST
@freshly_proved
def add_options(request: SignedInRequest) -> HttpResponse:
    """Tell the browser what kind of passkey to create."""
    options = passkeys.registration_options(request.user, challenge=passkeys.new_challenge())
    return challenges.offer(options, purpose=_purpose(request))


@require_http_methods(["GET", "HEAD", "POST"])
@freshly_proved
def remove(request: SignedInRequest, passkey_id: int) -> HttpResponse:
    """Say what removing a passkey means, and do it."""
    try:
        if request.method == "POST":
            return _removed(request, passkey_id)
        passkey = Passkey.objects.get(pk=passkey_id, user=request.user, confirmed=True)
    except (Passkey.DoesNotExist, OverflowError) as error:
        raise Http404 from error
    is_here = request.session.current.passkey_id == passkey_id
    return render(request, "accounts/passkey_remove.html", {"passkey": passkey, "is_here": is_here})


def _register(request: SignedInRequest, form: AddPasskeyForm) -> Passkey:
    origin = client.origin(request)
    return passkeys.register(
        user=request.user,
        answer=form.cleaned_data["answer"],
        challenge=challenges.carried(request, purpose=_purpose(request)),
        name=form.cleaned_data["name"] or origin.device,
        by=request.user,
        origin=origin,
        now=clock.now(),
    )


def _removed(request: SignedInRequest, passkey_id: int) -> HttpResponse:
    user, here = request.user, request.session.current
    origin, now = client.origin(request), clock.now()
    gone = passkeys.remove(user=user, passkey_id=passkey_id, by=user, keep=here, origin=origin, now=now)
    messages.success(request, _("%(name)s no longer signs you in.") % {"name": gone.name})
    return redirect("accounts:passkeys")


def _purpose(request: SignedInRequest) -> str:
    return f"add to {request.user.pk}"
