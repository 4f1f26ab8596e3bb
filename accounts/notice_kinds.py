"""The notices of accounts, with the facts of each."""

from portal.outbox.kinds import ChannelName, declare

_EVERYWHERE = (ChannelName.EMAIL, ChannelName.PUSH)

_ORIGIN = {"device", "place", "ip"}

NEW_DEVICE = declare("new_device", facts={*_ORIGIN, "at"}, channels=_EVERYWHERE, is_urgent=True)
LOCKED = declare("paused", facts={*_ORIGIN, "tries", "limit", "until", "pauses"}, channels=_EVERYWHERE, is_urgent=True)
CODES_WRONG = declare("codes_wrong", facts={*_ORIGIN, "tries", "total"}, channels=_EVERYWHERE, is_urgent=True)
BROWSER_CODE = declare("browser_code", facts={*_ORIGIN, "code", "until"}, expires=True)
SUSPENDED = declare("suspended", facts={"at"})
REINSTATED = declare("reinstated", facts={"at"})
PASSWORD_CHANGED = declare("password_changed", facts={"device", "at"}, is_urgent=True)
EMAILED_CODE = declare("code", facts={"code"}, expires=True)
BACKUP_CODES_MADE = declare("backup_codes_made", facts={"device", "at"}, channels=_EVERYWHERE)
BACKUP_CODE_USED = declare("backup_code_used", facts={"device", "at", "left", "few"}, channels=_EVERYWHERE)
PASSKEY_ADDED = declare("passkey_added", facts={"passkey", "device", "at"})
PASSKEY_REMOVED = declare("passkey_removed", facts={"passkey", "device", "at"})
PASSKEY_SUSPECT = declare("passkey_suspect", facts={"passkey", "device", "at"}, is_urgent=True)
KEY_ADDED = declare("key_added", facts={"key", "at", "log_ins"}, channels=_EVERYWHERE)
KEY_MOVED = declare("key_moved", facts={"key", "at", "log_ins"}, channels=_EVERYWHERE)
KEY_OFF = declare("key_off", facts={"key", "at"}, channels=_EVERYWHERE)
PHONE_LOST = declare("phone_lost", facts={"key", "at"}, channels=_EVERYWHERE)
REPORT_OPENED = declare("report_opened", facts={"report", "what", "device", "at"}, channels=_EVERYWHERE, is_urgent=True)
REPORT_CLOSED = declare("report_closed", facts={"report", "outcome"}, channels=_EVERYWHERE)

REQUEST = declare("request", channels=(ChannelName.PUSH,), expires=True)
TEST = declare("test", channels=(ChannelName.PUSH,), expires=True)
