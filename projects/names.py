"""What a name is: how two spellings of it are found to be alike. Knows no Django.

A search key holds a name in every form in which somebody may type it: as it is
written, folded; in pinyin; and by the initials of its pinyin. A word is found if
the key contains it, which works alike on both databases and for words of two
characters, which no index of trigrams finds.
"""

from __future__ import annotations

import re
import unicodedata

from pypinyin import Style, lazy_pinyin

_CHINESE = re.compile(r"[\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff]+")
# Letters and digits of any script, and the marks that codes are made of.
_NOT_A_WORD = re.compile(r"[^\w.&+-]+")

# Readings of place names that are not the commonest of their characters.
_READINGS = {
    "喀什": ["ka", "shi"],
    "莎车": ["sha", "che"],
    "重庆": ["chong", "qing"],
    "厦门": ["xia", "men"],
    "长沙": ["chang", "sha"],
    "长春": ["chang", "chun"],
}


def normalise(text: str) -> str:
    """Fold what readers do not tell apart: width, case, accents, punctuation, white space."""
    folded = unicodedata.normalize("NFKD", unicodedata.normalize("NFKC", text).casefold())
    bare = "".join(c for c in folded if not unicodedata.combining(c))
    return " ".join(_NOT_A_WORD.sub(" ", unicodedata.normalize("NFC", bare)).split())


def syllables(text: str) -> list[str]:
    """The pinyin of the Chinese characters in `text`, a syllable each, without tones."""
    found: list[str] = []
    for run in _CHINESE.findall(text):
        position = 0
        while position < len(run):
            for name, reading in _READINGS.items():
                if run.startswith(name, position):
                    found += reading
                    position += len(name)
                    break
            else:
                following = min(
                    (at for name in _READINGS if (at := run.find(name, position + 1)) > 0),
                    default=len(run),
                )
                found += lazy_pinyin(run[position:following], style=Style.NORMAL)
                position = following
    return found


def pinyin(text: str) -> str:
    """The pinyin of the Chinese characters in `text`, joined: 喀什片区 is kashipianqu."""
    return "".join(syllables(text))


def initials(text: str) -> str:
    """The first letters of that pinyin: 喀什片区 is kspq."""
    return "".join(syllable[0] for syllable in syllables(text) if syllable)


def search_key(*texts: str) -> str:
    """What is stored to be searched: each text folded and, of Chinese ones, pinyin and initials.

    A line each, without repetitions; no word of a query runs over two lines.
    """
    forms: dict[str, None] = {}
    for text in texts:
        for form in (normalise(text), pinyin(text), initials(text)):
            if form:
                forms[form] = None
    return "\n".join(forms)


def search_words(query: str) -> list[str]:
    """The words of a query, folded as search keys are; every one of them must be found."""
    return list(dict.fromkeys(normalise(query).split()))
