"""A worker as a process, for which the name of a receiver leads to this machine: python -m tests.hook_worker."""

import os

import django

django.setup()

from django.core.management import call_command

from portal.outbox.hooks import receivers, sending
from tests import tls_server

if __name__ == "__main__":
    sending.network = tls_server.here(receivers.HookNetwork, os.environ["TEST_AUTHORITY"])
    call_command("portal_worker")
