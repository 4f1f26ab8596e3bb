"""Headers: of short responses that only scripts read, and what a Content-Type claims."""

from collections.abc import Mapping

from django.http import HttpResponseBase

DATA_ONLY = "default-src 'none'; frame-ancestors 'none'"  # nothing loads, nothing runs, no framing
_OF_DOCUMENTS = ("Cross-Origin-Opener-Policy", "Permissions-Policy", "Referrer-Policy", "X-Frame-Options")


def is_data(response: HttpResponseBase) -> bool:
    """Tell whether this response is marked as data, not a document."""
    return response.headers.get("Content-Security-Policy") == DATA_ONLY


def leave_out_those_of_documents(response: HttpResponseBase) -> None:
    """Drop headers that matter only in documents, to keep a response that is polled every two seconds short."""
    for name in _OF_DOCUMENTS:
        del response.headers[name]


def is_utf8(parameters: Mapping[str, str]) -> bool:
    """Tell whether the parameters of a Content-Type claim UTF-8, or nothing."""
    return parameters.get("charset", "utf-8").lower() in {"utf-8", "utf8"}
