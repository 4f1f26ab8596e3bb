"""The WSGI application, for any WSGI server: ``gunicorn portal.wsgi``."""

import os
from collections.abc import Callable, Iterable
from typing import Any

from django.core.wsgi import get_wsgi_application
from django.utils.http import parse_header_parameters

from portal.lib.headers import is_utf8

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "portal.settings")
_django = get_wsgi_application()


def application(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
    """Hand the request to Django, without a character set that it would read the address by.

    Django decodes the query string by the charset that a client claims, before any middleware runs; some names of
    codecs make it fail. Any charset but UTF-8 is replaced by one that nobody knows, which CharsetMiddleware refuses.
    """
    kind, parameters = parse_header_parameters(environ.get("CONTENT_TYPE", ""))
    if not is_utf8(parameters):
        environ["CONTENT_TYPE"] = f"{kind}; charset=none"
    return _django(environ, start_response)
