"""What is declared and what the templates say are the same, or the checks tell."""

from pathlib import Path

import pytest
from django.core import checks as django_checks
from django.template import Context, Engine

from accounts import notice_kinds as of_accounts
from portal.outbox import checks, emails, kinds
from portal.outbox.kinds import ChannelName, NoticeKind, declare
from portal.outbox.template_variables import variables_of
from recovery import notice_kinds as of_recovery
from tests import notices


@pytest.fixture
def templates(settings, tmp_path: Path, monkeypatch) -> Path:
    """A folder of templates that are found beside those of the product; kinds declared meanwhile are forgotten."""
    settings.TEMPLATES = [settings.TEMPLATES[0] | {"DIRS": [tmp_path, *settings.TEMPLATES[0]["DIRS"]]}]
    monkeypatch.setattr(kinds, "KINDS", dict(kinds.KINDS))
    monkeypatch.setattr(checks, "KINDS", kinds.KINDS)
    (tmp_path / "email").mkdir()
    return tmp_path


def write(folder: Path, name: str, text: str = "Words", **others: str) -> None:
    for ending in ("subject.txt", "txt", "html"):
        wanted = others.get(ending.replace(".", "_"), text)
        (folder / "email" / f"{name}.{ending}").write_text(wanted)


def found() -> list[tuple[str, str]]:
    every = (checks.kinds_have_templates, checks.templates_have_kinds, checks.templates_use_declared_facts)
    return [(message.id, message.msg) for check in every for message in check()]


def test_everything_declared_and_written_today_fits():
    assert found() == []
    assert len(kinds.KINDS) == 53


def test_the_checks_run_with_all_others():
    assert {checks.kinds_have_templates, checks.templates_have_kinds, checks.templates_use_declared_facts} <= set(
        django_checks.registry.registry.get_checks()
    )


def test_each_app_declares_its_own_kinds():
    of = {
        app: {kind.name for kind in vars(app).values() if isinstance(kind, NoticeKind)}
        for app in (of_accounts, of_recovery)
    }

    assert of[of_accounts] | of[of_recovery] == set(kinds.KINDS)
    assert {name for name in kinds.KINDS if name.startswith(("case_", "reset_"))} == of[of_recovery]


@pytest.mark.parametrize("lacking", ["subject.txt", "txt", "html"])
def test_a_kind_that_lacks_a_template_is_found(templates: Path, lacking: str):
    declare("made_up")
    write(templates, "made_up")
    (templates / "email" / f"made_up.{lacking}").unlink()

    assert found() == [("outbox.E001", f"Notices of the kind made_up need email/made_up.{lacking}.")]


@pytest.mark.parametrize(
    ("there", "missing"),
    [
        ("push/news.txt", []),
        ("push/made_up.txt", []),
        ("push/other.txt", ["Notices of the kind made_up need push/made_up.txt or push/news.txt."]),
    ],
)
def test_a_kind_for_phones_has_a_text_of_its_own_or_the_general_one(
    templates: Path, settings, there: str, missing: list[str]
):
    settings.TEMPLATES = [settings.TEMPLATES[0] | {"DIRS": [templates]}]
    (templates / "push").mkdir()
    (templates / there).write_text("Words")
    kinds.KINDS.clear()
    declare("made_up", channels=(ChannelName.PUSH,))

    assert [message.msg for message in checks.kinds_have_templates()] == missing


def test_a_channel_nobody_registered_is_found(templates: Path, monkeypatch):
    monkeypatch.setattr(checks, "CHANNELS", {ChannelName.PUSH: checks.CHANNELS[ChannelName.PUSH]})
    declare("made_up")

    assert ("outbox.E001", "Notices of the kind made_up need the channel email.") in found()


def test_a_template_of_no_kind_is_found(templates: Path):
    write(templates, "forgotten")
    write(templates, "_shared")

    assert found() == [
        ("outbox.E002", f"email/forgotten.{ending} belongs to no kind of notice.")
        for ending in ("html", "subject.txt", "txt")
    ]


def test_a_fact_that_is_not_declared_is_found_wherever_it_is_used(templates: Path):
    declare("made_up", facts={"at"})
    write(templates, "made_up", subject_txt="{{ at }}", txt="{{ brand_name }} {{ device }}", html="{{ reference }}")

    assert found() == [("outbox.E003", "email/made_up.txt uses device, which made_up does not declare.")]


def test_a_fact_that_the_parent_uses_is_found(templates: Path):
    (templates / "email" / "_parent.html").write_text("{{ greeting }}{% block text %}{{ secret }}{% endblock %}")
    declare("made_up")
    write(templates, "made_up", html='{% extends "email/_parent.html" %}')

    assert found() == [("outbox.E003", "email/made_up.html uses secret, which made_up does not declare.")]


def test_a_phone_is_told_no_fact_at_all(templates: Path):
    (templates / "push").mkdir()
    (templates / "push" / "made_up.txt").write_text("{{ brand_name }} {{ at }}")
    declare("made_up", facts={"at"}, channels=(ChannelName.PUSH,))

    assert found() == [("outbox.E003", "push/made_up.txt uses at, which made_up does not declare.")]


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("plain words", ""),
        ("{{ one }} {{ two.three }} {{ 'text' }} {{ 4 }}", "one two"),
        ("{{ one|default:two|date:'Y' }}", "one two"),
        (
            "{% if one and not two or three|length > four %}{% elif five %}{{ six }}{% else %}{{ seven }}{% endif %}",
            "one two three four five six seven",
        ),
        (
            "{% for one in two %}{{ one }}{{ forloop.counter }}{{ three }}{% empty %}{{ four }}{% endfor %}",
            "two three four",
        ),
        ("{% for one in one.more %}{{ one }}{% endfor %}", "one"),
        ("{% with one=two three=three.four %}{{ one }}{{ three }}{{ five }}{% endwith %}", "two three five"),
        ("{% plain_moment one zone=two %}", "one two"),
        ("{% translate 'words' %}{% translate one %}", "one"),
        ("{% blocktranslate with one=two.three %}Hello {{ one }} {{ four }}{% endblocktranslate %}", "two four"),
        (
            "{% blocktranslate count one=one|add:1 %}{{ one }}{{ two }}{% plural %}{{ three }}{% endblocktranslate %}",
            "one two three",
        ),
        (
            "{% autoescape off %}{{ one }}{% endautoescape %}{% block two %}{{ block.super }}{{ three }}{% endblock %}",
            "one three",
        ),
        ('{% include "part" %}', "inner outer"),
        ('{% include "part" with inner=one %}', "one outer"),
        ('{% include "part" with inner=1 outer=inner only %}', "inner"),
        ("{% include one %}", "one"),
        ('{% extends "whole" %}', "head body"),
        ('{% extends "whole" %}{% block text %}{{ one }}{% endblock %}', "head body one"),
    ],
)
def test_every_name_that_a_template_reads_is_found(settings, text: str, names: str):
    parts = {"part": "{{ inner }}{{ outer }}", "whole": "{{ head }}{% block text %}{{ body }}{% endblock %}"}
    options = {
        "builtins": ["portal.templatetags.portal_tags", "django.templatetags.i18n"],
        "loaders": [("django.template.loaders.locmem.Loader", parts | {"it": text})],
    }
    settings.TEMPLATES = [{"BACKEND": "django.template.backends.django.DjangoTemplates", "OPTIONS": options}]

    assert variables_of(Engine.get_default().get_template("it")) == set(names.split())


class Noting(Context):
    """A context that notes what is read from it."""

    read: set[str]

    def __getitem__(self, key: str) -> object:
        self.read.add(key)
        return super().__getitem__(key)


def test_whatever_our_templates_read_when_they_are_rendered_was_found_before():
    known = {name: emails._fact(value) for name, value in notices.FACTS.items()} | dict.fromkeys(emails.COMMON, "UTC")

    for kind in kinds.KINDS.values():
        for _channel, name in checks._templates(kind):
            if template := checks._find(name):
                context = Noting(known)
                context.read = set()
                template.render(context)
                assert context.read & set(known) <= variables_of(template), name
