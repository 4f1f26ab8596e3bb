"""Addresses of accounts."""

from django.urls import path

from accounts.views import backup_codes, confirming, keys, sessions, waiting
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
    path("security/keys/", keys.keys, name="keys"),
    path("security/keys/<int:pk>/name/", keys.rename, name="key-rename"),
    path("security/keys/<int:pk>/off/", keys.turn_off, name="key-off"),
    path("security/keys/<int:pk>/lost/", keys.lost, name="key-lost"),
    path("security/backup-codes/", backup_codes.codes, name="backup-codes"),
    path("security/backup-codes/new/", backup_codes.new_codes, name="backup-codes-new"),
]
