"""The Key's web app as this release brings it."""

VERSION = "1.0"  # numbers and dots; sent with every call of the app, see PORTAL_KEY_MIN_VERSION
