"""Addresses of accounts."""

from django.urls import path

from accounts.views import sessions
from accounts.views.sign_in import LoginView

app_name = "accounts"
urlpatterns = [
    path("login/", LoginView.as_view(), name="login"),
    path("logout/", sessions.sign_out, name="logout"),
    path("idle/remaining/", sessions.idle_remaining, name="idle-remaining"),
    path("idle/extend/", sessions.idle_extend, name="idle-extend"),
]
