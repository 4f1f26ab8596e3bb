"""What is on hold by account, for the firm's other systems: JSON, signed like the events they are told (FIRM-4)."""

import logging
import uuid
from datetime import datetime
from typing import Any

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.http import require_safe

from accounts.models import Mandate, TradingAccount
from portal.lib import client, clock, digests, env
from portal.lib.headers import DATA_ONLY
from portal.outbox.hooks import signatures
from portal.outbox.hooks.events import as_text, message, moment
from portal.throttle import limits
from portal.throttle.reserve import LimitReached, reserve
from recovery.actions import case_holds

log = logging.getLogger("portal.security")

_BEARER = "bearer"  # in any case (RFC 9110, 11.1)


@require_safe
def holds(request: HttpRequest, number: str) -> HttpResponse:
    """Holds and suspensions of everybody who may act on an account, as signed JSON."""
    tokens = env.listed(settings.PORTAL_FIRM_TOKENS)
    if not tokens or not signatures.secrets_in_force():
        raise Http404
    if not _is_right(request.headers.get("Authorization", ""), tokens):
        return _refused(request)
    now = clock.now()
    account = TradingAccount.objects.filter(number=number).first()
    data = {"account": number, "known": account is not None, **_of(account, now=now)}
    return _signed(data, status=200 if account else 404, now=now)


holds.__dict__["who"] = "the firm's systems"  # read by portal.url_inventory


def _is_right(given: str, tokens: list[str]) -> bool:
    """Compare with every token, each in constant time."""
    scheme, _, token = given.partition(" ")
    typed = digests.keyed("firm-token", token.strip())
    right = [digests.same(typed, digests.keyed("firm-token", token)) for token in tokens]
    return scheme.lower() == _BEARER and any(right)


def _refused(request: HttpRequest) -> JsonResponse:
    log.warning("wrong token of a firm's system", extra={"facts": {"path": "/firm/holds/"}})
    try:
        reserve(*limits.FIRM_TOKEN.of_network(client.address(request)), now=clock.now())
    except LimitReached as reached:
        seconds = (reached.until - clock.now()).total_seconds() if reached.until else 60
        answer = JsonResponse({"error": "too many wrong tokens"}, status=429)
        answer["Retry-After"] = str(max(1, round(seconds)))
    else:
        answer = JsonResponse({"error": "wrong token"}, status=401)
        answer["WWW-Authenticate"] = "Bearer"
    answer["Content-Security-Policy"] = DATA_ONLY
    return answer


def _of(account: TradingAccount | None, *, now: datetime) -> dict[str, Any]:
    mandates = Mandate.objects.filter(account=account).select_related("user__customer").order_by("user__username")
    acting = {mandate.user_id: mandate for mandate in mandates} if account else {}
    found = (
        case_holds.live(list(acting), now=now).select_related("case").order_by("subject__username", "scope", "until")
    )
    latest = {(hold.subject_id, hold.scope): hold for hold in found}
    return {
        "holds": [
            _who(acting[hold.subject_id])
            | {"scope": hold.scope, "since": moment(hold.starts_at), "until": moment(hold.until)}
            | {"because": case_holds.because(hold.case)}
            for hold in latest.values()
        ],
        "suspended": [
            _who(mandate) | {"since": moment(mandate.user.suspended_at)}
            for mandate in acting.values()
            if mandate.user.suspended_at
        ],
    }


def _who(mandate: Mandate) -> dict[str, str]:
    customer = mandate.user.customer
    return {"username": mandate.user.username, "customer": customer.number if customer else "", "role": mandate.role}


def _signed(data: dict[str, Any], *, status: int, now: datetime) -> HttpResponse:
    message_id = f"ans_{uuid.uuid4().hex}"
    body = as_text(message(message_id, "account.holds", data, now=now))
    answer = HttpResponse(body, status=status, content_type="application/json")
    answer["Content-Security-Policy"] = DATA_ONLY
    for name, value in signatures.headers(message_id, body, now=now).items():
        answer[name] = value
    return answer
