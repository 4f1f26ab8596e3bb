"""The portal's own address, for QR codes, passkeys and programs."""

from django.conf import settings


def host() -> str:
    """Return the host without a port, to which passkeys are bound."""
    return settings.PORTAL_HOST.partition(":")[0]


def origin() -> str:
    """Return the origin as browsers write it. A demo has no certificate, everything else is https."""
    return f"{'http' if settings.DEBUG else 'https'}://{settings.PORTAL_HOST}"


def url(path: str) -> str:
    """Return the absolute URL of a page, ``path`` with its leading slash."""
    return origin() + path
