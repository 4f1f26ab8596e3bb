"""The people of the firm, for operators: invite, invite again, role, suspend, reinstate, leave (FIRM-1)."""

from collections.abc import Callable
from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import F, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from accounts.actions.staff import contact, invitations, leaving, role_changes
from accounts.actions.staff.invitations import Invited, NewPerson
from accounts.admin.steps import Action, StepAdmin
from accounts.cookies import EncryptedCookie
from accounts.enums import Role
from accounts.forms.staff import ContactForm, InviteForm, RoleForm
from accounts.forms.step_up import ReasonForm, StepForm
from accounts.models import Employee, RoleChange, User
from accounts.staff_refusals import AlreadyDone
from portal.lib import clock, site

INVITED = EncryptedCookie(
    "invited", minutes=10
)  # the part that the operator tells, on its way to the page that shows it


class LeftFilter(admin.SimpleListFilter):
    """Those who work here, or those who have left."""

    title = _("where they are")
    parameter_name = "left"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [("no", _("Works here")), ("yes", _("Has left"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        return queryset.filter(left_at__isnull=self.value() == "no") if self.value() in {"no", "yes"} else queryset


class _OperatorSteps(StepAdmin):
    """Steps that only operators take."""

    template = "admin/accounts/employee/step.html"

    def by_operator(
        self, request: HttpRequest, form_class: type[StepForm], action: Action, **facts: Any
    ) -> HttpResponse:
        """Take a step as an operator, with the way back to the list of staff."""
        back = reverse("admin:accounts_employee_changelist")
        return self.step(request, form_class, action, by=_operator(request), back=back, **facts)


@admin.register(Employee)
class EmployeeAdmin(_OperatorSteps):
    """Everybody who works here, each with their usernames."""

    list_display = ("person", "usernames", "left_at")
    list_filter = (LeftFilter,)
    ordering = ("pk",)
    fields = ("person", "contact", "customer", "created_at", "left_at")
    readonly_fields = ("person", "contact")
    steps = (
        ("invite/", "invite"),
        ("invited/", "invited"),
        ("<int:pk>/again/", "again"),
        ("<int:pk>/revoke/", "revoke"),
        ("<int:pk>/contact/", "contact_step"),
        ("<int:pk>/role/", "role"),
        ("<int:pk>/suspend/", "suspend"),
        ("<int:pk>/reinstate/", "reinstate"),
        ("<int:pk>/leave/", "leave"),
    )

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        """Read the usernames along with each person."""
        return super().get_queryset(request).prefetch_related("users__groups")

    @admin.display(description=_("Name"))
    def person(self, employee: Employee) -> str:
        return str(employee.name)

    @admin.display(description=_("Usernames"))
    def usernames(self, employee: Employee) -> str:
        return ", ".join(f"{user.username} ({_role_of(user)})" for user in employee.users.all()) or "-"

    @admin.display(description=_("Contact"))
    def contact(self, employee: Employee) -> str:
        return ", ".join(filter(None, (employee.email, employee.phone)))

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> Any:
        return super().changelist_view(request, {"may_invite": _is_operator(request), "title": _("Staff")})

    def change_view(self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: Any = None) -> Any:
        row, now = self.get_object(request, object_id), clock.now()
        facts: dict[str, Any] = {"may_step": False}
        if isinstance(row, Employee):
            facts |= {"title": row.name or row, "subtitle": None}
            invited = set(invitations.open_invitations(now).filter(user__employee=row).values_list("user", flat=True))
            users = row.users.prefetch_related("groups", "role_changes").order_by("username")
            facts["colleagues"] = [
                {"user": user, "role": _role_of(user), "is_invited": user.pk in invited} for user in users
            ]
            facts["may_step"] = _is_operator(request) and _operator(request).employee_id != row.pk
        return super().change_view(request, object_id, form_url, facts)

    def invite(self, request: HttpRequest) -> HttpResponse:
        """Invite a colleague."""

        def action(form: StepForm, how: dict[str, Any]) -> HttpResponse:
            given = form.cleaned_data
            person = NewPerson(
                **{name: given[name] for name in ("name", "email", "phone", "customer_number", "same_as")}
            )
            return _told(invitations.invite(username=given["username"], person=person, role=Role(given["role"]), **how))

        return self.by_operator(request, InviteForm, action, title=_("Invite a colleague"))

    def invited(self, request: HttpRequest) -> HttpResponse:
        """Show the part of the invitation to tell, for some minutes."""
        _operator(request)
        kept = INVITED.read(request)
        if not kept:
            return redirect("admin:accounts_employee_changelist")
        found = get_object_or_404(User.objects.select_related("employee"), pk=kept["user"])
        waiting = found.role_changes.filter(outcome="").first()
        context = self.admin_site.each_context(request) | {"part": kept["part"], "of": found, "waiting": waiting}
        where = {"page": site.url(reverse("accounts:invitation")), "title": _("Invited")}
        return render(request, "admin/accounts/employee/invited.html", context | where)

    def again(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Invite a colleague again: codes run out, phone or password lost, back at the firm."""
        user = _colleague(pk)

        def action(_form: StepForm, how: dict[str, Any]) -> HttpResponse:
            return _told(invitations.invite_again(user=user, **how))

        return self.by_operator(request, StepForm, action, of=user, title=_("Invite again"), step="again")

    def revoke(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Withdraw an open invitation."""
        return self._one(request, pk, StepForm, invitations.revoke, title=_("Withdraw the invitation"), step="revoke")

    def role(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Give another role, or ask another operator to."""
        user = _colleague(pk)

        def action(form: StepForm, how: dict[str, Any]) -> HttpResponse:
            change = role_changes.ask(user=user, role=Role(form.cleaned_data["role"]), **how)
            given, asked = _("The role is given."), _("Asked for. Another operator has to confirm it.")
            messages.success(request, given if change.outcome else asked)
            return _to(user)

        return self.by_operator(request, RoleForm, action, of=user, title=_("Change the role"), step="role")

    def contact_step(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Change name and contact of a colleague."""
        person = _colleague(pk).employee
        present = {name: getattr(person, name) for name in ("name", "email", "phone")}
        facts: dict[str, Any] = {"title": _("Change name and contact"), "step": "contact", "initial": present}
        return self._one(request, pk, ContactForm, contact.change, **facts)

    def suspend(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Stop the sign-in of a colleague."""
        facts: dict[str, Any] = {"title": _("Stop sign-in"), "step": "suspend"}
        return self._one(request, pk, ReasonForm, leaving.suspend, is_over=_is_suspended, **facts)

    def reinstate(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Let a colleague sign in again."""
        facts: dict[str, Any] = {"title": _("Allow sign-in again"), "step": "reinstate"}
        return self._one(request, pk, ReasonForm, leaving.reinstate, is_over=_is_not_suspended, **facts)

    def leave(self, request: HttpRequest, pk: int) -> HttpResponse:
        """End everything of a colleague who leaves."""
        return self._one(request, pk, ReasonForm, leaving.leave, title=_("Has left the firm"), step="leave")

    def _one(
        self,
        request: HttpRequest,
        pk: int,
        form_class: type[StepForm],
        action: Callable[..., Any],
        *,
        is_over: Callable[[User], bool] = lambda _user: False,
        **facts: Any,
    ) -> HttpResponse:
        """Take a step on one colleague with what the form has beside the code; none is used up for what is over."""
        user = _colleague(pk)
        facts["check"] = lambda: AlreadyDone() if is_over(user) else None

        def run(form: StepForm, how: dict[str, Any]) -> HttpResponse:
            action(user=user, **form.cleaned_data, **how)
            messages.success(request, _("Done. Every operator is told."))
            return _to(user)

        return self.by_operator(request, form_class, run, of=user, **facts)


@admin.register(RoleChange)
class RoleChangeAdmin(_OperatorSteps):
    """Roles that were asked for; those that wait for another operator first."""

    list_display = ("user", "role", "asked_by", "asked_at", "takes_two", "outcome", "decided_by", "decided_at")
    list_filter = ("outcome", "role")
    list_select_related = ("user", "asked_by", "decided_by")
    fields = list_display
    steps = (("<int:pk>/give/", "give"), ("<int:pk>/refuse/", "refuse"))

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        """Put those that wait first."""
        rows: QuerySet[Any] = super().get_queryset(request)
        return rows.order_by(F("decided_at").desc(nulls_first=True), "asked_at", "pk")

    def change_view(self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: Any = None) -> Any:
        row = self.get_object(request, object_id)
        is_open = isinstance(row, RoleChange) and not row.outcome and _is_operator(request)
        may_give = is_open and isinstance(row, RoleChange) and role_changes.may_decide(_operator(request), row)
        facts: dict[str, Any] = {"may_refuse": is_open, "may_give": may_give}
        if isinstance(row, RoleChange):
            facts |= {"title": f"{row.user.username}: {row.get_role_display()}", "subtitle": None}
        return super().change_view(request, object_id, form_url, facts)

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> Any:
        return super().changelist_view(request, {"title": _("Role changes")})

    def give(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Confirm a role that another operator asked for."""
        return self._decide(request, pk, role_changes.give, title=_("Give this role"), step="give")

    def refuse(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Refuse a role, or take back one's own request."""
        return self._decide(request, pk, role_changes.refuse, title=_("Refuse this role"), step="refuse")

    def _decide(self, request: HttpRequest, pk: int, action: Callable[..., None], **facts: Any) -> HttpResponse:
        row = get_object_or_404(RoleChange.objects.select_related("user", "asked_by"), pk=pk)

        def run(_form: StepForm, how: dict[str, Any]) -> HttpResponse:
            action(change=row, **how)
            messages.success(request, _("Decided. Every operator is told."))
            return redirect("admin:accounts_rolechange_change", pk)

        return self.by_operator(request, StepForm, run, of=row.user, change=row, **facts)


def _told(invited: Invited) -> HttpResponse:
    response = redirect("admin:accounts_employee_invited")
    INVITED.write(response, user=invited.invitation.user_id, part=invited.told_part)
    return response


def _to(user: User) -> HttpResponse:
    return redirect("admin:accounts_employee_change", user.employee_id)


def _colleague(pk: int) -> User:
    return get_object_or_404(User.objects.select_related("employee").filter(is_staff=True), pk=pk)


def _is_suspended(user: User) -> bool:
    return user.suspended_at is not None


def _is_not_suspended(user: User) -> bool:
    return user.suspended_at is None


def _role_of(user: User) -> str:
    """Return the role of a colleague in words, or that there is none yet."""
    names = [Role(group.name).label for group in user.groups.all()]
    return ", ".join(map(str, names)) or str(_("no role"))


def _is_operator(request: HttpRequest) -> bool:
    return isinstance(request.user, User) and request.user.has_role(Role.OPERATOR)


def _operator(request: HttpRequest) -> User:
    """Return the operator who asks; nobody else sees these pages."""
    if not isinstance(request.user, User) or not _is_operator(request):
        raise PermissionDenied
    return request.user
