"""What the portal tells a phone."""

from django.conf import settings
from django.http import JsonResponse

from accounts.views.key_api.calling import Heard, Nothing, answer, heard


@heard("GET", Nothing)
def time(said: Heard[Nothing]) -> JsonResponse:
    """Tell the server's clock."""
    return answer(min_version=settings.PORTAL_KEY_MIN_VERSION, push_key="")
