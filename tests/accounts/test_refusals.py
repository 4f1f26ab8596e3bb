"""Every refusal is a row of the cause table and can say itself."""

from accounts import refusals


def test_a_password_that_lacks_something_says_what():
    refusal = refusals.PasswordTooSimple(missing=["length", "digit"])

    assert refusal.words() == "Still missing: at least 8 characters and a digit."
    assert refusal.missing == ["length", "digit"]
