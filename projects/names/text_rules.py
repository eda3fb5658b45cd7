"""Rules for the characters of a text, and repair of wrongly decoded text. Does not import Django.

Direction marks (U+200E, U+200F, U+061C) are allowed, as Uyghur and Arabic need them
next to digits; so are joiners (U+200C, U+200D) and variation selectors, which
change letters of some scripts.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

from .messages import gettext_noop

_CONTROLS = "\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f"
_LINE_BREAKS = "\t\n\r\u2028\u2029"
# Embeddings, overrides and isolates: they change the order in which text is shown.
_REORDERING = "\u202a-\u202e\u2066-\u2069"
_NO_CHARACTERS = "\ud800-\udfff\ufdd0-\ufdef" + "".join(
    f"{chr(plane + 0xFFFE)}{chr(plane + 0xFFFF)}" for plane in range(0, 0x110000, 0x10000)
)
# Invisible: soft hyphen, zero-width space, word joiner, invisible signs, byte order mark,
# deprecated formats, annotations, fillers, tags.
_HIDDEN = (
    "\u00ad\u034f\u115f\u1160\u180e\u200b\u2060-\u2064\u206a-\u206f\u3164\ufeff\uffa0\ufff9-\ufffb"
    "\U0001d173-\U0001d17a\U000e0000-\U000e007f"
)

_LINE_BREAK = re.compile(f"[{_LINE_BREAKS}]")
_ANYWHERE = _CONTROLS + _REORDERING + _NO_CHARACTERS
_REFUSED = {
    (lines, hidden): re.compile(
        f"[{_ANYWHERE}{'' if lines else _LINE_BREAKS}{'' if hidden else _HIDDEN}]"
    )
    for lines in (False, True)
    for hidden in (False, True)
}

_SENTENCES = {
    _LINE_BREAK: gettext_noop(
        "“%(field)s” must be one line, but has %(character)s as character %(place)s: use a space."
    ),
    re.compile(f"[{_CONTROLS}]"): gettext_noop(
        "“%(field)s” has a control character, %(character)s, as character %(place)s: remove it."
    ),
    re.compile(f"[{_REORDERING}]"): gettext_noop(
        "“%(field)s” has %(character)s as character %(place)s, which shows the following "
        "text in another order: remove it."
    ),
    re.compile(f"[{_HIDDEN}]"): gettext_noop(
        "“%(field)s” has %(character)s as character %(place)s, which is invisible: remove it."
    ),
    re.compile(f"[{_NO_CHARACTERS}]"): gettext_noop(
        "“%(field)s” has %(character)s as character %(place)s, which is not a character: remove it."
    ),
}
# Control characters have no name in Unicode.
_NAMES = {
    "\x00": "null",
    "\t": "tab",
    "\n": "line feed",
    "\x0b": "line tabulation",
    "\x0c": "form feed",
    "\r": "carriage return",
    "\x1b": "escape",
    "\x7f": "delete",
    "\x85": "next line",
}


# Runs of Latin-1 characters, as UTF-8 looks when it was decoded as Latin-1.
_LATIN_1 = re.compile("[\x80-\xff]{2,}")
# A first byte of a character in UTF-8, and its continuation bytes.
_UTF_8 = re.compile("[\xc2-\xdf][\x80-\xbf]|[\xe0-\xef][\x80-\xbf]{2}|[\xf0-\xf4][\x80-\xbf]{3}")
_OF_CP1252 = re.compile("[\x80-\x9f]")
_INVISIBLE = re.compile(f"[\x7f{_HIDDEN}]")
_NEEDS_REPAIR = re.compile(f"[\x7f-\x9f{_HIDDEN}]")
# A text may have been decoded wrongly several times.
_MAX_ROUNDS = 4


@dataclass(frozen=True)
class TextProblem:
    """What is wrong with a text: `message % params`."""

    message: str
    params: dict[str, str]


def text_problem(
    text: str, field: str, *, lines: bool = False, hidden: bool = False
) -> TextProblem | None:
    """The first character of `text` that is not allowed; None if all are.

    `field` is the label shown to the reader. `lines` allows line breaks and tabs.
    `hidden` allows invisible characters, as in prose; in a name they would make two
    names look the same.
    """
    found = _REFUSED[lines, hidden].search(text)
    if found is None:
        return None
    character = found[0]
    message = next(text for kind, text in _SENTENCES.items() if kind.match(character))
    return TextProblem(
        message,
        {
            "field": field,
            "character": describe_character(character),
            "place": str(found.start() + 1),
        },
    )


def describe_character(character: str) -> str:
    """A character's code point and name, if it has one: U+200B (zero width space)."""
    name = _NAMES.get(character) or unicodedata.name(character, "").lower()
    number = f"U+{ord(character):04X}"
    return f"{number} ({name})" if name else number


def clean_text(text: str) -> str:
    r"""Repair a text of a file that some program decoded wrongly, and remove invisible characters.

    Nobody types C1 controls (U+0080 to U+009F): they come from bytes of UTF-8
    (`â\x80\x99` for `’`) or cp1252 (`\x92` for `’`). Invisible characters and U+007F
    are removed. Characters that reorder text are kept, so that validation refuses them.
    """
    if not _NEEDS_REPAIR.search(text):
        return text
    for _time in range(_MAX_ROUNDS):
        before, text = text, _LATIN_1.sub(_as_utf_8, text)
        if text == before:
            break
    return _INVISIBLE.sub("", _OF_CP1252.sub(_as_cp1252, text))


def _as_utf_8(found: re.Match[str]) -> str:
    run = found[0]
    if not _OF_CP1252.search(run):
        # Ordinary Latin-1 letters and signs.
        return run
    try:
        return run.encode("latin-1").decode("utf-8")
    except UnicodeDecodeError:
        # Only parts are UTF-8, for example next to a Latin-1 letter.
        return run if _UTF_8.fullmatch(run) else _UTF_8.sub(_as_utf_8, run)


def _as_cp1252(found: re.Match[str]) -> str:
    # Five of them are undefined in cp1252.
    return found[0].encode("latin-1").decode("cp1252", "ignore")


def join_lines(text: str) -> str:
    """`text` on one line, its line breaks and tabs replaced by spaces."""
    if not _LINE_BREAK.search(text):
        return text
    return " ".join(part.strip() for part in _LINE_BREAK.split(text) if part.strip())
