"""The catalogues of translations as gettext reads them, made of those that people edit.

As Python does with what it imports: where the compiled file is missing or older it is
made at the start, so that nobody has to think of it. Babel does so on machines that have
no gettext, too.
"""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured


def compile_what_changed() -> list[Path]:
    """Returns what was made anew."""
    made = []
    for folder in settings.LOCALE_PATHS:
        for source in sorted(Path(folder).glob("*/LC_MESSAGES/*.po")):
            target = source.with_suffix(".mo")
            if not is_fresh(target, source):
                try:
                    put_in_place(compiled(source), target)
                except OSError as error:
                    raise ImproperlyConfigured(
                        f"{target} cannot be written ({error.strerror}): run manage.py check once "
                        "as somebody who may."
                    ) from error
                made.append(target)
    return made


def is_fresh(target: Path, source: Path) -> bool:
    try:
        return target.stat().st_mtime_ns >= source.stat().st_mtime_ns
    except FileNotFoundError:
        return False


def compiled(source: Path) -> bytes:
    # Only then, as it takes a while to load.
    from io import BytesIO

    from babel.messages.mofile import write_mo
    from babel.messages.pofile import read_po

    with source.open("rb") as file:
        catalogue = read_po(file, abort_invalid=True)
    found = BytesIO()
    write_mo(found, catalogue)
    return found.getvalue()


def put_in_place(content: bytes, target: Path) -> None:
    """Whole or not at all: several workers may start at once."""
    handle, name = tempfile.mkstemp(dir=target.parent, prefix=f".{target.name}.")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
        # As readable as what it is made of: the one who serves may be somebody else.
        os.chmod(name, 0o644)
        os.replace(name, target)
    except OSError:
        os.unlink(name)
        raise
