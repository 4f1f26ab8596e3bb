"""System checks of the outbox: declared kinds and templates agree."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.core.checks import CheckMessage, Error, register
from django.template import Template, TemplateDoesNotExist
from django.template.engine import Engine
from django.template.utils import get_app_template_dirs

from portal.outbox.channels import CHANNELS
from portal.outbox.kinds import KINDS, ChannelName, NoticeKind
from portal.outbox.template_variables import variables_of


@register
def kinds_have_templates(**_: Any) -> list[CheckMessage]:
    """outbox.E001: a kind of notice lacks a template or a channel."""
    return [
        Error(f"Notices of the kind {kind.name} need {what}.", hint="Write it, or remove the kind.", id="outbox.E001")
        for kind in KINDS.values()
        for what in _missing(kind)
    ]


@register
def templates_have_kinds(**_: Any) -> list[CheckMessage]:
    """outbox.E002: a template belongs to no kind of notice, so it is never used."""
    there = {name for channel in CHANNELS.values() for name in _files(channel.folder)}
    needed = {name for kind in KINDS.values() for _channel, name in _templates(kind)}
    return [
        Error(f"{name} belongs to no kind of notice.", hint="Declare its kind, or delete it.", id="outbox.E002")
        for name in sorted(there - needed)
    ]


@register
def templates_use_declared_facts(**_: Any) -> list[CheckMessage]:
    """outbox.E003: a template uses a fact that its kind does not declare, so a part of the message stays empty."""
    return [
        Error(
            f"{name} uses {variable}, which {kind.name} does not declare.",
            hint="Declare the fact in the notice_kinds module of its app, or remove it from the template.",
            id="outbox.E003",
        )
        for kind in KINDS.values()
        for channel, name in _templates(kind)
        for variable in sorted(_used(name) - kind.facts_on(channel) - CHANNELS[channel].common)
    ]


def _missing(kind: NoticeKind) -> Iterator[str]:
    for channel in kind.channels:
        if channel not in CHANNELS:
            yield f"the channel {channel}"
            continue
        for choice in CHANNELS[channel].templates(kind):
            if not any(map(_find, choice)):
                yield " or ".join(choice)


def _templates(kind: NoticeKind) -> Iterator[tuple[ChannelName, str]]:
    """Yield the templates of a kind, whether they exist or not."""
    for channel in kind.channels:
        for choice in CHANNELS[channel].templates(kind) if channel in CHANNELS else ():
            yield from ((channel, name) for name in choice)


def _used(name: str) -> set[str]:
    template = _find(name)
    return variables_of(template) if template else set()


def _find(name: str) -> Template | None:
    try:
        return Engine.get_default().get_template(name)
    except TemplateDoesNotExist:
        return None


def _files(folder: str) -> Iterator[str]:
    """Yield the names of the templates in a folder, without those that others extend or include."""
    for root in (*Engine.get_default().dirs, *get_app_template_dirs("templates")):
        found = (Path(str(root)) / folder).rglob("[!_]*")
        yield from (str(file.relative_to(str(root))) for file in found if file.is_file())
