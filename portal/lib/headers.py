"""Headers of short answers that only scripts read."""

from django.http import HttpResponseBase

DATA_ONLY = "default-src 'none'; frame-ancestors 'none'"  # nothing loads, nothing runs, nobody frames it
_OF_DOCUMENTS = ("Cross-Origin-Opener-Policy", "Permissions-Policy", "Referrer-Policy", "X-Frame-Options")


def is_data(response: HttpResponseBase) -> bool:
    """Tell whether this answer says of itself that it is no document."""
    return response.headers.get("Content-Security-Policy") == DATA_ONLY


def leave_out_those_of_documents(response: HttpResponseBase) -> None:
    """Drop what a browser heeds in documents alone: an answer that is asked for every two seconds is kept short."""
    for name in _OF_DOCUMENTS:
        del response.headers[name]
