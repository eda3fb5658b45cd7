"""What comes in with a request, before anybody has looked at it."""

from __future__ import annotations

from typing import Any

from django.core.files.uploadhandler import FileUploadHandler, SkipFile

from projects.spreadsheets.reading import MOST_BYTES

# What stands around the file in the body of the request.
AROUND = 64 * 1024


def is_too_large(length: int) -> bool:
    """Whether a body of so many bytes holds more than any file that can be read."""
    return length > MOST_BYTES + AROUND


class RefuseTooLarge(FileUploadHandler):
    """Lets a file that is too large go by, so that it stays neither in memory nor on the disk.

    Django reads a body before any view is asked, for the token in it.
    """

    length = 0

    def handle_raw_input(
        self, input_data: Any, meta: Any, content_length: int, *args: Any, **kwargs: Any
    ) -> None:
        self.length = content_length

    def new_file(self, *args: Any, **kwargs: Any) -> None:
        if is_too_large(self.length):
            raise SkipFile

    def receive_data_chunk(self, raw_data: bytes, start: int) -> bytes:
        return raw_data

    def file_complete(self, file_size: int) -> None:
        return None
