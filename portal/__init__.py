"""The portal: settings, pages that belong to no app, and what all apps share."""

__version__ = "0.1.0"
