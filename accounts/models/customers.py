"""Customers, their accounts, and which user may act on which account."""

from typing import ClassVar

from django.db import models
from django.db.models.functions import Now

from accounts.enums import AccountKind, ActivityKind, MandateRole, Realm
from portal.lib.encrypted_fields import EncryptedJSONField, EncryptedModel, EncryptedTextField


class Customer(EncryptedModel):
    """A person who has accounts with the firm. Everything personal is encrypted."""

    encryption_owner = "number"
    number = models.CharField(max_length=32, unique=True)
    given_name = EncryptedTextField()
    middle_name = EncryptedTextField(blank=True)
    family_name = EncryptedTextField()
    birth_date = EncryptedTextField()  # ISO 8601 date
    address = EncryptedJSONField(default=dict)  # line1, line2, city, postcode, country
    phone = EncryptedTextField(blank=True)
    application = EncryptedJSONField(default=dict)  # answers in the account application, by name
    language = models.CharField(max_length=8, default="en")
    time_zone = models.CharField(max_length=64, blank=True)  # empty: that of their browser
    address_changed_at = models.DateTimeField(null=True, blank=True)  # empty: not since the customer was created
    closed_at = models.DateTimeField(null=True, blank=True)  # no longer a customer of the firm
    erased_at = models.DateTimeField(null=True, blank=True)  # nothing personal is left
    created_at = models.DateTimeField(db_default=Now())

    def __str__(self) -> str:
        return self.number


class TradingAccount(models.Model):
    """One trading account. Balances are as the firm's back office last reported them, which says as of when."""

    number = models.CharField(max_length=32, unique=True)
    kind = models.CharField(max_length=16, choices=AccountKind.choices, default=AccountKind.INDIVIDUAL)
    realm = models.CharField(max_length=8, choices=Realm.choices, default=Realm.LIVE)
    currency = models.CharField(max_length=3, default="USD")
    net_value = models.DecimalField(max_digits=18, decimal_places=2, default=0)
    cash = models.DecimalField(max_digits=18, decimal_places=2, default=0)
    balances_at = models.DateTimeField(null=True, blank=True)  # empty: the books do not say
    closed_at = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return self.number


class Mandate(models.Model):
    """Which user may act on which account, and in which role.

    ``label`` and ``client``: what the account, and whom it is for, is called in the list of this user. The account
    that the user works with is the one that was ``chosen_at`` last.
    """

    user = models.ForeignKey("accounts.User", models.PROTECT, related_name="mandates")
    account = models.ForeignKey(TradingAccount, models.PROTECT, related_name="mandates")
    role = models.CharField(max_length=16, choices=MandateRole.choices)
    label = models.CharField(max_length=80, blank=True)
    client = models.CharField(max_length=80, blank=True, db_default="")
    chosen_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["user", "account"], name="one_mandate_per_user_and_account"),
        ]

    def __str__(self) -> str:
        return f"{self.user_id} {self.role} {self.account_id}"


class AccountValue(models.Model):
    """What an account was worth at the end of a day, where the firm's books say so."""

    account = models.ForeignKey(TradingAccount, models.CASCADE, related_name="daily_values")
    day = models.DateField()
    net_value = models.DecimalField(max_digits=18, decimal_places=2)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["account", "day"], name="one_value_per_account_and_day"),
        ]

    def __str__(self) -> str:
        return f"{self.account_id} {self.day}"


class AccountActivity(models.Model):
    """Something that happened on an account. ``own``: the customer did it, and nobody else could have."""

    account = models.ForeignKey(TradingAccount, models.PROTECT, related_name="activity")
    reference = models.CharField(max_length=40, null=True, blank=True)  # the firm's own, used once in an account
    at = models.DateTimeField()
    kind = models.CharField(max_length=16, choices=ActivityKind.choices)
    own = models.BooleanField(default=False)
    instrument = models.CharField(max_length=32, blank=True)
    quantity = models.DecimalField(max_digits=18, decimal_places=4, null=True, blank=True)
    amount = models.DecimalField(max_digits=18, decimal_places=2, null=True, blank=True)
    currency = models.CharField(max_length=3, default="USD")

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["account", "reference"], name="activity_one_per_reference"),
        ]
        indexes: ClassVar[list[models.Index]] = [models.Index(fields=["account", "-at"], name="activity_newest")]

    def __str__(self) -> str:
        return f"{self.account_id} {self.kind} {self.at:%Y-%m-%d}"
