"""URLs of recovery. None ever contains a username, a reference or a code."""

from django.urls import path, register_converter
from django.urls.converters import SlugConverter

from recovery.methods import METHODS
from recovery.methods.contract import Method
from recovery.views import finish, start, status, stop


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
urlpatterns = [
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
    path("finish/new/", finish.set_up, name="set-up"),
    path("finish/leave/", finish.leave_set_up, name="leave-set-up"),
    path("stop/", stop.stop, name="stop"),
    path("stop/thanks/", stop.stopped, name="stopped"),
    path("mine/", stop.mine, name="mine"),
    path("mine/stop/", stop.stop_mine, name="stop-mine"),
    path("mine/close/", stop.cancel_mine, name="cancel-mine"),
]
