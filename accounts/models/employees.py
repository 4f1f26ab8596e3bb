"""The people who work for the firm, whatever usernames they have."""

from django.db import models
from django.db.models.functions import Now

from accounts.models.customers import Customer
from portal.lib.encrypted_fields import EncryptedModel, EncryptedTextField


class Employee(EncryptedModel):
    """A person who works for the firm. Two usernames with the same employee belong to the same person.

    ``customer``: the same person's record as a customer, if they are one.
    """

    name = EncryptedTextField()
    email = EncryptedTextField()
    phone = EncryptedTextField(blank=True, default="", db_default="")
    customer = models.OneToOneField(Customer, models.PROTECT, null=True, blank=True, related_name="employee")
    left_at = models.DateTimeField(null=True, blank=True)
    erased_at = models.DateTimeField(null=True, blank=True)  # nothing personal is left
    created_at = models.DateTimeField(db_default=Now())

    class Meta:
        verbose_name_plural = "staff"

    def __str__(self) -> str:
        return f"number {self.pk}"
