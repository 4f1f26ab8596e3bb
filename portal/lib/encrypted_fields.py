"""Model fields that are encrypted at rest, bound to their row."""

import json
import uuid
from typing import Any, ClassVar

from django.db import models

from portal.lib import encryption


class Ciphertext(str):
    """A value as stored in the database, not decrypted yet."""

    __slots__ = ()


class EncryptedModel(models.Model):
    """Base of models with encrypted fields: ``public_id`` binds each ciphertext to its row.

    ``encryption_owner`` names a column that identifies the owner of the row and never changes: the ciphertext is
    bound to it too, so that it cannot be decrypted in somebody else's row even if its ``public_id`` was moved along.
    """

    encryption_owner: ClassVar[str] = ""
    public_id = models.UUIDField(default=uuid.uuid4, editable=False, unique=True)

    class Meta:
        abstract = True


class _Opener:
    """Attribute that decrypts the value on first use and keeps the plain value on the instance."""

    def __init__(self, field: "EncryptedTextField") -> None:
        self.field = field

    def __get__(self, instance: Any, owner: type | None = None) -> Any:
        if instance is None:
            return self
        values = instance.__dict__
        if self.field.attname not in values:
            instance.refresh_from_db(fields=[self.field.attname])
        value = values[self.field.attname]
        if isinstance(value, Ciphertext):
            value = self.field.open(value, instance)
            values[self.field.attname] = value
        return value

    def __set__(self, instance: Any, value: Any) -> None:
        instance.__dict__[self.field.attname] = value


class EncryptedTextField(models.TextField):  # type: ignore[type-arg]  # the stubs' parameters have defaults
    """Text encrypted with ``portal.lib.encryption``.

    Written only by ``save()`` and ``bulk_create()``; ``update()`` and filters raise ``TypeError``,
    since neither knows the row to which the value is bound. An altered value raises
    ``encryption.DecryptionError`` when it is read. The empty text stays empty.
    """

    def contribute_to_class(self, cls: type[models.Model], name: str, private_only: bool = False) -> None:
        """Install the decrypting descriptor in place of the plain attribute."""
        super().contribute_to_class(cls, name, private_only)
        setattr(cls, self.attname, _Opener(self))

    def from_db_value(self, value: str | None, expression: Any, connection: Any) -> str | None:
        """Leave the ciphertext encrypted until it is used."""
        return Ciphertext(value) if value else value

    def pre_save(self, model_instance: models.Model, add: bool) -> Any:
        """Encrypt a value that was set; pass on ciphertext that was never decrypted."""
        value = model_instance.__dict__.get(self.attname)
        if value is None or value == "" or isinstance(value, Ciphertext):
            return value
        return Ciphertext(encryption.encrypt(self.to_text(value), bound_to=self._row(model_instance)))

    def get_prep_value(self, value: Any) -> Any:
        """Accept ciphertext and empty values, refuse plain text."""
        if value is None or value == "" or isinstance(value, Ciphertext):
            return value
        raise TypeError(f"{self.name} is encrypted: it can only be written by save()")

    def open(self, value: Ciphertext, instance: models.Model) -> Any:
        """Return the plain value, or raise ``encryption.DecryptionError``."""
        return self.from_text(encryption.decrypt(value, bound_to=self._row(instance)))

    def to_text(self, value: Any) -> str:
        """Return the text to be encrypted."""
        return str(value)

    def from_text(self, text: str) -> Any:
        """Return the value for a decrypted text."""
        return text

    def _row(self, instance: Any) -> str:
        row = f"{self.model._meta.db_table}.{self.column}|{instance.public_id}"  # Django's public _meta
        return f"{row}|{getattr(instance, instance.encryption_owner)}" if instance.encryption_owner else row


class EncryptedJSONField(EncryptedTextField):
    """A JSON value, encrypted."""

    _pyi_private_set_type: Any  # the types that may be assigned and read
    _pyi_private_get_type: Any

    def to_text(self, value: Any) -> str:
        """Return compact JSON."""
        return json.dumps(value, separators=(",", ":"), ensure_ascii=False)

    def from_text(self, text: str) -> Any:
        """Parse it."""
        return json.loads(text)
