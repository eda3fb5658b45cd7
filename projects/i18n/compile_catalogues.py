"""Compile the message catalogues (`.po` to `.mo`) at the start of the site.

Like Python's bytecode, a compiled catalogue that is missing or older than its source is
compiled again, so that there is no step to forget. Uses Babel, so that gettext need not
be installed.
"""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured


def compile_catalogues() -> list[Path]:
    """Compile the catalogues that are missing or out of date; returns their paths.

    Raises ImproperlyConfigured if a file cannot be written.
    """
    written = []
    for folder in settings.LOCALE_PATHS:
        for source in sorted(Path(folder).glob("*/LC_MESSAGES/*.po")):
            target = source.with_suffix(".mo")
            if not is_up_to_date(target, source):
                try:
                    replace_file(compile_catalogue(source), target)
                except OSError as error:
                    raise ImproperlyConfigured(
                        f"{target} cannot be written ({error.strerror}): run manage.py check once "
                        "as a user who may write to its folder."
                    ) from error
                written.append(target)
    return written


def is_up_to_date(target: Path, source: Path) -> bool:
    try:
        return target.stat().st_mtime_ns >= source.stat().st_mtime_ns
    except FileNotFoundError:
        return False


def compile_catalogue(source: Path) -> bytes:
    # Imported here because loading takes a while.
    from io import BytesIO

    from babel.messages.mofile import write_mo
    from babel.messages.pofile import read_po

    with source.open("rb") as file:
        catalogue = read_po(file, abort_invalid=True)
    output = BytesIO()
    write_mo(output, catalogue)
    return output.getvalue()


def replace_file(content: bytes, target: Path) -> None:
    """Write a file atomically, as several workers may start at once."""
    handle, name = tempfile.mkstemp(dir=target.parent, prefix=f".{target.name}.")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
        # Readable by everyone: the site may run as another user.
        os.chmod(name, 0o644)
        os.replace(name, target)
    except OSError:
        os.unlink(name)
        raise
