"""The command that makes the pair of keys for notifications."""

import io

from django.core.management import call_command

from portal.lib import push


def test_a_fresh_pair_of_keys_is_printed_and_fits_the_setting():
    out = io.StringIO()

    call_command("portal_vapid_keys", stdout=out)

    first, second = out.getvalue().splitlines()
    private = first.removeprefix("PORTAL_VAPID_PRIVATE_KEY=")
    assert push.is_private_key(private)
    assert second.endswith(push.public_key_of(private))
