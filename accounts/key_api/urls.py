"""URLs of the Key API, mounted at /key/api/v1/."""

from django.urls import path

from accounts.key_api import browsers, device, pairing, push, requests, status, transfer

app_name = "key-api"
urlpatterns = [
    path("time/", status.time, name="time"),
    path("pair/", pairing.pair, name="pair"),
    path("confirm/", pairing.confirm, name="confirm"),
    path("prove/", pairing.prove, name="prove"),
    path("requests/", requests.waiting, name="requests"),
    path("requests/<slug:reference>/answer/", requests.answer, name="answer"),
    path("browser/", browsers.allow, name="browser"),
    path("push/", push.subscribe, name="push"),
    path("push/test/", push.test, name="push-test"),
    path("transfer/", transfer.begin, name="transfer"),
    path("transfer/state/", transfer.state, name="transfer-state"),
    path("transfer/match/", transfer.match, name="transfer-match"),
    path("rotate/", device.rotate, name="rotate"),
    path("rename/", device.rename, name="rename"),
    path("remove/", device.remove, name="remove"),
    path("clock/", device.clock, name="clock"),
]
