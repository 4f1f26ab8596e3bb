"""The methods of proving that the claimant holds a registered channel, one module each.

A new method needs a module here, a template for the claimant's page, and a line in ``METHODS``. The terms of
cases opened from then on include its points; cases that are already open go on without it.
"""

from recovery.methods.contract import Method
from recovery.methods.mail import MailCode

METHODS: dict[str, Method] = {method.name: method for method in (MailCode(),)}
