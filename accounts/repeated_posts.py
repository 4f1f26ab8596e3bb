"""A second press, or a post sent again on a slow line, gets the answer of the first; nothing is evaluated twice.

See docs/decisions/0026-a-post-is-answered-once.md.
"""

import base64
import json
import logging
import re
import time
import zlib
from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.db import DatabaseError, InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse, HttpResponseBase

from accounts.models import AnsweredPost
from portal import errors
from portal.lib import clock, digests

log = logging.getLogger("portal.security")

_FORM_ID = re.compile(r"[A-Za-z0-9_-]{22}")  # as the template tag ``form_id`` makes it
_LOOK_AGAIN = 0.05  # seconds
_WAIT = settings.PORTAL_HASH_QUEUE_SECONDS + 5  # seconds: as long as an answer may take


def may_change(response: HttpResponse) -> HttpResponse:
    """Mark an answer that used nothing up, and may be another one a moment later: it is not kept."""
    response.__dict__["may_change"] = True
    return response


class RepeatedPostMiddleware:
    """Answer each post that carries a form id once; the same post from the same browser gets that answer again.

    The same: address, everything posted, and the cookies named in ``_key``. Answers of 500 and above are not kept.
    Stands outside of the session's and the CSRF check's middleware: what they set is part of the answer.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Answer, or repeat the answer; 503 if the first is still being worked on after the longest wait."""
        digest = _key(request)
        if not digest:
            return self.get_response(request)
        try:
            claimed = _claim(digest)
        except (InterfaceError, OperationalError, TimeoutError):
            return errors.unavailable(request)
        return self._answered(request, claimed) if isinstance(claimed, AnsweredPost) else claimed

    def _answered(self, request: HttpRequest, row: AnsweredPost) -> HttpResponseBase:
        response = self.get_response(request)
        if response.status_code >= 500 or response.__dict__.get("may_change") or not isinstance(response, HttpResponse):
            row.delete()
        else:
            row.answer = json.dumps(_kept(response))
            try:
                row.save(update_fields=["answer"])
            except DatabaseError:  # it was answered all the same, and must reach its reader
                log.exception("an answer was not kept")
        return response


def _claim(digest: str) -> AnsweredPost | HttpResponse:
    """Return the row of a post that is to be answered, or the answer of the first. Raises: ``TimeoutError``."""
    deadline = time.monotonic() + _WAIT
    while (row := AnsweredPost.objects.claim(digest, now=clock.now())) is None:
        first = AnsweredPost.objects.filter(digest=digest).first()
        if first is not None and first.answer:
            return _repeated(json.loads(first.answer))
        if time.monotonic() > deadline:
            raise TimeoutError
        time.sleep(_LOOK_AGAIN)
    return row


def _key(request: HttpRequest) -> str:
    """Return the digest of a post with a form id, or an empty text.

    The cookies of the form's protection and of the sign-in under way are part of it: without them, which no table
    holds, nobody can find out from the digest what was typed.
    """
    if request.method != "POST" or request.content_type != "application/x-www-form-urlencoded":
        return ""
    if not _FORM_ID.fullmatch(request.POST.get("form_id", "")):
        return ""
    own = [settings.CSRF_COOKIE_NAME, f"{settings.PORTAL_COOKIE_PREFIX}pending-{request.GET.get('sign_in', '')}"]
    cookies = [request.COOKIES.get(name, "") for name in own]
    return digests.keyed("post", json.dumps([request.get_full_path(), cookies, sorted(request.POST.lists())]))


def _kept(response: HttpResponse) -> dict[str, Any]:
    return {
        "status": response.status_code,
        "headers": list(response.items()),
        "cookies": [cookie.OutputString() for cookie in response.cookies.values()],
        "body": base64.b85encode(zlib.compress(response.content)).decode(),
    }


def _repeated(kept: dict[str, Any]) -> HttpResponse:
    response = HttpResponse(zlib.decompress(base64.b85decode(kept["body"])), status=kept["status"])
    for name, value in kept["headers"]:
        response[name] = value
    for cookie in kept["cookies"]:
        response.cookies.load(cookie)
    return response
