"""The settings of a real installation, with the static files gathered in a folder of the test's own."""

import os
from pathlib import Path

from portal.settings import *  # noqa: F403  all of them are in force

STATIC_ROOT = Path(os.environ["TEST_STATIC_ROOT"])
