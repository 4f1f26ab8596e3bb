"""Where password managers look for the page of passkeys."""

from django.conf import settings
from django.test import Client


def test_password_managers_find_the_page_of_passkeys_without_a_redirect(client: Client):
    answer = client.get("/.well-known/passkey-endpoints")

    page = f"https://{settings.PORTAL_HOST}/security/passkeys/"
    assert (answer.status_code, answer["Content-Type"]) == (200, "application/json")
    assert answer.json() == {"enroll": page, "manage": page}
