"""Addresses of the Key's HTTP API."""

from django.urls import path

from accounts.views.key_api import answering, moving, pairing, phone, pushing, standing

_API = "key/api/v1/"
paths = [
    path(_API + "time/", standing.time, name="key-api-time"),
    path(_API + "pair/", pairing.pair, name="key-api-pair"),
    path(_API + "confirm/", pairing.confirm, name="key-api-confirm"),
    path(_API + "prove/", pairing.prove, name="key-api-prove"),
    path(_API + "requests/", standing.requests, name="key-api-requests"),
    path(_API + "requests/<slug:reference>/answer/", answering.answer_request, name="key-api-answer"),
    path(_API + "push/", pushing.subscribe, name="key-api-push"),
    path(_API + "push/test/", pushing.test, name="key-api-push-test"),
    path(_API + "transfer/", moving.begin, name="key-api-transfer"),
    path(_API + "transfer/state/", moving.state, name="key-api-transfer-state"),
    path(_API + "transfer/match/", moving.match, name="key-api-transfer-match"),
    path(_API + "rotate/", phone.rotate, name="key-api-rotate"),
    path(_API + "rename/", phone.rename, name="key-api-rename"),
    path(_API + "remove/", phone.remove, name="key-api-remove"),
    path(_API + "clock/", phone.clock, name="key-api-clock"),
]
