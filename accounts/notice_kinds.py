"""The notices of accounts, with the facts of each."""

from portal.outbox.kinds import ChannelName, declare

_EVERYWHERE = (ChannelName.EMAIL, ChannelName.PUSH)

_ORIGIN = {"device", "place", "ip"}

WELCOME_FAILED = declare("welcome_failed", facts={"device", "at"}, is_urgent=True)
LETTER_WANTED = declare("letter_wanted", facts={"at"})
NEW_DEVICE = declare("new_device", facts={*_ORIGIN, "at"}, channels=_EVERYWHERE, is_urgent=True)
LOCKED = declare("paused", facts={*_ORIGIN, "tries", "limit", "until", "pauses"}, channels=_EVERYWHERE, is_urgent=True)
CODES_WRONG = declare("codes_wrong", facts={*_ORIGIN, "tries", "total"}, channels=_EVERYWHERE, is_urgent=True)
BROWSER_CODE = declare("browser_code", facts={*_ORIGIN, "code", "until"}, expires=True)
SUSPENDED = declare("suspended", facts={"at"})
REINSTATED = declare("reinstated", facts={"at"})
PASSWORD_CHANGED = declare("password_changed", facts={"device", "at"}, channels=_EVERYWHERE, is_urgent=True)
EMAILED_CODE = declare("code", facts={"code"}, expires=True)
BACKUP_CODES_MADE = declare("backup_codes_made", facts={"device", "at"}, channels=_EVERYWHERE)
BACKUP_CODE_USED = declare("backup_code_used", facts={"device", "at", "left", "few"}, channels=_EVERYWHERE)
QUESTIONS_SET = declare("questions_set", facts={"device", "at"}, channels=_EVERYWHERE)
DATA_DOWNLOADED = declare("data_downloaded", facts={"device", "at"}, channels=_EVERYWHERE, is_urgent=True)
PHONE_CHANGED = declare("phone_changed", facts={"device", "at"}, channels=_EVERYWHERE)
EMAIL_CHANGED = declare("email_changed", facts={"device", "at", "until"}, channels=_EVERYWHERE)
EMAIL_MOVED = declare("email_moved", facts={"device", "at", "until", "stop_code"}, is_urgent=True)
EMAIL_REPLACED = declare("email_replaced", facts={"at"}, channels=_EVERYWHERE, is_urgent=True)
DETAILS_UPDATED = declare("details_updated", facts={"fields", "at", "log_ins"})
USERNAME_CLOSED = declare("username_closed", facts={"at"})
USERNAME_REOPENED = declare("username_reopened", facts={"at"})
EMAIL_RESTORED = declare("email_restored", facts={"at", "report"}, channels=_EVERYWHERE, is_urgent=True)
PASSKEY_ADDED = declare("passkey_added", facts={"passkey", "device", "at"})
PASSKEY_REMOVED = declare("passkey_removed", facts={"passkey", "device", "at"})
PASSKEY_SUSPECT = declare("passkey_suspect", facts={"passkey", "device", "at"}, is_urgent=True)
KEY_ADDED = declare("key_added", facts={"key", "at", "log_ins"}, channels=_EVERYWHERE)
KEY_MOVED = declare("key_moved", facts={"key", "at", "log_ins"}, channels=_EVERYWHERE)
KEY_OFF = declare("key_off", facts={"key", "at"}, channels=_EVERYWHERE)
PHONE_LOST = declare("phone_lost", facts={"key", "at"}, channels=_EVERYWHERE)
NETWORKS_CHANGED = declare(
    "networks_changed", facts={"change", "count", "device", "at"}, channels=_EVERYWHERE, is_urgent=True
)
NETWORKS_ASKED = declare("networks_asked", facts={"request", "at"}, channels=_EVERYWHERE, is_urgent=True)
NETWORKS_DECIDED = declare("networks_decided", facts={"request", "outcome", "at"}, channels=_EVERYWHERE)
NETWORK_REFUSED = declare("network_refused", facts={"device", "place", "network", "at"}, is_urgent=True)
TRAVEL_PASS = declare(
    "travel_pass", facts={"device", "place", "network", "until", "at"}, channels=_EVERYWHERE, is_urgent=True
)
REPORT_OPENED = declare("report_opened", facts={"report", "what", "device", "at"}, channels=_EVERYWHERE, is_urgent=True)
REPORT_CLOSED = declare("report_closed", facts={"report", "outcome"}, channels=_EVERYWHERE)

STAFF_INVITATION = declare("staff_invitation", facts={"part", "username", "until"}, expires=True)
STAFF_DETAILS = declare("staff_details", facts={"fields", "by", "at"}, is_urgent=True)
STAFF_CHANGED = declare("staff_changed", facts={"what", "username", "role", "by", "at"}, is_urgent=True)

REQUEST = declare("request", channels=(ChannelName.PUSH,), expires=True)
TEST = declare("test", channels=(ChannelName.PUSH,), expires=True)
