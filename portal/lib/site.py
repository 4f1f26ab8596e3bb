"""Our own address on the web, said in one way: to pictures, passkeys and programs."""

from django.conf import settings


def host() -> str:
    """Return our name without a port: what passkeys are bound to."""
    return settings.PORTAL_HOST.partition(":")[0]


def origin() -> str:
    """Return scheme and host as a browser says them. A demo has no certificate, everything else is https."""
    return f"{'http' if settings.DEBUG else 'https'}://{settings.PORTAL_HOST}"


def url(path: str) -> str:
    """Return the whole address of a page, ``path`` with its leading slash."""
    return origin() + path
