"""App configuration of the help centre."""

from django.apps import AppConfig


class HelpcenterConfig(AppConfig):
    """How customers help themselves: articles, causes, search. Knows no people."""

    name = "helpcenter"
