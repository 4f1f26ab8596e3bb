"""The lists of the desk are filtered by what their filters name and by nothing else."""

import pytest
from django.contrib.admin import site
from django.urls import reverse

from accounts.models import User
from tests.factories import Person, signed_in

pytestmark = pytest.mark.django_db

OFFERED = {"state", "purpose", "queue"}  # the queue's own filters, which are no look-ups
ALL_VALUES = {"Phone": {"version"}, "Notice": {"kind"}}  # filters without choices of their own
LOOK_UPS = ("{}__gte", "{}__startswith", "{}__regex", "{}__contains", "{}__isnull", "{}__in", "{}")


def _list_of(model: type) -> str:
    return reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_changelist")


def _names(model: type) -> set[str]:
    fields = {field.name for field in model._meta.get_fields()}
    columns = {field.attname for field in model._meta.concrete_fields}
    beyond = {
        f"{field.name}__{other.name}"
        for field in model._meta.get_fields()
        if field.is_relation and field.related_model
        for other in field.related_model._meta.concrete_fields
    }
    return fields | columns | beyond | {"pk"}


@pytest.mark.parametrize("model", site._registry, ids=lambda model: model.__name__)
def test_a_list_answers_no_question_about_a_field_that_is_no_filter(rf, agent: Person, model: type) -> None:
    request = rf.get("/")
    request.user = agent.user
    page = site._registry[model]

    asked = {look_up.format(name) for name in _names(model) for look_up in LOOK_UPS} - OFFERED
    asked -= ALL_VALUES.get(model.__name__, set())

    assert sorted(one for one in asked if page.lookup_allowed(one, "a", request)) == []


@pytest.mark.parametrize(
    "query",
    [
        "password__gte=argon2",
        "password__startswith=argon2",
        "password_history_salt__gte=0",
        "sessions__digest__startswith=a",
        "security_answers__answer_hash__startswith=a",
        "email__startswith=a",
        "is_superuser=1",
        "is_staff__in=1",
        "is_staff__exact=perhaps",
        "is_staff__exact=%00",
        "suspended_at__isempty=perhaps",
        "_to_field=password",
    ],
)
def test_a_question_about_what_is_hidden_is_refused(ada: Person, auditor: Person, query: str) -> None:
    answer = signed_in(auditor).get(f"{_list_of(User)}?{query}")

    assert answer.status_code == 400 or answer["Location"].endswith("?e=1")


@pytest.mark.parametrize("query", ["facts__reason__contains=x", "facts__gte=1", "facts__0=1", "digest__gte=0"])
def test_the_record_is_not_searched_through_its_facts(auditor: Person, query: str) -> None:
    assert signed_in(auditor).get(f"/admin/audit/securityevent/?{query}").status_code == 400


@pytest.mark.parametrize(
    "query",
    [
        "accounts/user/?is_staff__exact=1",
        "accounts/user/?realm__exact=live",
        "accounts/user/?suspended_at__isempty=1",
        "throttle/throttle/?show=all&limit__exact=code",
        "throttle/throttle/?show=all",
        "audit/securityevent/?action__exact=paused",
        "outbox/notice/?state__exact=due&kind__exact=paused",
        "outbox/notice/?kind=paused",
        "accounts/phone/?version=1.0",
        "accounts/platformsession/?platform__exact=web",
    ],
)
def test_the_filters_that_are_shown_work(ada: Person, auditor: Person, query: str) -> None:
    assert signed_in(auditor).get(f"/admin/{query}").status_code == 200
