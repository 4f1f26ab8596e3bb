"""The notices of recovery, with the facts of each. ``stop_code`` is empty once there is nothing to stop."""

from portal.outbox.kinds import ChannelName, declare

_OF_A_CASE = {"case", "at", "until", "stop_code"}

CASE_STARTED = declare("case_started", facts=_OF_A_CASE, is_urgent=True)
CASE_APPROVED = declare("case_approved", facts=_OF_A_CASE)
CASE_READY = declare("case_ready", facts=_OF_A_CASE)
CASE_OPENED = declare("case_opened", facts=_OF_A_CASE, is_urgent=True)
CASE_COMPLETED = declare("case_completed", facts=_OF_A_CASE)
CASE_LIFTED = declare("case_lifted", facts=_OF_A_CASE)
CASE_REFUSED = declare("case_refused", facts=_OF_A_CASE)
CASE_STOPPED = declare("case_stopped", facts=_OF_A_CASE)
CASE_CLOSED = declare("case_closed", facts=_OF_A_CASE)
GRANT_PART = declare("case_grant_part", facts={"part", "minutes"}, expires=True)

RESET_CODE = declare("reset_code", facts={"code", "device", "at"}, expires=True)
RESET_FAILED = declare(
    "reset_failed", facts={"device", "at"}, channels=(ChannelName.EMAIL, ChannelName.PUSH), is_urgent=True
)
