"""Looking up a message of ours by its reference: is it from us?"""

from datetime import datetime

from accounts.models import User
from accounts.refusals import refusing, too_often
from portal.lib import client
from portal.outbox import history
from portal.outbox.models import Notice
from portal.throttle import limits
from portal.throttle.reserve import reserve


@refusing(too_often)
def check(*, typed: str, user: User | None, origin: client.Origin, now: datetime) -> Notice | None:
    """Return the message that was sent with this reference, or None.

    ``user``: who is signed in, and finds only messages to the same customer; None finds any, of which a page may tell
    no more than that it was sent, when and of what kind.
    Effects: an attempt of the network stays counted, whatever the answer, so that references cannot be tried out.
    Needs: no open transaction. Raises: ``TooOften``.
    """
    reserve(*limits.NOTICE_CHECK.of_network(origin.address), now=now)
    return history.find(typed, among=None if user is None else log_ins_of(user))


def log_ins_of(user: User) -> list[int]:
    """Return the users whose messages this one may read: those of the same customer in the same realm."""
    if user.customer_id is None:
        return [user.pk]
    return list(User.objects.filter(customer=user.customer_id, realm=user.realm).values_list("pk", flat=True))
