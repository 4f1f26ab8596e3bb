"""What the database itself refuses: illegal moves, moves without their event, changed records, unapproved grants."""

from django.db import connection
from django.db.models import Model

from portal.audit import pruning
from portal.lib.db_triggers import Trigger, append_only, kept, refusing_if
from recovery.enums import State, Verdict
from recovery.models import (
    Case,
    Claim,
    Decision,
    Event,
    Evidence,
    Flag,
    Hold,
    Observation,
    Policy,
    RecoveryGrant,
    StopCode,
)
from recovery.models.decisions import NO_WORDS
from recovery.policies import state_machine

_LEGAL = ", ".join(f"'{old}>{new}'" for old, new in sorted(state_machine.MOVES))
_CHANGED = "OLD.state <> NEW.state"
_ILLEGAL = f"{_CHANGED} AND (OLD.state || '>' || NEW.state) NOT IN ({_LEGAL})"
_NOT_FRESH = f"NEW.state <> '{state_machine.START}' OR NEW.event_n <> 0"
_EVENT = (
    "SELECT 1 FROM recovery_event e WHERE e.case_id = NEW.id AND e.n = NEW.event_n "
    "AND e.from_state = OLD.state AND e.to_state = NEW.state"
)
_UNRECORDED = f"NEW.event_n <> OLD.event_n + 1 OR NOT EXISTS ({_EVENT})"
_MOVING = "OLD.state <> NEW.state OR OLD.event_n <> NEW.event_n"
_EARNED = (
    "SELECT 1 FROM recovery_case c JOIN recovery_decision d ON d.case_id = c.id "  # noqa: S608  every part is a constant of ours
    f"WHERE c.id = NEW.case_id AND c.kind = 'real' AND c.state = '{State.GRANT_READY}' "
    "AND c.subject_id = NEW.subject_id AND c.claim_id = NEW.claim_id "
    f"AND d.outcome = '{Verdict.APPROVED}'"
)
_BY_THE_OTHER = (
    "SELECT 1 FROM recovery_case c WHERE c.id = NEW.case_id AND c.maker_id = NEW.maker_id "
    "AND c.maker_id <> COALESCE(NEW.checker_id, 0) AND c.maker_id <> COALESCE(NEW.second_checker_id, 0)"
)
# What erasing a person may change in a closed case, and what purging may delete: see decision 0037.
_OF_ERASED = (
    "EXISTS (SELECT 1 FROM accounts_user u JOIN recovery_case c ON c.username_hash = u.username_hash "
    "WHERE c.id = {case} AND u.erased_at IS NOT NULL)"
)
_NAMED_ERASED = (
    "EXISTS (SELECT 1 FROM accounts_user u WHERE u.id = COALESCE(NEW.subject_id, u.id) AND u.erased_at IS NOT NULL "
    "AND u.username_hash = NEW.username_hash)"
)
_SHORTENED = (
    "EXISTS (SELECT 1 FROM recovery_case c JOIN audit_chainstart s ON s.chain = 'case:' || c.number "
    "AND s.n >= c.event_n WHERE c.id = {case})"
)
_OLD_CASE = _SHORTENED.format(case="OLD.case_id")
_CASE_OF_CLAIM = "(SELECT l.case_id FROM recovery_claim l WHERE l.id = OLD.claim_id)"


def _blanked(model: type[Model], case: str, **emptied: str) -> str:
    """Return the SQL of a row about an erased person in which nothing changes but that these columns become this."""
    op = "IS" if connection.vendor == "sqlite" else "IS NOT DISTINCT FROM"
    same = [f.column for f in model._meta.concrete_fields if f.name not in emptied]
    blank = [f"(NEW.{name} = OLD.{name} OR NEW.{name} = '{value}')" for name, value in emptied.items()]
    return " AND ".join([_OF_ERASED.format(case=case), *(f"NEW.{column} {op} OLD.{column}" for column in same), *blank])


_EVIDENCE_BLANKED = _blanked(Evidence, "OLD.case_id", answer_digest="")
_STATEMENT_BLANKED = _blanked(Observation, _CASE_OF_CLAIM, call_reference="")
_DECISION_BLANKED = _blanked(Decision, "OLD.case_id", reason=NO_WORDS, own_check=NO_WORDS)
_SUBJECT_CHANGED = (
    "COALESCE(OLD.subject_id, 0) <> COALESCE(NEW.subject_id, 0) "
    "OR OLD.kind <> NEW.kind OR (OLD.username_hash <> NEW.username_hash "
    f"AND NOT {_NAMED_ERASED})"
)
_IN_SESSION = ", ".join(f"'{state}'" for state in (State.OPEN, State.VERIFYING, State.POSSESSION, State.PROOFING))
_MAKER_SWAPPED = f"COALESCE(OLD.maker_id, 0) <> COALESCE(NEW.maker_id, 0) AND OLD.state NOT IN ({_IN_SESSION})"
_GRANT_FIXED = ("case_id", "claim_id", "subject_id", "first_digest", "second_digest", "first_channel", "second_channel")
_GRANT_CHANGED = " OR ".join(
    [f"OLD.{column} <> NEW.{column}" for column in _GRANT_FIXED]
    + [f"(OLD.{column} IS NOT NULL AND NEW.{column} IS NULL)" for column in ("used_at", "revoked_at")]
)


def _of_cases() -> list[Trigger]:
    """Return the triggers of cases."""
    return [
        refusing_if("recovery_case_fresh", "recovery_case", "BEFORE INSERT", _NOT_FRESH, "a case starts open"),
        refusing_if("recovery_case_legal", "recovery_case", "BEFORE UPDATE", _ILLEGAL, "a case cannot move like that"),
        refusing_if(
            "recovery_case_recorded",
            "recovery_case",
            "BEFORE UPDATE",
            f"({_MOVING}) AND ({_UNRECORDED})",
            "a case moves only with its event",
        ),
        refusing_if(
            "recovery_case_subject",
            "recovery_case",
            "BEFORE UPDATE",
            _SUBJECT_CHANGED,
            "a case stays with its holder",
        ),
        refusing_if(
            "recovery_case_maker",
            "recovery_case",
            "BEFORE UPDATE",
            _MAKER_SWAPPED,
            "who asked the questions is settled",
        ),
    ]


def _of_decisions() -> list[Trigger]:
    """Return the triggers of decisions."""
    return [
        refusing_if(
            "recovery_decision_frozen",
            "recovery_decision",
            "BEFORE UPDATE",
            f"OLD.outcome <> '{Verdict.PENDING}' AND NOT ({_DECISION_BLANKED})",
            "a decision stands",
        ),
        *[
            refusing_if(
                f"recovery_decision_other_{verb.lower()}",
                "recovery_decision",
                f"BEFORE {verb}",
                f"NOT EXISTS ({_BY_THE_OTHER})",
                "a decision names the maker of its case, who never decides it",
            )
            for verb in ("INSERT", "UPDATE")
        ],
    ]


def _of_grants() -> list[Trigger]:
    """Return the triggers of grants."""
    return [
        refusing_if(
            "recovery_recoverygrant_earned",
            "recovery_recoverygrant",
            "BEFORE INSERT",
            f"NOT EXISTS ({_EARNED})",
            "a grant needs an approved case that is ready",
        ),
        refusing_if(
            "recovery_recoverygrant_stands",
            "recovery_recoverygrant",
            "BEFORE UPDATE",
            _GRANT_CHANGED,
            "a grant stays what it was",
        ),
    ]


def _of_the_record() -> list[Trigger]:
    """Return the triggers that preserve the record: some tables only grow, in others no row is deleted."""
    return [
        *kept(Case, "cases are kept", unless=_SHORTENED.format(case="OLD.id")),
        *kept(Claim, "claims are kept", unless=_OLD_CASE),
        *kept(Decision, "decisions are kept", unless=_OLD_CASE),
        *kept(RecoveryGrant, "grants are kept", unless=_OLD_CASE),
        *kept(Hold, "holds are kept", unless=_OLD_CASE),
        *kept(StopCode, "stop codes are kept", unless=_OLD_CASE),
        *append_only(Observation, unless=_SHORTENED.format(case=_CASE_OF_CLAIM), but=_STATEMENT_BLANKED),
        *append_only(Event, unless=pruning.PRUNED),
        *append_only(Evidence, unless=_OLD_CASE, but=_EVIDENCE_BLANKED),
        *append_only(Flag, unless=_OLD_CASE),
        *append_only(Policy),
    ]


def every() -> list[Trigger]:
    """Return all triggers of recovery."""
    return [*_of_cases(), *_of_decisions(), *_of_grants(), *_of_the_record()]
