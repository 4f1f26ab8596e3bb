"""What a new password costs however many one has had: a section of ``make bench``."""

import statistics
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.bench import Desk


def section(desk: "Desk") -> None:
    """Compare a new password checked against one former password and against five hundred."""
    from accounts.actions import password as passwords
    from portal.lib import clock
    from tests.bench import timed

    user = desk.person.user
    passwords.remember_password(user, desk.person.password, now=clock.now())

    def check() -> None:
        passwords.check_new_password(user, "Nine-Lanterns-Over-Water-7")

    few = statistics.median(list(timed(check, 40)))
    for number in range(499):
        passwords.remember_password(user, f"Engine-Part-{number:03}", now=clock.now())
    many = statistics.median(list(timed(check, 40)))
    print(f"  a new password against 500 former ones: {many / few:.2f} x against one (limit 1.10)")
