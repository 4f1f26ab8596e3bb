"""What a phone may read before it is paired."""

from django.conf import settings
from django.http import JsonResponse

from accounts.key_api.decorators import ApiRequest, api_request, respond
from accounts.key_api.schemas import Nothing
from portal.lib import push


@api_request("GET", Nothing)
def time(request: ApiRequest[Nothing]) -> JsonResponse:
    """Return the server's time."""
    return respond(min_version=settings.PORTAL_KEY_MIN_VERSION, push_key=push.key_for_phones())
