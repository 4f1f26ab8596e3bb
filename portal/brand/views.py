"""The address of a brand's files."""

from typing import Final

from django.http import Http404, HttpRequest, HttpResponse
from django.utils.cache import patch_cache_control
from django.views.decorators.http import require_safe

from portal.brand import files

_YEAR_SECONDS: Final = 31_536_000
# Opened by itself, a picture is a document: it runs nothing, loads nothing, and belongs to no origin.
_AS_A_PICTURE: Final = "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'; sandbox"


@require_safe
def serve(request: HttpRequest, name: str) -> HttpResponse:
    """Serve a file of the brand: stylesheet, logo, icons.

    The address of a former content gets what is there now, and is not kept: while a new brand is brought in, pages
    of both are open.
    """
    file = next((file for file in files.everything().values() if _is_for(file, name)), None)
    if file is None:
        raise Http404
    response = HttpResponse(file.content, content_type=file.content_type)
    if file.name != files.SHEET:
        response["Content-Security-Policy"] = _AS_A_PICTURE
    if name == file.served_as:
        patch_cache_control(response, public=True, max_age=_YEAR_SECONDS, immutable=True)
    else:
        patch_cache_control(response, public=True, no_cache=True)
    return response


def _is_for(file: files.File, name: str) -> bool:
    """Tell whether this is the file's address, for this content or another one."""
    stem, _, ending = file.name.rpartition(".")
    before, _, rest = name.rpartition("-")
    return before == stem and rest.endswith(f".{ending}")
