"""Backup codes: make new ones, see them once, see how many are left."""

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from accounts.actions import holds
from accounts.actions.authenticators import backup_codes
from accounts.cookies import EncryptedCookie
from accounts.enums import HoldScope
from accounts.hold_refusals import Held
from accounts.policies import backup_codes as rules
from accounts.request_types import SignedInRequest
from accounts.views.guards import freshly_proved, signed_in
from portal.lib import client, clock

NEW_CODES = EncryptedCookie("backup-codes", minutes=2)  # on their way to the page that shows them once


@require_http_methods(["GET", "HEAD", "POST"])
@freshly_proved
def codes(request: SignedInRequest) -> HttpResponse:
    """See how many backup codes are left, and make new ones."""
    held = holds.of(request.user, HoldScope.NEW_KEY, now=clock.now())
    if request.method == "POST":
        user = request.user
        try:
            made = backup_codes.make(user=user, by=user, origin=client.origin(request), now=clock.now())
        except Held as refusal:
            held = refusal
        else:
            response = redirect("accounts:backup-codes-new")
            NEW_CODES.write(response, user=user.pk, codes=made)
            return response
    left = backup_codes.left(request.user)
    facts = {"left": left, "count": rules.COUNT, "are_few": rules.are_few(left), "held": held}
    return render(request, "accounts/backup_codes.html", facts)


@require_safe
@signed_in
def new_codes(request: SignedInRequest) -> HttpResponse:
    """See new backup codes, this once, to print or write them down."""
    kept = NEW_CODES.read(request)
    if kept.get("user") != request.user.pk:
        return redirect("accounts:backup-codes")
    response = render(request, "accounts/backup_codes_new.html", {"codes": kept["codes"]})
    NEW_CODES.drop(response)
    return response
