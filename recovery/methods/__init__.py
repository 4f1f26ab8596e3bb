"""The ways to prove that a registered channel is in the claimant's hands, one module each.

A new one takes its module here with a template for the claimant's page, and its line in ``METHODS``. The terms of
cases opened from then on have its points; a case that is open already runs on without it.
"""

from recovery.methods.contract import Method
from recovery.methods.mail import MailCode

METHODS: dict[str, Method] = {method.name: method for method in (MailCode(),)}
