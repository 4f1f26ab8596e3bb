"""URLs of accounts."""

from django.urls import path

from accounts.views import (
    backup_codes,
    email_change,
    invitation,
    networks,
    notices,
    passkeys,
    password,
    profile,
    questions,
    reauthentication,
    sessions,
    your_data,
)
from accounts.views.keys import enrolment, key_app, keys, pairing
from accounts.views.sign_in import blocked_network, passkey_sign_in, push_polling, second_factor, sign_in, this_browser
from accounts.views.welcome import first_sign_in

app_name = "accounts"
passkey_pages = [
    path("login/passkey/", passkey_sign_in.sign_in, name="passkey-sign-in"),
    path("login/passkey/options/", passkey_sign_in.options, name="passkey-options"),
    path("confirm/passkey/", passkey_sign_in.confirm, name="passkey-confirm"),
    path("confirm/passkey/options/", passkey_sign_in.confirm_options, name="passkey-confirm-options"),
    path("security/passkeys/", passkeys.show, name="passkeys"),
    path("security/passkeys/add/", passkeys.add, name="passkey-add"),
    path("security/passkeys/add/options/", passkeys.add_options, name="passkey-add-options"),
    path("security/passkeys/<int:passkey_id>/remove/", passkeys.remove, name="passkey-remove"),
]
enrolment_pages = [
    path("key/setup/", enrolment.start, name="key-setup"),
    path("key/setup/code/", enrolment.code, name="key-setup-code"),
    path("key/setup/code/send/", enrolment.send, name="key-setup-send"),
    path("key/setup/details/", enrolment.details, name="key-setup-details"),
    path("key/setup/pair/", pairing.pair, name="key-setup-pair"),
    path("key/setup/pair/renew/", pairing.renew, name="key-setup-renew"),
    path("key/setup/pair/match/", pairing.match, name="key-setup-match"),
    path("key/setup/stop/", pairing.stop, name="key-setup-stop"),
    path("key/setup/state/", pairing.state, name="key-setup-state"),
    path("key/setup/done/", pairing.done, name="key-setup-done"),
]
welcome_pages = [
    path("welcome/", first_sign_in.start, name="welcome"),
    path("welcome/details/", first_sign_in.details, name="welcome-details"),
    path("welcome/code/", first_sign_in.code, name="welcome-code"),
    path("welcome/code/send/", first_sign_in.send, name="welcome-send"),
    path("welcome/password/", first_sign_in.password, name="welcome-password"),
    path("welcome/stop/", first_sign_in.stop, name="welcome-stop"),
]
network_pages = [
    path("login/blocked-network/", blocked_network.blocked_network, name="blocked-network"),
    path("security/networks/", networks.show, name="networks"),
    path("security/networks/change/", networks.change, name="networks-change"),
    path("security/networks/support/", networks.ask, name="networks-ask"),
    path("security/networks/support/withdraw/", networks.withdraw, name="networks-withdraw"),
    path("security/networks/passes/off/", networks.passes_off, name="networks-passes-off"),
    path("security/networks/pass/end/", networks.end_pass, name="networks-pass-end"),
]
profile_pages = [
    path("profile/", profile.profile, name="profile"),
    path("profile/full/", profile.full, name="profile-full"),
    path("profile/data/", your_data.your_data, name="your-data"),
    path("profile/phone/", profile.phone, name="profile-phone"),
    path("profile/preferences/", profile.preferences, name="profile-preferences"),
    path("profile/email/", email_change.address, name="profile-email"),
    path("profile/email/code/", email_change.code, name="profile-email-code"),
    path("profile/email/stop/", email_change.stop_mine, name="profile-email-stop"),
    path("profile/stop/", email_change.stop, name="profile-stop"),
    path("profile/stop/thanks/", email_change.stopped, name="profile-stopped"),
]
notice_pages = [
    path("notices/", notices.notices, name="notices"),
    path("notices/check/", notices.check, name="notice-check"),
    path("notices/report/", notices.report, name="notice-report"),
    path("notices/report/done/", notices.reported, name="notice-reported"),
    path("notices/<str:reference>/", notices.notice, name="notice"),
]
urlpatterns = [
    *passkey_pages,
    *network_pages,
    *welcome_pages,
    *enrolment_pages,
    *profile_pages,
    *notice_pages,
    path("login/", sign_in.sign_in, name="login"),
    path("login/confirm/", second_factor.second_factor, name="second-factor"),
    path("login/waiting/", push_polling.waiting, name="login-waiting"),
    path("login/this-browser/", this_browser.ask, name="this-browser"),
    path("login/this-browser/code/", this_browser.code, name="this-browser-code"),
    path("invitation/", invitation.invitation, name="invitation"),
    path("invitation/password/", invitation.password, name="invitation-password"),
    path("logout/", sessions.sign_out, name="logout"),
    path("idle/remaining/", sessions.idle_remaining, name="idle-remaining"),
    path("idle/extend/", sessions.idle_extend, name="idle-extend"),
    path("confirm/", reauthentication.confirm, name="confirm"),
    path("security/sessions/", sessions.show, name="sessions"),
    path("security/sessions/end/", sessions.end_others, name="sessions-end"),
    path("security/sessions/<uuid:public_id>/end/", sessions.end, name="session-end"),
    path("security/password/", password.change, name="password"),
    path("security/password/changed/", password.changed, name="password-changed"),
    path("security/password/paper/<int:pk>/", password.change_paper, name="password-paper"),
    path("security/keys/", keys.keys, name="keys"),
    path("security/keys/<int:pk>/name/", keys.rename, name="key-rename"),
    path("security/keys/<int:pk>/off/", keys.turn_off, name="key-off"),
    path("security/keys/<int:pk>/lost/", keys.lost, name="key-lost"),
    path("security/backup-codes/", backup_codes.codes, name="backup-codes"),
    path("security/backup-codes/new/", backup_codes.new_codes, name="backup-codes-new"),
    path("security/questions/", questions.questions, name="questions"),
    # The Key's web app
    path("key/", key_app.app, name="key-app"),
    path("key/manifest.webmanifest", key_app.manifest, name="key-manifest"),
    path("key/sw.js", key_app.worker, name="key-sw"),
]
