"""What tests of the desk's lists and commands share."""

import io

from django.core.management import call_command
from django.urls import reverse

from portal.lib import clock
from portal.throttle.reserve import reserve
from tests import buckets


def pause(person, *, tries: int = 5) -> None:
    for _ in range(tries):
        reserve(buckets.password(person.user.username), now=clock.now())


def run(command: str, *args: str, **options: object) -> str:
    out = io.StringIO()
    call_command(command, *args, stdout=out, **options)
    return out.getvalue()


def address(model, page: str = "changelist", *args: object) -> str:
    return reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_{page}", args=args)
