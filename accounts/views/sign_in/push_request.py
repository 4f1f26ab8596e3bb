"""Asking the phone about a sign-in under way."""

from datetime import datetime

from django.http import HttpRequest

from accounts.actions.sign_in import push_approval
from accounts.refusals import Refusal, SignInTooSlow
from accounts.views.sign_in.pending_sign_in import PendingSignIn, PushRequest, of_user
from accounts.views.told import Told
from portal.lib import client


def ask_phone(request: HttpRequest, sign_in: PendingSignIn, *, now: datetime) -> PendingSignIn:
    """Send a request to the user's phones in place of this browser's earlier ones; a refusal is told on the page.

    Raises: ``SignInTooSlow``.
    """
    earlier = {one.reference for one in of_user(request, sign_in.pending.user_id) if one.reference}
    origin = client.origin(request)
    try:
        sent = push_approval.ask(pending=sign_in.pending, origin=origin, now=now, instead_of=earlier)
    except SignInTooSlow:
        raise
    except Refusal as refusal:
        return sign_in.having(push=sign_in.push or PushRequest(), told=Told.of(refusal))
    return sign_in.having(push=PushRequest.of(sent), told=None)
