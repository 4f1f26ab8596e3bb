"""Decorators that parse, authenticate and answer Key API requests."""

import functools
import hashlib
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Concatenate, Final, Generic, ParamSpec, TypeVar, cast

from django.conf import settings
from django.core.exceptions import ObjectDoesNotExist
from django.http import HttpRequest, JsonResponse
from django.http.request import UnreadablePostError
from django.views.decorators.common import no_append_slash
from django.views.decorators.csrf import csrf_exempt

from accounts.key_api import authentication
from accounts.models import Phone
from accounts.refusals import CallUnreadable, NothingThere, PhoneEnded, Refusal, TooOften
from portal.lib import client, clock, strict_json
from portal.lib.http_methods import mark_post_only

P = ParamSpec("P")
Body = TypeVar("Body")
MAX_BODY_BYTES = 16_384  # bytes of a body

_STATUS = {
    **dict.fromkeys(("Y1", "Y8"), 400),
    **dict.fromkeys(("Y2", "Y3", "Y5"), 401),
    **dict.fromkeys(("B3", "X2", "Y6"), 404),
    **dict.fromkeys(("N5", "Y4", "Y7", "Y9"), 409),
    "K5": 426,
    "T1": 429,
}
_BYTES_16, _BYTES_64 = r"[A-Za-z0-9_-]{22}", r"[A-Za-z0-9_-]{86}"
_HEADERS = {
    "Key-Phone": rf"(?:{_BYTES_16})?",
    "Key-Version": r"(?=.{1,16}\Z)(?:0|[1-9][0-9]*)(?:\.(?:0|[1-9][0-9]*))*",
    "Key-Time": r"[1-9][0-9]{0,11}",
    "Key-Nonce": _BYTES_16,
    "Key-Signature": _BYTES_64,
}
_LENGTH = re.compile(r"[0-9]{0,5}")  # of a body; more is not even read
_FORMS: Final = {name: re.compile(form) for name, form in _HEADERS.items()}


@dataclass(frozen=True)
class ApiRequest(Generic[Body]):
    """A parsed request with its origin and time, not authenticated yet."""

    http: HttpRequest
    body: Body
    origin: client.Origin
    now: datetime

    @property
    def call(self) -> authentication.Call:
        """Return what the headers say. Raises: ``CallUnreadable``."""
        given = {name: self.http.headers.get(name, "") for name in _FORMS}
        if not all(form.fullmatch(given[name]) for name, form in _FORMS.items()):
            raise CallUnreadable
        return authentication.Call(
            method=str(self.http.method),
            path=self.http.get_full_path(),
            body_digest=hashlib.sha256(self.http.body).hexdigest(),
            phone=given["Key-Phone"],
            version=given["Key-Version"],
            time=int(given["Key-Time"]),
            nonce=given["Key-Nonce"],
            signature=given["Key-Signature"],
        )


@dataclass(frozen=True)
class SignedApiRequest(ApiRequest[Body]):
    """A request authenticated by its signature."""

    phone: Phone


View = Callable[Concatenate[HttpRequest, P], JsonResponse]


def api_request(
    method: str, shape: type[Body]
) -> Callable[[Callable[Concatenate[ApiRequest[Body], P], JsonResponse]], View[P]]:
    """Parse requests of one method, with a body of this shape, and answer refusals.

    Exempt from CSRF tokens: nothing here reads a cookie, so another site's page has no credential to borrow. Changes
    are signed by a key that only the app's own pages can use.
    """

    def decorate(view: Callable[Concatenate[ApiRequest[Body], P], JsonResponse]) -> View[P]:
        request_method_list = [method]  # read by portal.url_inventory

        @csrf_exempt
        @no_append_slash
        @functools.wraps(view)
        def guarded(request: HttpRequest, *args: P.args, **kwargs: P.kwargs) -> JsonResponse:
            if request.method not in request_method_list:
                return _wrong_method(request_method_list)
            return _refusals_answered(lambda: view(_read(request, shape), *args, **kwargs))

        known = cast("View[P]", guarded)
        return known if method == "GET" else mark_post_only(known)

    return decorate


def signed(
    method: str, shape: type[Body]
) -> Callable[[Callable[Concatenate[SignedApiRequest[Body], P], JsonResponse]], View[P]]:
    """Run the view only for requests signed by a paired phone."""

    def decorate(view: Callable[Concatenate[SignedApiRequest[Body], P], JsonResponse]) -> View[P]:
        @api_request(method, shape)
        @functools.wraps(view)
        def authenticated(request: ApiRequest[Body], /, *args: P.args, **kwargs: P.kwargs) -> JsonResponse:
            phone = authentication.verify(request.call, origin=request.origin, now=request.now)
            return view(
                SignedApiRequest(request.http, request.body, request.origin, request.now, phone), *args, **kwargs
            )

        authenticated.__dict__["who"] = "a paired phone"  # read by portal.url_inventory
        return authenticated

    return decorate


def respond(status: int = 200, **names: Any) -> JsonResponse:
    """Return the answer, with the server's clock."""
    return JsonResponse({**names, "time": int(clock.now().timestamp())}, status=status)


def refused(refusal: Refusal) -> JsonResponse:
    """Return a refusal: its cause, its words, and the numbers the app needs."""
    more = {name: refusal.facts[name] for name in ("tries_left",) if name in refusal.facts}
    if isinstance(refusal, PhoneEnded):
        more["reason"] = refusal.reason
    response = respond(_STATUS.get(refusal.code, 403), cause=refusal.code, text=refusal.words(), **more)
    if isinstance(refusal, TooOften):
        response["Retry-After"] = str(max(1, round((refusal.until - clock.now()).total_seconds())))
    return response


def _refusals_answered(run: Callable[[], JsonResponse]) -> JsonResponse:
    try:
        return run()
    except Refusal as refusal:
        return refused(refusal)
    except ObjectDoesNotExist:
        return refused(NothingThere())


def _read(request: HttpRequest, shape: type[Body]) -> ApiRequest[Body]:
    if settings.SECURE_SSL_REDIRECT and not request.is_secure():
        raise CallUnreadable
    return ApiRequest(request, _body(request, shape), client.origin(request), clock.now())


def _wrong_method(allowed: list[str]) -> JsonResponse:
    response = respond(405, cause=CallUnreadable.code, text=CallUnreadable().words())
    response["Allow"] = ", ".join(allowed)
    return response


def _body(request: HttpRequest, shape: type[Body]) -> Body:
    raw = _raw(request)
    if request.META.get("QUERY_STRING"):
        raise CallUnreadable
    if request.method == "GET":
        if raw:
            raise CallUnreadable
        return shape()
    if request.content_type != "application/json" or request.content_params not in ({}, {"charset": "utf-8"}):
        raise CallUnreadable
    try:
        return strict_json.read(raw, shape)
    except strict_json.Unreadable as error:
        raise CallUnreadable from error


def _raw(request: HttpRequest) -> bytes:
    if not _LENGTH.fullmatch(request.META.get("CONTENT_LENGTH") or ""):
        raise CallUnreadable
    try:
        raw = request.body
    except UnreadablePostError as error:  # the connection broke
        raise CallUnreadable from error
    if len(raw) > MAX_BODY_BYTES:
        raise CallUnreadable
    return raw
