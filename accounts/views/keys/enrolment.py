"""Setting up a Key, before the phone: for which users, the e-mailed code, answers or details."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_http_methods

from accounts.actions import holds
from accounts.actions.keys.enrolment import identity_proofing, rows, steps
from accounts.enums import EnrolmentPurpose, HoldScope
from accounts.forms.enrolment import AnswersForm, DetailsForm, MailedCodeForm, OthersForm
from accounts.models import User
from accounts.policies import masks
from accounts.refusals import EnrolmentOver, Refusal, Suspended
from accounts.request_types import SignedInRequest
from accounts.views import refusal_responses
from accounts.views.guards import freshly_proved, to_sign_in, who
from accounts.views.keys import enrolment_session
from accounts.views.keys.enrolment_session import SetUp, setting_up
from accounts.views.sign_in import pending_sign_in
from accounts.views.sign_in.pending_sign_in import PendingSignIn
from portal.lib import client, clock, digests
from portal.lib.http_methods import require_POST


@require_http_methods(["GET", "HEAD", "POST"])
def start(request: HttpRequest) -> HttpResponse:
    """Set up a Key: the first one after the password, one more from the Security page."""
    if who(request):
        return _add(request)
    sign_in = pending_sign_in.find(request) or pending_sign_in.only(request)
    if sign_in is None:
        return to_sign_in(request)
    pending, users = sign_in.pending, User.objects.select_related("customer").filter(is_active=True)
    user = users.filter(pk=pending.user_id, session_version=pending.session_version).first()
    return to_sign_in(request) if user is None else _start(request, user, EnrolmentPurpose.FIRST, sign_in)


@freshly_proved
def _add(request: SignedInRequest) -> HttpResponse:
    return _start(request, request.user, EnrolmentPurpose.ADD)


def _start(
    request: HttpRequest, user: User, purpose: EnrolmentPurpose, sign_in: PendingSignIn | None = None
) -> HttpResponse:
    is_first = purpose == EnrolmentPurpose.FIRST
    others = [] if is_first else list(rows.without_key(user))
    form = OthersForm(request.POST if request.method == "POST" else None, others=others)
    refusal = None
    if form.is_valid() and "begin" in request.POST:
        try:
            return _begun(request, user, purpose, form.chosen(), wanted=sign_in.next if sign_in else "")
        except EnrolmentOver:
            return redirect("accounts:login")
        except Refusal as caught:
            refusal = caught
    layout = "base.html" if is_first else "base_signed_in.html"
    held = holds.of(user, HoldScope.NEW_KEY, now=clock.now()) if rows.is_held(user, purpose, now=clock.now()) else None
    facts = {"is_first": is_first, "layout": layout, "others": others, "email": masks.email(user.email), "held": held}
    return refusal_responses.page(request, "accounts/key_setup.html", form=form, refusal=refusal, **facts)


def _begun(
    request: HttpRequest, user: User, purpose: EnrolmentPurpose, also: list[User], *, wanted: str
) -> HttpResponse:
    ticket = digests.random_ticket()
    origin = client.origin(request)
    begun = steps.begin(user=user, purpose=purpose, binding=ticket, also=also, origin=origin, now=clock.now())
    return SetUp(begun, ticket, "", wanted).keep(redirect("accounts:key-setup-code"))


@require_http_methods(["GET", "HEAD", "POST"])
@setting_up("accounts:key-setup-code")
def code(request: HttpRequest, setup: SetUp) -> HttpResponse:
    """Type the code from the e-mail."""
    form = MailedCodeForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        try:
            moved = identity_proofing.accept_email(
                code=form.cleaned_data["code"], origin=client.origin(request), **setup.owned
            )
        except (EnrolmentOver, Suspended):
            raise
        except Refusal as refusal:
            form.refuse(refusal, "code")
        else:
            return enrolment_session.go_on(setup, moved)
    return _code_page(request, setup, form)


@require_POST
@setting_up("accounts:key-setup-code")
def send(request: HttpRequest, setup: SetUp) -> HttpResponse:
    """Send a new code by e-mail, which replaces the older one."""
    form = MailedCodeForm()
    try:
        identity_proofing.send_email(enrolment=setup.enrolment, origin=client.origin(request), now=clock.now())
    except Refusal as refusal:
        return _code_page(request, setup, form, refusal=refusal)
    return _code_page(request, setup, form, is_sent_again=True)


def _code_page(
    request: HttpRequest,
    setup: SetUp,
    form: MailedCodeForm,
    *,
    refusal: Refusal | None = None,
    is_sent_again: bool = False,
) -> HttpResponse:
    facts = setup.frame("code") | {"email": masks.email(setup.enrolment.user.email), "is_sent_again": is_sent_again}
    return refusal_responses.page(request, "accounts/key_setup_code.html", form=form, refusal=refusal, **facts)


@require_http_methods(["GET", "HEAD", "POST"])
@setting_up("accounts:key-setup-details")
def details(request: HttpRequest, setup: SetUp) -> HttpResponse:
    """Answer what only the owner of the account knows."""
    questions = identity_proofing.questions_for(setup.enrolment.user)
    data = request.POST if request.method == "POST" else None
    form: AnswersForm | DetailsForm = AnswersForm(data, questions=questions) if questions else DetailsForm(data)
    if form.is_valid():
        try:
            moved = identity_proofing.accept_details(given=form.given(), origin=client.origin(request), **setup.owned)
        except (EnrolmentOver, Suspended):
            raise
        except Refusal as refusal:
            form.refuse(refusal)
        else:
            return enrolment_session.go_on(setup, moved)
    facts = setup.frame("details") | {"questions": questions}
    return refusal_responses.page(request, "accounts/key_setup_details.html", form=form, **facts)
