"""Another firm's brand, as its example reads it: docs/examples/harbour."""

import json
import subprocess
from typing import Any

from tests.house.sources import ROOT

FOLDER = "docs/examples/harbour"
NAME = 'Müller & Söhne: Wertpapierhandelshaus "Zum Hafen" & Übersee'
LIGHT = {"brand": "#5a1f6e", "on-brand": "#ffffff", "primary": "#6a2480", "link": "#6a2480"}
DARK = {"brand": "#341240", "on-brand": "#eef2f6", "primary": "#dbafe9", "link": "#dbafe9"}


def read() -> dict[str, str]:
    """Return the example's settings, as a shell reads them."""
    command = ["/bin/sh", "-c", f"set -a; . ./{FOLDER}/settings; env -0"]
    printed = subprocess.run(command, cwd=ROOT, env={}, capture_output=True, text=True, check=True).stdout
    return dict(line.partition("=")[::2] for line in printed.split("\0") if line.startswith("PORTAL_"))


def wear(settings: Any) -> None:
    """Give the portal this brand for the rest of a test."""
    for name, value in read().items():
        setattr(settings, name, json.loads(value) if name == "PORTAL_LEGAL_LINKS" else value)
    settings.DEFAULT_FROM_EMAIL = settings.PORTAL_MAIL_FROM
