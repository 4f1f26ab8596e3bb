"""The settings of a real installation, under a clock that the test sets forward: nobody waits a day for a recovery."""

import os
from pathlib import Path

from django.utils import timezone

from tests.firm.clock import SetForward
from tests.production import *  # noqa: F403  all of them are in force

timezone.now = SetForward(Path(os.environ["TEST_CLOCK"])).now
