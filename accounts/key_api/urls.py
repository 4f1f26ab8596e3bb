"""Addresses of the Key's HTTP API."""

from django.urls import path

from accounts.key_api import answering, device, pairing, push, status, transfer

_API = "key/api/v1/"
paths = [
    path(_API + "time/", status.time, name="key-api-time"),
    path(_API + "pair/", pairing.pair, name="key-api-pair"),
    path(_API + "confirm/", pairing.confirm, name="key-api-confirm"),
    path(_API + "prove/", pairing.prove, name="key-api-prove"),
    path(_API + "requests/", status.requests, name="key-api-requests"),
    path(_API + "requests/<slug:reference>/answer/", answering.answer_request, name="key-api-answer"),
    path(_API + "push/", push.subscribe, name="key-api-push"),
    path(_API + "push/test/", push.test, name="key-api-push-test"),
    path(_API + "transfer/", transfer.begin, name="key-api-transfer"),
    path(_API + "transfer/state/", transfer.state, name="key-api-transfer-state"),
    path(_API + "transfer/match/", transfer.match, name="key-api-transfer-match"),
    path(_API + "rotate/", device.rotate, name="key-api-rotate"),
    path(_API + "rename/", device.rename, name="key-api-rename"),
    path(_API + "remove/", device.remove, name="key-api-remove"),
    path(_API + "clock/", device.clock, name="key-api-clock"),
]
