"""A second way to prove possession, as a firm would add one: digits that a voice reads out to the number on file."""

from django import forms

from portal.lib import digests
from recovery.methods.contract import Method, Words
from recovery.refusals import GrantPartWrong


class DigitsForm(forms.Form):
    """What the voice said."""

    refusal = None
    digits = forms.CharField(label="What the voice said")

    def refuse(self, refusal, field=None):
        self.refusal = refusal
        self.add_error(field, refusal.words())


class Telephone(Method):
    """Works by itself: it keeps what was said to whom, and takes it once."""

    name = "phone"
    family = "phone"
    points = 30
    form = DigitsForm
    template = "recovery/methods/phone.html"
    words = Words(
        label="Call to the number on file",
        heading="Type what the voice says",
        now="We call you.",
        send="Call the number on file",
        send_explains="A voice reads digits to whoever answers.",
        sent_for_agent="It rings.",
        sent_for_claimant="We are calling you.",
        was_sent="The number on file was called",
        was_accepted="The claimant typed what the voice said",
    )

    def __init__(self):
        self.said = {}

    def send(self, case, *, by, origin, now):
        self.said[case.pk] = (digests.random_digits(6), now)

    def accept(self, case, typed, *, origin, now):
        digits, _at = self.said.get(case.pk, ("", None))
        if not digits or typed["digits"] != digits:
            raise GrantPartWrong(tries_left=2)
        del self.said[case.pk]

    def void(self, case):
        self.said.pop(case.pk, None)

    def sent_at(self, case, *, now):
        return self.said.get(case.pk, ("", None))[1]
