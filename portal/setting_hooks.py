"""The firm's other systems: where events go, what signs them, who may ask for holds. Part of the settings.

What each looks like: docs/how-to/hooks.md. System checks find the mistakes: portal/outbox/hooks/hook_checks.py.
"""

import re

from django.core.exceptions import ImproperlyConfigured

from portal.lib import env

PORTAL_HOOK_URLS = env.words(
    "PORTAL_HOOK_URLS",
    [],
    help="Systems that are told of events, each as name=https://address; without any, nothing is kept or sent. "
    "The name stays when the address changes.",
)
_NAMED = re.compile(r"([a-z][a-z0-9-]{0,31})=\S+")
_NAMES = [found[1] for entry in PORTAL_HOOK_URLS if (found := _NAMED.fullmatch(entry))]
if len(set(_NAMES)) != len(PORTAL_HOOK_URLS):  # what an address holds may be secret, so it is not shown
    raise ImproperlyConfigured(
        "PORTAL_HOOK_URLS must have entries such as books=https://books.example/events, each with a name of its own: "
        "up to 32 small letters, digits and hyphens."
    )
PORTAL_HOOK_SECRETS = env.secret(
    "PORTAL_HOOK_SECRETS",
    development="",
    help="Secrets that sign events and holds, comma-separated, as manage.py portal_hooks secret prints them. "
    "Every one signs, so that a new one can come in beside the old.",
)
PORTAL_HOOK_HOSTS = env.words(
    "PORTAL_HOOK_HOSTS",
    [],
    help="Hosts that events may be sent to, on port 443 unless another follows a colon; *. stands for any labels.",
)
PORTAL_HOOK_PRIVATE_HOSTS = env.words(
    "PORTAL_HOOK_PRIVATE_HOSTS",
    [],
    help="Those of them that are in a private network, each with that network: books.example=10.20.0.0/16. "
    "They may lead nowhere else, and other hosts to public addresses only.",
)
PORTAL_HOOK_CA_FILE = env.text(
    "PORTAL_HOOK_CA_FILE",
    "",
    help="File of certificates (PEM) of the firm's own authority, trusted for events besides those of this machine.",
)
PORTAL_HOOK_TIMEOUT_SECONDS = env.number(
    "PORTAL_HOOK_TIMEOUT_SECONDS", 10, low=1, high=60, unit="seconds", help="Longest wait for one of these systems."
)
PORTAL_FIRM_TOKENS = env.secret(
    "PORTAL_FIRM_TOKENS",
    development="",
    shortest=32,
    help="Tokens with which the firm's systems ask for holds, comma-separated, 32 characters or longer each. "
    "Without one, there is no such page.",
)
