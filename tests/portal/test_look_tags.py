"""The tags every template may use."""

from datetime import UTC, datetime

import pytest
from django import forms
from django.template import Context, Template
from django.utils import timezone

from helpcenter import causes

MOMENT = datetime(2026, 3, 2, 19, 32, 5, tzinfo=UTC)


class Sample(forms.Form):
    """One field of each kind."""

    name = forms.CharField(label="Name", help_text="As on your papers.")
    mail = forms.EmailField(label="E-mail", required=False)
    secret = forms.CharField(label="Password", widget=forms.PasswordInput)
    code = forms.CharField(label="Code", widget=forms.TextInput(attrs={"autocomplete": "one-time-code"}))
    way = forms.ChoiceField(label="Which way?", choices=[("a", "A"), ("b", "B")], widget=forms.RadioSelect)
    agreed = forms.BooleanField(label="Agreed")
    mark = forms.CharField(widget=forms.HiddenInput)


def render(source: str, **values: object) -> str:
    return Template(source).render(Context(values))


def field(name: str, form: forms.Form) -> str:
    return render(f"{{% field form.{name} %}}", form=form)


def test_a_field_has_its_label_and_its_hint_tied_to_it():
    html = field("name", Sample())

    assert '<label for="id_name">Name</label>' in html
    assert 'id="id_name_helptext">As on your papers.' in html
    assert 'aria-describedby="id_name_helptext"' in html
    assert "aria-invalid" not in html


def test_an_error_stands_between_hint_and_control_and_is_named_by_it():
    html = field("name", Sample({}))

    assert html.index("id_name_helptext") < html.index('id="id_name_error"') < html.index("<input")
    assert 'aria-describedby="id_name_helptext id_name_error"' in html
    assert 'aria-invalid="true"' in html
    assert '<span class="visually-hidden">Error:</span>' in html


def test_a_field_that_may_stay_empty_says_so():
    assert "(optional)" in field("mail", Sample())
    assert "(optional)" not in field("name", Sample())


def test_a_password_can_be_shown_and_never_comes_back():
    html = field("secret", Sample({"secret": "Open-Sesame-1"}))

    assert "data-password-toggle" in html
    assert "Open-Sesame-1" not in html


def test_a_code_field_is_one_field():
    html = field("code", Sample())

    assert html.count("<input") == 1
    assert 'class="code-input"' in html


def test_choices_are_a_group_with_a_legend():
    html = field("way", Sample({}))

    assert "<legend>Which way?</legend>" in html
    assert 'aria-describedby="id_way_error"' in html


def test_a_tick_box_stands_before_its_label():
    html = field("agreed", Sample())

    assert html.index("<input") < html.index("<label")


def test_a_hidden_field_is_nothing_but_its_input():
    assert field("mark", Sample()).strip() == '<input type="hidden" name="mark" id="id_mark">'


def test_the_summary_leads_to_each_field():
    html = render("{% error_summary form %}", form=Sample({"mail": "ada", "name": "Ada"}))

    assert '<a href="#id_mail">E-mail: Enter a valid email address.</a>' in html
    assert '<a href="#id_way">Which way? This field is required.</a>' in html
    assert "id_name" not in html


def test_the_summary_shows_what_is_wrong_with_the_form_as_a_whole():
    form = Sample({})
    form.add_error(None, "Not <b>now</b>.")

    assert "<li>Not &lt;b&gt;now&lt;/b&gt;.</li>" in render("{% error_summary form %}", form=form)


def test_the_summary_leads_to_the_help_page_of_the_cause():
    html = render("{% error_summary form cause=cause %}", form=Sample({}), cause=causes.get("P1"))

    assert 'href="/help/problem/wrong-username-or-password/"' in html


def test_there_is_no_summary_without_a_problem():
    assert render("{% error_summary form %}", form=Sample()).strip() == ""


def test_a_row_of_a_table_knows_its_headings():
    html = render(
        "{% cards_table 'Sign-ins' columns rows %}", columns=["Device", "Place"], rows=[["Chrome", "<Boston>"]]
    )

    assert '<th scope="row">Chrome</th><td data-h="Place">&lt;Boston&gt;</td>' in html


@pytest.mark.parametrize(
    ("tag", "text"),
    [
        ("{% local_time moment %}", "14:32 (New York time)"),
        ("{% local_time moment 'Europe/Vienna' %}", "20:32 (Vienna time)"),
        ("{% local_time moment 'America/Argentina/Buenos_Aires' %}", "16:32 (Buenos Aires time)"),
        ("{% local_time moment 'UTC' %}", "19:32 (UTC)"),
        ("{% local_moment moment %}", "2 March 2026, 14:32 (New York time)"),
        ("{% local_weekday moment %}", "Monday 14:32 (New York time)"),
    ],
)
def test_a_time_names_its_zone_in_words(tag, text):
    assert f">{text}</time>" in render(tag, moment=MOMENT)


def test_a_time_is_exact_for_machines():
    assert '<time datetime="2026-03-02T14:32:05-05:00">' in render("{% local_time moment %}", moment=MOMENT)


def test_the_zone_of_the_request_is_the_readers():
    with timezone.override("Asia/Tokyo"):
        html = render("{% local_time moment %}", moment=MOMENT)

    assert "04:32 (Tokyo time)" in html
