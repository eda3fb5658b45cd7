"""Refuse uploads that are too large while they are received."""

from __future__ import annotations

from typing import Any

from django.core.files.uploadhandler import FileUploadHandler, SkipFile

from projects.spreadsheets.reading import MOST_BYTES

# What a request has around the file: other fields and boundaries.
AROUND = 64 * 1024


def is_too_large(length: int) -> bool:
    """Whether a request body of `length` bytes is larger than any file that can be read."""
    return length > MOST_BYTES + AROUND


class RefuseTooLarge(FileUploadHandler):
    """Discards a file that is too large, so that it is kept neither in memory nor on disk.

    Django reads the body before it calls a view, for the CSRF token.
    """

    length = 0

    def handle_raw_input(
        self, _input: Any, _meta: Any, content_length: int, *args: Any, **kwargs: Any
    ) -> None:
        self.length = content_length

    def new_file(self, *args: Any, **kwargs: Any) -> None:
        if is_too_large(self.length):
            raise SkipFile

    def receive_data_chunk(self, raw_data: bytes, start: int) -> bytes:
        return raw_data

    def file_complete(self, file_size: int) -> None:
        return None
