"""Nobody uploads anything here."""

from typing import Any

from django.conf import settings
from django.core.files.uploadhandler import FileUploadHandler
from django.http.multipartparser import MultiPartParserError


class NoUploads(FileUploadHandler):
    """Refuse files, and bodies in parts that are longer than any form of ours (400).

    Django's own handlers write a file to disk before the first line of a view runs, for anybody.
    """

    def handle_raw_input(self, input_data: Any, META: Any, content_length: int, *_: Any) -> None:  # noqa: N803  Django's name
        """Refuse a long body by its announced length, before any of it is read."""
        if content_length > settings.DATA_UPLOAD_MAX_MEMORY_SIZE:
            raise MultiPartParserError("The body is longer than any form of this portal.")

    def new_file(self, *_: Any) -> None:
        """Refuse a file at its heading."""
        raise MultiPartParserError("No page of this portal takes files.")
