"""What the tests of the outbox share."""

import pytest
from django.core import mail
from django.core.mail import EmailMultiAlternatives


@pytest.fixture
def outbox(settings: object) -> list[EmailMultiAlternatives]:
    """What the guarded back end lets through."""
    settings.EMAIL_BACKEND = "portal.lib.mail.GuardedBackend"
    settings.PORTAL_MAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    mail.outbox = []
    return mail.outbox
