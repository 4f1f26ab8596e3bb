"""Addresses of the Key's HTTP API."""

from django.urls import path

from accounts.views.key_api import answering, phone, pushing, standing

_API = "key/api/v1/"
paths = [
    path(_API + "time/", standing.time, name="key-api-time"),
    path(_API + "requests/", standing.requests, name="key-api-requests"),
    path(_API + "requests/<slug:reference>/answer/", answering.answer_request, name="key-api-answer"),
    path(_API + "push/", pushing.subscribe, name="key-api-push"),
    path(_API + "push/test/", pushing.test, name="key-api-push-test"),
    path(_API + "rotate/", phone.rotate, name="key-api-rotate"),
    path(_API + "rename/", phone.rename, name="key-api-rename"),
    path(_API + "remove/", phone.remove, name="key-api-remove"),
    path(_API + "clock/", phone.clock, name="key-api-clock"),
]
