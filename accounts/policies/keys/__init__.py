"""Rules about Keys: codes, enrolment, revocation, signed messages."""
