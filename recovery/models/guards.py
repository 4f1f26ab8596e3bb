"""What the database itself refuses: illegal moves, moves without their event, changed records, unearned passes."""

from portal.lib.guards import Guard, append_only
from recovery.enums import State, Verdict
from recovery.policies import moves

_LEGAL = ", ".join(f"'{old}>{new}'" for old, new in sorted(moves.MOVES))
_CHANGED = "OLD.state <> NEW.state"
_ILLEGAL = f"{_CHANGED} AND (OLD.state || '>' || NEW.state) NOT IN ({_LEGAL})"
_NOT_FRESH = f"NEW.state <> '{moves.START}' OR NEW.event_n <> 0"
_EVENT = (
    "SELECT 1 FROM recovery_event e WHERE e.case_id = NEW.id AND e.n = NEW.event_n "
    "AND e.from_state = OLD.state AND e.to_state = NEW.state"
)
_UNRECORDED = f"NEW.event_n <> OLD.event_n + 1 OR NOT EXISTS ({_EVENT})"
_MOVING = "OLD.state <> NEW.state OR OLD.event_n <> NEW.event_n"
_EARNED = (
    "SELECT 1 FROM recovery_case c JOIN recovery_decision d ON d.case_id = c.id "  # noqa: S608  every part is a constant of ours
    f"WHERE c.id = NEW.case_id AND c.kind = 'real' AND c.state = '{State.PASS_READY}' "
    "AND c.subject_id = NEW.subject_id AND c.claim_id = NEW.claim_id "
    f"AND d.outcome IN ('{Verdict.APPROVED}', '{Verdict.AUTO}')"
)


def _guard(name: str, table: str, when: str, condition: str, message: str) -> Guard:
    """Return a guard whose condition looks at the row alone."""
    return Guard(
        name=name,
        table=table,
        sqlite=(
            f"CREATE TRIGGER {name} {when} ON {table} WHEN {condition} BEGIN SELECT RAISE(ABORT, '{message}'); END",
        ),
        postgresql=(
            f"CREATE TRIGGER {name} {when} ON {table} FOR EACH ROW WHEN ({condition}) "
            f"EXECUTE FUNCTION portal_refuse('{message}')",
        ),
    )


def _looking_guard(name: str, table: str, when: str, condition: str, message: str) -> Guard:
    """Return a guard whose condition looks at other tables, which PostgreSQL allows only inside a function."""
    function = (
        f"CREATE OR REPLACE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
        f"IF {condition} THEN RAISE EXCEPTION USING MESSAGE = '{message}', ERRCODE = '23514'; END IF; "
        f"RETURN NEW; END $$"
    )
    return Guard(
        name=name,
        table=table,
        sqlite=(
            f"CREATE TRIGGER {name} {when} ON {table} WHEN {condition} BEGIN SELECT RAISE(ABORT, '{message}'); END",
        ),
        postgresql=(function, f"CREATE TRIGGER {name} {when} ON {table} FOR EACH ROW EXECUTE FUNCTION {name}()"),
    )


def every() -> list[Guard]:
    """Return all guards of recovery."""
    return [
        _guard("recovery_case_fresh", "recovery_case", "BEFORE INSERT", _NOT_FRESH, "a case starts open"),
        _guard("recovery_case_legal", "recovery_case", "BEFORE UPDATE", _ILLEGAL, "a case cannot move like that"),
        _looking_guard(
            "recovery_case_recorded",
            "recovery_case",
            "BEFORE UPDATE",
            f"({_MOVING}) AND ({_UNRECORDED})",
            "a case moves only with its event",
        ),
        _guard("recovery_case_kept", "recovery_case", "BEFORE DELETE", "1 = 1", "cases are kept"),
        _guard("recovery_claim_kept", "recovery_claim", "BEFORE DELETE", "1 = 1", "claims are kept"),
        _guard(
            "recovery_decision_frozen",
            "recovery_decision",
            "BEFORE UPDATE",
            f"OLD.outcome <> '{Verdict.PENDING}'",
            "a decision stands",
        ),
        _guard("recovery_decision_kept", "recovery_decision", "BEFORE DELETE", "1 = 1", "decisions are kept"),
        _looking_guard(
            "recovery_pass_earned",
            "recovery_pass",
            "BEFORE INSERT",
            f"NOT EXISTS ({_EARNED})",
            "a pass needs an approved case that is ready",
        ),
        *append_only("recovery_event"),
        *append_only("recovery_evidence"),
        *append_only("recovery_flag"),
        *append_only("recovery_policy"),
    ]
