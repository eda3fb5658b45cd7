"""What a text may hold: characters, in the order in which they are read. Knows no Django.

Marks of direction (U+200E, U+200F, U+061C) stay, as Uyghur and Arabic beside
digits need them; so do joiners (U+200C, U+200D) and variation selectors, which
make other letters of some scripts.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

from .messages import gettext_noop

_CONTROLS = "\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f"
_LINE_BREAKS = "\t\n\r\u2028\u2029"
# Embeddings, overrides and isolates: what stands in them is shown in another order.
_REORDERING = "\u202a-\u202e\u2066-\u2069"
_NO_CHARACTERS = "\ud800-\udfff\ufdd0-\ufdef" + "".join(
    f"{chr(plane + 0xFFFE)}{chr(plane + 0xFFFF)}" for plane in range(0, 0x110000, 0x10000)
)
# Without width: soft hyphen, zero-width space, word joiner, invisible signs, byte order mark,
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
        "“%(field)s” is one line, but holds %(character)s as character %(place)s: write a space."
    ),
    re.compile(f"[{_CONTROLS}]"): gettext_noop(
        "“%(field)s” holds a control character, %(character)s, as character %(place)s: take it out."
    ),
    re.compile(f"[{_REORDERING}]"): gettext_noop(
        "“%(field)s” holds %(character)s as character %(place)s, which shows what follows in "
        "another order than it is read in: take it out."
    ),
    re.compile(f"[{_HIDDEN}]"): gettext_noop(
        "“%(field)s” holds %(character)s as character %(place)s, which nobody sees: take it out."
    ),
    re.compile(f"[{_NO_CHARACTERS}]"): gettext_noop(
        "“%(field)s” holds %(character)s as character %(place)s, which is no character: take it "
        "out."
    ),
}
# Controls have no name in Unicode.
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


# Characters of Latin-1 beside each other, which UTF-8 that was read as such is made of.
_LATIN_1 = re.compile("[\x80-\xff]{2,}")
# What begins a character in UTF-8, and the bytes that go on with it.
_UTF_8 = re.compile("[\xc2-\xdf][\x80-\xbf]|[\xe0-\xef][\x80-\xbf]{2}|[\xf0-\xf4][\x80-\xbf]{3}")
_OF_CP1252 = re.compile("[\x80-\x9f]")
_LEFT_BEHIND = re.compile(f"[\x7f{_HIDDEN}]")
_TO_BE_MENDED = re.compile(f"[\x7f-\x9f{_HIDDEN}]")
# A text that was read wrongly, written, and read wrongly again.
_MOST_TIMES = 4


@dataclass(frozen=True)
class TextProblem:
    """What is wrong with a text: `message % params`."""

    message: str
    params: dict[str, str]


def text_problem(
    text: str, field: str, *, lines: bool = False, hidden: bool = False
) -> TextProblem | None:
    """The first character in `text` that cannot stand there; None if there is none.

    `field` is what the reader calls it. With `lines` it may have several, and
    tabs; with `hidden`, as in prose, what has no width, which in a name would
    make two of what looks like one.
    """
    found = _REFUSED[lines, hidden].search(text)
    if found is None:
        return None
    character = found[0]
    message = next(said for kind, said in _SENTENCES.items() if kind.match(character))
    return TextProblem(
        message,
        {
            "field": field,
            "character": called(character),
            "place": str(found.start() + 1),
        },
    )


def called(character: str) -> str:
    """A character by its number and, where it has one, its name: U+200B (zero width space)."""
    name = _NAMES.get(character) or unicodedata.name(character, "").lower()
    number = f"U+{ord(character):04X}"
    return f"{number} ({name})" if name else number


def mended(text: str) -> str:
    r"""A text of a file as it was before a program on its way read it in a wrong encoding.

    Nobody types a control of the second set (U+0080 to U+009F): where one
    stands, it was a byte of UTF-8 (`â\x80\x99` was `’`) or of cp1252 (`\x92`
    was `’` as well), as browsers take it, too. What has no width, and U+007F,
    is left behind by programs and goes. What reorders stays, to be refused.
    """
    if not _TO_BE_MENDED.search(text):
        return text
    for _time in range(_MOST_TIMES):
        before, text = text, _LATIN_1.sub(_as_utf_8, text)
        if text == before:
            break
    return _LEFT_BEHIND.sub("", _OF_CP1252.sub(_as_cp1252, text))


def _as_utf_8(found: re.Match[str]) -> str:
    run = found[0]
    if not _OF_CP1252.search(run):
        # Letters and signs of Latin-1 that happen to stand so.
        return run
    try:
        return run.encode("latin-1").decode("utf-8")
    except UnicodeDecodeError:
        # Not all of it, as where a letter of Latin-1 stands beside it.
        return run if _UTF_8.fullmatch(run) else _UTF_8.sub(_as_utf_8, run)


def _as_cp1252(found: re.Match[str]) -> str:
    # Five of them stand for nothing there either.
    return found[0].encode("latin-1").decode("cp1252", "ignore")


def in_one_line(text: str) -> str:
    """A text that is one line, though somebody broke it so that it fits its cell."""
    if not _LINE_BREAK.search(text):
        return text
    return " ".join(part.strip() for part in _LINE_BREAK.split(text) if part.strip())
