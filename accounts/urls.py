"""Addresses of accounts."""

from django.urls import path

from accounts.views import confirming, sessions, waiting
from accounts.views.key_api import routes
from accounts.views.sign_in import LoginView

app_name = "accounts"
urlpatterns = [
    *routes.paths,
    path("login/", LoginView.as_view(), name="login"),
    path("login/waiting/", waiting.waiting, name="login-waiting"),
    path("logout/", sessions.sign_out, name="logout"),
    path("idle/remaining/", sessions.idle_remaining, name="idle-remaining"),
    path("idle/extend/", sessions.idle_extend, name="idle-extend"),
    path("confirm/", confirming.confirm, name="confirm"),
]
