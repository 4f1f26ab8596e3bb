"""Rules about Keys: codes, enrolment, revocation, what a phone signs."""
