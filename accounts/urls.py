"""Addresses of accounts."""

from django.urls import path

from accounts.views import confirming, sessions
from accounts.views.key_api import phone, standing
from accounts.views.sign_in import LoginView

app_name = "accounts"
_API = "key/api/v1/"
key_api = [
    path(_API + "time/", standing.time, name="key-api-time"),
    path(_API + "rotate/", phone.rotate, name="key-api-rotate"),
    path(_API + "rename/", phone.rename, name="key-api-rename"),
    path(_API + "clock/", phone.clock, name="key-api-clock"),
]
urlpatterns = [
    *key_api,
    path("login/", LoginView.as_view(), name="login"),
    path("logout/", sessions.sign_out, name="logout"),
    path("idle/remaining/", sessions.idle_remaining, name="idle-remaining"),
    path("idle/extend/", sessions.idle_extend, name="idle-extend"),
    path("confirm/", confirming.confirm, name="confirm"),
]
