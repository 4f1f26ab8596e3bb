"""URLs of recovery. None of a page ever contains a username, a reference or a code."""

from django.urls import include, path, register_converter
from django.urls.converters import SlugConverter

from recovery.methods import METHODS
from recovery.methods.contract import Method
from recovery.views import finish, firm_holds, set_up, start, status, stop
from recovery.views.resets import reset


class MethodConverter(SlugConverter):
    """The name of a method; unknown names have no page."""

    def to_python(self, value: str) -> Method:  # type: ignore[override]  # Django's own passes the text on
        """Return the method."""
        if value not in METHODS:
            raise ValueError
        return METHODS[value]

    def to_url(self, value: Method) -> str:  # type: ignore[override]  # the same
        """Return its name."""
        return value.name


register_converter(MethodConverter, "proof")

app_name = "recovery"
reset_pages = [
    path("", reset.start, name="reset"),
    path("code/", reset.code, name="reset-code"),
    path("code/send/", reset.send, name="reset-send"),
    path("details/", reset.details, name="reset-details"),
    path("key/", reset.key, name="reset-key"),
    path("key/ask/", reset.ask, name="reset-ask"),
    path("key/waiting/", reset.waiting, name="reset-waiting"),
    path("password/", reset.password, name="reset-password"),
    path("done/", reset.done, name="reset-done"),
    path("help/", reset.ask_for_help, name="reset-help"),
    path("stop/", reset.stop, name="reset-stop"),
]
case_pages = [
    path("", start.start, name="start"),
    path("opened/", start.opened, name="opened"),
    path("status/", status.status, name="status"),
    path("status/proof/<proof:method>/", status.proof, name="proof"),
    path("status/proof/<proof:method>/send/", status.send_proof, name="send-proof"),
    path("status/browser/", status.browser, name="browser"),
    path("status/pin/", status.pin, name="pin"),
    path("status/withdraw/", status.withdraw, name="withdraw"),
    path("status/leave/", status.leave, name="leave"),
    path("finish/", finish.finish, name="finish"),
    path("finish/begin/", finish.begin, name="begin"),
    path("finish/new/", set_up.password, name="set-up"),
    path("finish/key/", set_up.key, name="set-up-key"),
    path("finish/key/renew/", set_up.renew, name="set-up-renew"),
    path("finish/key/match/", set_up.match, name="set-up-match"),
    path("finish/key/state/", set_up.state, name="set-up-state"),
    path("finish/leave/", finish.leave_set_up, name="leave-set-up"),
    path("stop/", stop.stop, name="stop"),
    path("stop/thanks/", stop.stopped, name="stopped"),
    path("mine/", stop.mine, name="mine"),
    path("mine/stop/", stop.stop_mine, name="stop-mine"),
    path("mine/close/", stop.cancel_mine, name="cancel-mine"),
]
urlpatterns = [
    path("reset/", include(reset_pages)),
    path("recover/", include(case_pages)),
    # path: the firm's numbers may have a slash in them
    path("firm/holds/<path:number>/", firm_holds.holds, name="firm-holds"),
]
