"""No uploads are accepted."""

from typing import Any

from django.conf import settings
from django.core.files.uploadhandler import FileUploadHandler
from django.http.multipartparser import MultiPartParserError


class NoUploads(FileUploadHandler):
    """Refuse files, and multipart bodies longer than any of our forms (400).

    Django's own handlers would write anybody's file to disk before a view runs.
    """

    def handle_raw_input(self, input_data: Any, META: Any, content_length: int, *_: Any) -> None:  # noqa: N803  Django's name
        """Refuse a long body by its Content-Length, before reading it."""
        if content_length > settings.DATA_UPLOAD_MAX_MEMORY_SIZE:
            raise MultiPartParserError("The body is longer than any form of this portal.")

    def new_file(self, *_: Any) -> None:
        """Refuse a file as soon as its header arrives."""
        raise MultiPartParserError("No page of this portal takes files.")
