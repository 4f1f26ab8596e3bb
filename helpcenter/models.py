"""The search index. The files are the source; this table is built from them."""

from django.db import models


class Entry(models.Model):
    """One article in the search index; written by ``helpcenter.search.load`` only."""

    language = models.CharField(max_length=16)
    page = models.CharField(max_length=120, help_text='Key of the article: "section/slug".')
    edition = models.CharField(max_length=64, help_text="Digest of the articles this row was made with.")
    title = models.TextField()
    keywords = models.TextField()
    summary = models.TextField()
    body = models.TextField()

    class Meta:
        """One entry per article and language."""

        verbose_name_plural = "entries"
        constraints = [models.UniqueConstraint(fields=["language", "page"], name="helpcenter_one_entry_per_page")]

    def __str__(self) -> str:
        return f"{self.language} {self.page}"
