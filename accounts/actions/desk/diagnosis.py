"""Can this person sign in, and why not: one sentence from the facts, in the order in which a sign-in meets them.

Plain functions: they read nothing but the facts they are given.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.actions.desk import words
from accounts.actions.desk.facts import Facts, Refused, Tries
from accounts.network_refusals import NetworkRefused
from accounts.refusals import AppTooOld, ClockWrong, CodesUsedUp, LiveOnPaper, NoKey, PaperOnLive, Paused, Suspended
from helpcenter import facts as installation


class Verdict(StrEnum):
    """The answer; its value is the tone in which the page shows it."""

    NO = "err"
    PARTLY = "warn"
    YES = "ok"


@dataclass(frozen=True)
class Diagnosis:
    """The answer in a sentence, what to say or do next, the cause's code for its help page, and the step that helps."""

    verdict: Verdict
    headline: str
    advice: str = ""
    code: str = ""
    step: str = ""


Finder = Callable[[Facts, datetime], Diagnosis | None]


def diagnose(facts: Facts, *, now: datetime) -> Diagnosis:
    """Return the first thing that stops this person, or that nothing does."""
    return next(obstacles(facts, now=now), _nothing(facts, now))


def obstacles(facts: Facts, *, now: datetime) -> Iterator[Diagnosis]:
    """Yield everything that stops this person, in the order in which a sign-in meets it."""
    yield from (found for find in _IN_ORDER if (found := find(facts, now)))


def _closed(facts: Facts, now: datetime) -> Diagnosis | None:
    if not facts.is_closed:
        return None
    headline = _("No: the username is closed.")
    if facts.closed_at:
        headline = _("No: the username was closed, %s.") % words.moment(facts.closed_at, now)
    return Diagnosis(Verdict.NO, headline, _("The firm's books closed it. Only they can open it again."))


def _suspended(facts: Facts, now: datetime) -> Diagnosis | None:
    if facts.suspended_at is None:
        return None
    since = words.moment(facts.suspended_at, now)
    advice = _("A senior reviewer other than whoever stopped it can allow it again. What happened, below, says why.")
    headline = _("No: sign-in was stopped to protect the account, %s.") % since
    return Diagnosis(Verdict.NO, headline, advice, Suspended.code, "reinstate")


def _no_password(facts: Facts, now: datetime) -> Diagnosis | None:
    if facts.has_password:
        return None
    advice = _("A welcome letter leads to the first one. Newest letter: %s.") % facts.letter if facts.letter else ""
    return Diagnosis(Verdict.NO, _("No: no password was ever set."), advice, step="letter")


def _codes_used_up(facts: Facts, now: datetime) -> Diagnosis | None:
    if not any(one.is_used_up for one in facts.tries):
        return None
    advice = _("This cannot be ended here. They choose Forgot your password? on the sign-in page.")
    return Diagnosis(
        Verdict.NO, _("No: too many wrong codes in a row. Only recovery is left."), advice, CodesUsedUp.code
    )


def _paused(facts: Facts, now: datetime) -> Diagnosis | None:
    if not facts.pauses:
        return None
    pause = facts.pauses[0]
    end = words.until(pause.until or now, now)
    tried = {"until": end, "wrong": words.wrong(pause), "browser": words.browser(pause)}
    headline = _("No: paused until %(until)s after %(wrong)s from %(browser)s.") % tried
    return Diagnosis(Verdict.NO, headline, _way_past(facts), Paused.code, "end-pause")


def _way_past(facts: Facts) -> str:
    """Say who is not affected by the pause."""
    if any(one.known_as is None for one in facts.pauses):
        return _("It ends by itself. A device they have signed in on before has tries of its own.")
    return _("It ends by itself. Another device is not affected.")


def _case(facts: Facts, now: datetime) -> Diagnosis | None:
    if facts.case_since is None:
        return None
    since = words.moment(facts.case_since, now)
    headline = _("Not yet: a recovery is under way, since %s.") % since
    if not _has_factor(facts):
        advice = _("They see how it stands on their case page, and can sign in once it is done.")
        return Diagnosis(Verdict.NO, headline, advice)
    advice = _("They see how it stands on their case page. Until it is done, only the old password and Key work.")
    return Diagnosis(Verdict.PARTLY, headline, advice)


def _has_factor(facts: Facts) -> bool:
    return bool(facts.keys or facts.passkeys or facts.backup_codes)


def _no_key(facts: Facts, now: datetime) -> Diagnosis | None:
    if facts.keys or facts.passkeys:
        return None
    verdict = Verdict.PARTLY if facts.backup_codes else Verdict.NO
    headline, advice = _("No: no Key is set up."), _("They type username and password, and are then led to set one up.")
    if facts.ended:
        last = facts.ended[0]
        about = {"name": last.name, "at": words.moment(last.ended_at or now, now), "why": last.ended_because}
        headline = _("No: no Key. “%(name)s” was turned off, %(at)s. %(why)s.") % about
        advice = _("They get back in by recovery: Forgot your password? on the sign-in page.")
    if facts.backup_codes:
        left = ngettext("%d backup code", "%d backup codes", facts.backup_codes) % facts.backup_codes
        headline = _("Only with a backup code (%s left): no Key.") % left
    return Diagnosis(verdict, headline, advice, NoKey.code)


def _last_refusal(facts: Facts, now: datetime) -> Diagnosis | None:
    """Explain the newest refusal that explains itself; a wrong code says less than a wrong clock just before it."""
    explained = (_EXPLAINED[one.code](one, facts, now) for one in facts.since_then if one.code in _EXPLAINED)
    return next(explained, None)


def _wrong_realm(refused: Refused, facts: Facts, now: datetime) -> Diagnosis:
    about = {"name": facts.username, "at": words.moment(refused.at, now)}
    if facts.is_paper:
        headline = _("Not there: “%(name)s” is for paper trading, and was used for live trading, %(at)s.")
        advice = _("They choose Paper trading on the sign-in page. Live trading has another username.")
    else:
        headline = _("Not there: “%(name)s” is for live trading, and was used for paper trading, %(at)s.")
        advice = _("They choose Live on the sign-in page. Paper trading has another username.")
    return Diagnosis(Verdict.PARTLY, headline % about, advice, refused.code)


def _wrong_clock(refused: Refused, _facts: Facts, now: datetime) -> Diagnosis:
    about = {"drift": installation.drift_words(refused.drift_seconds or 0), "at": words.moment(refused.at, now)}
    headline = _("No: the clock of their phone is %(drift)s, so its code was refused, %(at)s.") % about
    advice = _("They set date and time to automatic, then type the next code.")
    return Diagnosis(Verdict.NO, headline, advice, refused.code)


def _wrong_network(refused: Refused, _facts: Facts, now: datetime) -> Diagnosis:
    headline = _("Not from there: refused from a network that is not on their list, %s.") % words.moment(
        refused.at, now
    )
    advice = _("They use one of their networks, or ask for more. Two of us are needed to allow more.")
    return Diagnosis(Verdict.NO, headline, advice, refused.code, "networks")


_EXPLAINED: dict[str, Callable[[Refused, Facts, datetime], Diagnosis]] = {
    PaperOnLive.code: _wrong_realm,
    LiveOnPaper.code: _wrong_realm,
    ClockWrong.code: _wrong_clock,
    NetworkRefused.code: _wrong_network,
}


def _old_app(facts: Facts, now: datetime) -> Diagnosis | None:
    ours = [key for key in facts.keys if key.app]
    if not ours or not all(key.is_old_app for key in ours):
        return None
    about = {"name": ours[0].name, "version": ours[0].app}
    headline = _("Only with a code: the Key app on “%(name)s” is too old to approve (%(version)s).") % about
    return Diagnosis(Verdict.PARTLY, headline, _("They go online, then close and reopen the app."), AppTooOld.code)


def _nothing(facts: Facts, now: datetime) -> Diagnosis:
    seen = facts.signed_in_at
    last = _("Last signed in: %s.") % words.moment(seen, now) if seen else _("They have not signed in yet.")
    return Diagnosis(Verdict.YES, _("Yes: nothing stops them."), " ".join(filter(None, (last, _since(facts, now)))))


def _since(facts: Facts, now: datetime) -> str:
    """Say what has gone wrong since the last sign-in, although nothing stops another one."""
    said = [_wrong_since(one, now) for one in facts.tries]
    return " ".join([*said, *([_("The last code was wrong.")] if facts.since_then and not said else [])])


def _wrong_since(tries: Tries, now: datetime) -> str:
    about = {"wrong": words.wrong(tries), "of": tries.of, "at": words.moment(tries.last_at, now)}
    return _("%(wrong)s (of %(of)d until a pause), the last one %(at)s.") % about


_IN_ORDER: tuple[Finder, ...] = (
    _closed,
    _suspended,
    _no_password,
    _codes_used_up,
    _paused,
    _case,
    _no_key,
    _last_refusal,
    _old_app,
)


@dataclass(frozen=True)
class Check:
    """One thing a sign-in needs: how it stands, in the page's tone and in words."""

    tone: Verdict
    name: str
    fact: str

    @property
    def answer(self) -> str:
        """Return the tone as a word, for those who do not see it."""
        return {Verdict.YES: _("Yes"), Verdict.NO: _("No"), Verdict.PARTLY: _("Look")}[self.tone]


def checks(facts: Facts, *, now: datetime) -> list[Check]:
    """Return what a sign-in needs, one by one."""
    return [*_of_account(facts, now), *_of_tries(facts, now), *_of_keys(facts, now), *_of_the_rest(facts, now)]


def _of_account(facts: Facts, now: datetime) -> Iterator[Check]:
    if facts.is_closed:
        yield Check(Verdict.NO, _("Account open"), _("closed"))
    elif facts.suspended_at:
        since = words.moment(facts.suspended_at, now)
        yield Check(Verdict.NO, _("Account open"), _("sign-in stopped, %s") % since)
    else:
        yield Check(Verdict.YES, _("Account open"), _("not stopped, not closed"))
    is_set = _("set by its owner") if facts.has_password else _("none; letter: %s") % facts.letter
    yield Check(Verdict.YES if facts.has_password else Verdict.NO, _("Password"), is_set)


def _of_tries(facts: Facts, now: datetime) -> Iterator[Check]:
    if not facts.tries:
        yield Check(Verdict.YES, _("Tries"), _("none used"))
    for one in facts.tries:
        tone = Verdict.NO if one.until or one.is_used_up else Verdict.PARTLY
        about = {"wrong": words.wrong(one), "of": one.of, "browser": words.browser(one)}
        yield Check(tone, _("Tries"), _("%(wrong)s of %(of)d, %(browser)s") % about)


def _of_keys(facts: Facts, now: datetime) -> Iterator[Check]:
    count = len(facts.keys)
    used = max((key.used_at for key in facts.keys if key.used_at), default=None)
    has = ngettext("%d Key", "%d Keys", count) % count
    fact = f"{has}, {_('last used %s') % words.moment(used, now) if used else _('never used')}" if count else _("none")
    yield Check(Verdict.YES if count else Verdict.NO, _("Key"), fact)
    yield _clock(facts)
    asked = [key for key in facts.keys if key.takes_requests and not key.is_old_app]
    push = _("requests reach “%s”") % asked[0].name if asked else _("no phone takes requests: codes only")
    yield Check(Verdict.YES if asked else Verdict.PARTLY, _("Approving on a phone"), push)
    codes = ngettext("%d backup code", "%d backup codes", facts.backup_codes) % facts.backup_codes
    passkeys = ngettext("%d passkey", "%d passkeys", facts.passkeys) % facts.passkeys
    other = Verdict.YES if facts.passkeys or facts.backup_codes else Verdict.PARTLY
    yield Check(other, _("Other ways"), f"{passkeys}, {codes}")


def _clock(facts: Facts) -> Check:
    drift = next((one.drift_seconds for one in facts.since_then if one.drift_seconds is not None), None)
    told = max((key.clock_offset for key in facts.keys if key.clock_offset is not None), key=abs, default=None)
    seconds = drift if drift is not None else told
    if seconds is None:
        return Check(Verdict.YES, _("Clock of the phone"), _("no code was refused for it"))
    said = installation.clock_words(seconds)
    tone = Verdict.YES if said == installation.clock_words(0) else Verdict.PARTLY
    return Check(Verdict.NO if drift is not None else tone, _("Clock of the phone"), said)


def _of_the_rest(facts: Facts, now: datetime) -> Iterator[Check]:
    outside = any(one.code == NetworkRefused.code for one in facts.since_then)
    if facts.networks is None:
        yield Check(Verdict.YES, _("Network"), _("any"))
    else:
        limited = ngettext("limited to %d network", "limited to %d networks", facts.networks) % facts.networks
        passes = _("travel passes allowed") if facts.allows_pass else _("no travel passes")
        yield Check(Verdict.NO if outside else Verdict.PARTLY, _("Network"), f"{limited}, {passes}")
    trades = _("paper trading only") if facts.is_paper else _("live trading")
    is_wrong = any(one.code in {PaperOnLive.code, LiveOnPaper.code} for one in facts.since_then)
    yield Check(Verdict.PARTLY if is_wrong or facts.is_paper else Verdict.YES, _("Signs in to"), trades)
    case = _("under way since %s") % words.moment(facts.case_since, now) if facts.case_since else _("none under way")
    yield Check(Verdict.PARTLY if facts.case_since else Verdict.YES, _("Recovery"), case)
