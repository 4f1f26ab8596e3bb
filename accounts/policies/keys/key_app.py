"""The version of the Key's web app in this release."""

VERSION = "1.0"  # numbers and dots; sent with every request of the app, see PORTAL_KEY_MIN_VERSION
