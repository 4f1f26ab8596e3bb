#!/usr/bin/env python3
"""Run a command of the portal, for example ``./manage.py migrate``."""

import os
import sys


def main() -> None:
    """Hand the command line over to Django."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "portal.settings")
    if sys.argv[1:2] == ["test"]:
        os.environ.setdefault("PORTAL_DEBUG", "1")  # development secrets; Django turns DEBUG off for the tests
    from django.core.management import execute_from_command_line  # noqa: PLC0415  settings first

    execute_from_command_line(sys.argv)


if __name__ == "__main__":
    main()
