"""Detect the encoding of a CSV or JSON file, and decode it.

UTF-8 and UTF-16 can be verified. GB18030 (used by Chinese offices) and cp1252 (used by
Western ones) decode almost any bytes. They are told apart by their text: Chinese has
runs of common characters, Western text has single accented letters next to plain
ones. If the evidence is weak the file is refused, because a wrong guess would corrupt
names unnoticed.
"""

from __future__ import annotations

import codecs
import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import islice

from django.utils.translation import gettext as _

from .limits import refuse

_CHUNK = 1024 * 1024
# A byte order mark that was decoded as cp1252 and encoded as UTF-8.
BROKEN_MARK = "ï»¿".encode()
# How many runs of non-ASCII characters are examined.
_MOST_RUNS = 20_000
_CODECS = ("gb18030", "cp1252")
# By which factor the evidence for one encoding must exceed that for the other.
_CLEARLY = 20

_BEYOND_ASCII = re.compile(r"[^\x00-\x7f]+")
_CONTROLS = re.compile(r"[\x00-\x08\x0e-\x19\x1b-\x1f]")
_ACCENTED = frozenset("ŒœŠšŽžŸƒ") | {chr(at) for at in range(0xC0, 0x100)} - {"×", "÷"}
_QUOTES_AND_DASHES = frozenset("‘’“”–—…\xa0")
_SIGNS = frozenset("£€¥©®™°½¼¾²³·«»§±µ•ªº¿¡")
_FULL_WIDTH = re.compile(r"[\u3000-\u303f\uff00-\uffef“”‘’—…·×、。￥℃①-⑳ⅠⅡⅢⅣⅤ●■◆★○□]")


@dataclass(frozen=True)
class Encoding:
    """The name of an encoding, and the length of the byte order mark."""

    name: str
    mark: int = 0


def encoding_of(content: bytes) -> Encoding:
    """The encoding of a file. Raises FileError if it is damaged, unknown or uncertain."""
    if content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        name = "utf-16-le" if content.startswith(codecs.BOM_UTF16_LE) else "utf-16-be"
        found = Encoding(name, 2)
    elif content.startswith(codecs.BOM_UTF8):
        found = Encoding("utf-8", 3)
    elif b"\x00" in content[:_CHUNK]:
        found = Encoding(_utf_16_without_mark(content))
    elif (line := first_undecodable_line(content, "utf-8")) is None:
        _refuse_possible_chinese(content)
        found = Encoding("utf-8", len(BROKEN_MARK) if content.startswith(BROKEN_MARK) else 0)
    elif _is_mostly_utf_8(content):
        _refuse_broken("UTF-8", line)
    else:
        found = Encoding(_chinese_or_western(content))
    if line := first_undecodable_line(content[found.mark :] if found.mark else content, found.name):
        _refuse_broken(found.name.upper(), line)
    for piece in pieces(content, found):
        if "\x00" in piece or (found.name in ("gb18030", "cp1252") and _CONTROLS.search(piece)):
            refuse_no_kind()
    return found


def pieces(content: bytes, encoding: Encoding, errors: str = "strict") -> Iterator[str]:
    decoder = codecs.getincrementaldecoder(encoding.name)(errors)
    for start in range(encoding.mark, len(content), _CHUNK):
        yield decoder.decode(content[start : start + _CHUNK])
    yield decoder.decode(b"", final=True)


def first_undecodable_line(content: bytes, name: str) -> int | None:
    """The line of the first bytes that are invalid in this encoding; None if there are none."""
    decoder = codecs.getincrementaldecoder(name)()
    lines = 1
    for start in range(0, len(content) + 1, _CHUNK):
        piece = content[start : start + _CHUNK]
        try:
            decoder.decode(piece, final=start + _CHUNK > len(content))
        except UnicodeDecodeError as error:
            return lines + error.object.count(b"\n", 0, error.start)
        lines += piece.count(b"\n")
    return None


def refuse_no_kind() -> None:
    refuse(
        _(
            "This kind of file cannot be read: give XLSX, XLS, ODS, JSON, or CSV in UTF-8, "
            "UTF-16 or GB18030."
        )
    )


def _refuse_broken(name: str, line: int) -> None:
    refuse(
        _(
            "The file is %(encoding)s, but line %(line)s has other bytes: it is damaged, or was "
            "joined from several files. Save it again as CSV in UTF-8, or as XLSX."
        ),
        encoding=name,
        line=f"{line:,}",
    )


def _refuse_uncertain(text: str, run: re.Match[str] | None) -> None:
    line = text.count("\n", 0, run.start()) + 1 if run else 1
    refuse(
        _(
            "The encoding is uncertain: this file may be Chinese (GB18030) or Western (cp1252), "
            "as in line %(line)s. Save it as CSV in UTF-8, or as XLSX."
        ),
        line=f"{line:,}",
    )


# --- UTF-16 without its mark --------------------------------------------------


def _utf_16_without_mark(content: bytes) -> str:
    """The byte order in which all of the content is text with delimiters or line breaks."""
    found = [name for name in ("utf-16-le", "utf-16-be") if _is_text(content, name)]
    if len(found) != 1:
        refuse_no_kind()
    return found[0]


def _is_text(content: bytes, name: str) -> bool:
    if first_undecodable_line(content, name):
        return False
    characters: set[str] = set()
    for piece in pieces(content, Encoding(name)):
        characters.update(piece)
    return bool(characters & set(",;\t\r\n")) and not any(
        unicodedata.category(one) in ("Cc", "Cn", "Co", "Cs") and one not in "\t\r\n"
        for one in characters
    )


# --- Chinese or Western -------------------------------------------------------


def _is_mostly_utf_8(content: bytes) -> bool:
    good = bad = 0
    for piece in pieces(content, Encoding("utf-8"), "replace"):
        bad += (here := piece.count("\ufffd"))
        good += sum(map(len, _BEYOND_ASCII.findall(piece))) - here
    return good >= bad


def _refuse_possible_chinese(content: bytes) -> None:
    """Refuse UTF-8 that may be GB18030: a few Chinese words can be valid in both."""
    sample = content[:_CHUNK]
    text = sample.decode("utf-8", "ignore")
    runs = list(islice(_BEYOND_ASCII.finditer(text), _MOST_RUNS))
    if not runs or any(not "\u0100" <= one <= "\u07ff" for run in runs for one in run[0]):
        return
    chinese = sample.decode("gb18030", "replace")
    if all(_looks_chinese(chinese, run) for run in _BEYOND_ASCII.finditer(chinese)):
        _refuse_uncertain(text, runs[0])


def _chinese_or_western(content: bytes) -> str:
    chinese_text = _sampled(content, "gb18030")
    western_text = _sampled(content, "cp1252")
    chinese_runs = list(islice(_BEYOND_ASCII.finditer(chinese_text), _MOST_RUNS))
    western_runs = list(islice(_BEYOND_ASCII.finditer(western_text), _MOST_RUNS))
    chinese = sum(_is_chinese(chinese_text, run) for run in chinese_runs)
    western = sum(_is_western(western_text, run) for run in western_runs)
    if not _is_common("".join(run[0] for run in chinese_runs)):
        chinese = 0
    if chinese > _CLEARLY * western:
        return "gb18030"
    # In other encodings, such as Big5, few runs look like either.
    if western > _CLEARLY * chinese and western * 10 >= len(western_runs) * 8:
        return "cp1252"
    _refuse_uncertain(western_text, western_runs[0] if western_runs else None)
    raise AssertionError  # pragma: no cover


def _sampled(content: bytes, name: str) -> str:
    """The beginning of the text, with enough runs to examine."""
    lines: list[str] = []
    for piece in pieces(content, Encoding(name), "replace"):
        lines.append(piece)
        if sum(len(_BEYOND_ASCII.findall(one)) for one in lines) > _MOST_RUNS:
            break
    return "".join(lines)


@cache
def _first_level() -> frozenset[str]:
    """The 3,755 common characters of GB 2312, its first level."""
    return _of_gb_2312(0xB0, 0xD7)


@cache
def _second_level() -> frozenset[str]:
    return _of_gb_2312(0xD8, 0xF7)


def _of_gb_2312(first: int, last: int) -> frozenset[str]:
    rows = (bytes((row, at)) for row in range(first, last + 1) for at in range(0xA1, 0xFF))
    return frozenset("".join(row.decode("gb2312", "ignore") for row in rows))


def _is_common(text: str) -> bool:
    """Whether most characters are common ones; punctuation is ignored."""
    letters = _FULL_WIDTH.sub("", text)
    common = sum(one in _first_level() for one in letters)
    return common * 10 >= len(letters) * 6


def _is_chinese(text: str, run: re.Match[str]) -> bool:
    """Whether a run looks Chinese, and its bytes decoded as Western would not."""
    return _looks_chinese(text, run) and not _looks_western(*_read_as(text, run, _CODECS))


def _is_western(text: str, run: re.Match[str]) -> bool:
    return _looks_western(text, run) and not _looks_chinese(*_read_as(text, run, _CODECS[::-1]))


def _read_as(text: str, run: re.Match[str], codecs_: Sequence[str]) -> tuple[str, re.Match[str]]:
    """The run's bytes in the other encoding, between the same neighbouring letters."""
    decoded = run[0].encode(codecs_[0], "replace").decode(codecs_[1], "replace")
    before, after = text[max(run.start() - 1, 0) : run.start()], _after(text, run)
    found = _BEYOND_ASCII.search(f"{before}{decoded}{after}")
    return (f"{before}{decoded}{after}", found) if found else (text, run)


def _looks_chinese(text: str, run: re.Match[str]) -> bool:
    letters = _FULL_WIDTH.sub("", run[0])
    if not letters:
        return True
    known = sum(one in _first_level() or one in _second_level() for one in letters)
    return (
        known * 10 >= len(letters) * 6
        and not (len(letters) == 1 and _is_between_letters(text, run))
        and "\ufffd" not in letters
    )


def _looks_western(text: str, run: re.Match[str]) -> bool:
    characters = run[0]
    if len(characters) > 3:
        return False
    if all(one in _QUOTES_AND_DASHES for one in characters):
        return True
    if len(characters) == 1 and characters in _SIGNS:
        return True
    has_letter = any(one in _ACCENTED for one in characters)
    return (
        has_letter
        and all(one in _ACCENTED or one in _QUOTES_AND_DASHES for one in characters)
        and (_is_letter(text[run.start() - 1 : run.start()]) or _is_letter(_after(text, run)))
    )


def _is_between_letters(text: str, run: re.Match[str]) -> bool:
    return _is_letter(text[run.start() - 1 : run.start()]) and _is_letter(_after(text, run))


def _after(text: str, run: re.Match[str]) -> str:
    return text[run.end() : run.end() + 1]


def _is_letter(one: str) -> bool:
    return one.isascii() and one.isalpha()
