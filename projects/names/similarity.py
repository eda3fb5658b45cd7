"""Similarity of names, for duplicate detection. Does not import Django.

Records are never merged because of their names: a score says what a person should
look at. Only a social credit code identifies an enterprise.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache

from rapidfuzz import fuzz, process

from projects import names

SAME = 1.0
# Equal but for a part in brackets: 华泰（新疆）纺织, 华泰纺织.
WITHOUT_BRACKETS = 0.95
# Different characters with the same sound or trade, or a Chinese name and its English form.
SOUNDS_ALIKE = 0.9
# The maximum for names that are only partly similar.
IN_PART = 0.89
# The minimum for a name that contains the other: the rest is often a place: 新疆兴达纺织, 兴达纺织.
CONTAINED = 0.5
# The lowest score worth a look. Names that only share a place and a trade, as half of a
# register does, are below it.
MIN_SIMILARITY = 0.7

# Shorter fragments occur in too many names.
SHORTEST_HALF = 2
SHORTEST_WORD = 4

_BRACKETED = re.compile(r"[(（\[［【〔][^()（）\[\]［］【】〔〕]*[)）\]］】〕]")

# Legal forms, normalised and without full stops. A branch (分公司) is not the enterprise
# itself and keeps its ending.
_ENDING = re.compile(
    r"""(?:
        股份有限责任公司 | 股份有限公司 | 有限责任公司 | 责任有限公司 | 有限公司 | 股份公司
        | 总公司 | (?<![分子])公司 | 集团 | 集團
        | 特殊普通合伙 | 普通合伙 | 有限合伙 | 合伙企业 | 个人独资企业
        | (?<![a-z0-9а-я]) (?:
            company | corporation | incorporated | limited | limited\ liability | joint\ stock
            | group | co | coltd | corp | inc | ltd | llc | llp | plc | pte | pty | pvt | jsc
            | ojsc | cjsc | pjsc | sdn | bhd | gmbh | mbh | ag | kg | ohg | sa | sas | sarl | srl
            | spa | bv | nv | oy | oyj | ab | as | kk
            | ооо | оао | зао | пао | ао | тоо | осоо | mchj
        )
    )\Z""",
    re.VERBOSE,
)
# Legal forms that come first, as in Russian and the languages of Central Asia.
_BEGINNING = re.compile(r"\A(?:the|ооо|оао|зао|пао|ао|тоо|осоо) ")
# Full stops of abbreviations, not decimal points.
_FULL_STOP = re.compile(r"\.(?!\d)")

# Words for trades, which English names translate while they transliterate the rest. The
# first English word represents the others and the Chinese word.
_TRADES = {
    "纺织": "textile textiles",
    "服装": "garment garments apparel clothing",
    "棉业": "cotton",
    "物流": "logistics logistic",
    "供应链": "supplychain",
    "进出口": "importexport",
    "国际": "international",
    "商贸": "trade trading commerce",
    "贸易": "trade trading commerce",
    "科技": "technology technologies tech",
    "技术": "technology technologies tech",
    "电子": "electronics electronic",
    "信息": "information",
    "新材料": "newmaterial newmaterials",
    "新能源": "newenergy",
    "能源": "energy",
    "电池": "battery batteries",
    "汽车": "automobile automobiles auto automotive",
    "食品": "food foods",
    "农业": "agriculture agricultural",
    "实业": "industry industries industrial",
    "工业": "industry industries industrial",
    "产业园": "industrialpark",
    "工业园": "industrialpark",
    "投资": "investment investments",
    "控股": "holding holdings",
    "建设": "construction",
    "建筑": "construction",
}
_TRADE = re.compile("|".join(sorted(_TRADES, key=len, reverse=True)))
# Two English words for one Chinese one.
_PHRASE = re.compile(
    r"\b(?:(supply) (chain)|(import) (?:and |& )?(export)|(new) (materials?|energy)"
    r"|(industrial) (park))\b"
)
_LINKING = frozenset({"and", "of", "the", "&", "-", "+"})


def core_name(name: str) -> str:
    """The normalised name without its legal form: 新疆兴达纺织有限公司 is 新疆兴达纺织.

    A name that consists of a legal form only is kept.
    """
    text = names.normalise(_FULL_STOP.sub("", names.normalise(name)))
    while True:
        rest = _ENDING.sub("", _BEGINNING.sub("", text)).strip(" &+-")
        if not rest or rest == text:
            return text
        text = rest


def core_name_without_brackets(name: str) -> str:
    """The core without text in brackets: 喀什（新疆）纺织有限公司 is 喀什纺织.

    Falls back to the core if the name has no brackets, or nothing outside them.
    """
    return core_name(_BRACKETED.sub(" ", name)) or core_name(name)


def _sound(text: str) -> str:
    """A phonetic key of a core name: pinyin without spaces, words for trades in English.

    兴达纺织, `Xingda Fangzhi` and `Xingda Textile` all become xingdatextile.
    """
    translated = _TRADE.sub(lambda trade: f" {_TRADES[trade[0]].split()[0]} ", text)
    spoken = names.transliterate(translated)
    joined = _PHRASE.sub(lambda words: "".join(filter(None, words.groups())), spoken)
    trades = _trade_words()
    words = (trades.get(word, word) for word in joined.split() if word not in _LINKING)
    # As in a search key: some people type u instead of v for ü.
    return re.sub(r"[\W_]", "", "".join(words)).replace("v", "u")


@cache
def _trade_words() -> dict[str, str]:
    """Words for trades in Latin letters (English, or pinyin), each to its representative.

    Built on first use, because pinyin loads a dictionary.
    """
    words: dict[str, str] = {}
    for chinese, english in _TRADES.items():
        first, *others = english.split()
        words |= dict.fromkeys([names.pinyin(chinese), first, *others], first)
    return words


@dataclass(frozen=True)
class NameForms:
    """The forms of a name that are compared: core, core without brackets, phonetic key."""

    core: str
    bare: str
    sound: str
    is_chinese: bool

    @classmethod
    def of(cls, name: str) -> NameForms:
        text = core_name(name)
        outside = core_name_without_brackets(name) if _BRACKETED.search(name) else text
        return cls(text, outside, _sound(text), names.is_chinese(text))


def name_similarity(one: NameForms, other: NameForms) -> float:
    """From 0 to 1, which is equal but for the legal form. Symmetric."""
    if not one.core or not other.core:
        return 0.0
    if one.core == other.core:
        return SAME
    if one.bare == other.core or one.core == other.bare:
        return WITHOUT_BRACKETS
    if one.sound and one.sound == other.sound:
        return SOUNDS_ALIKE
    # Different Chinese names share many letters of pinyin, but few characters.
    in_chinese = one.is_chinese and other.is_chinese
    first, second = (one.core, other.core) if in_chinese else (one.sound, other.sound)
    return IN_PART * max(_contained(first, second), fuzz.ratio(first, second) / 100)


def _contained(one: str, other: str) -> float:
    shorter, longer = sorted((one, other), key=len)
    if not shorter or shorter not in longer:
        return 0.0
    return CONTAINED + (1 - CONTAINED) * len(shorter) / len(longer)


class NameIndex:
    """An index of names, by the keys of the records they belong to.

    Building it takes seconds for 50,000 names, mostly for pinyin; a search then
    takes hundredths of a second.
    """

    def __init__(self, known: Mapping[str, Iterable[str]]) -> None:
        self._keys: dict[NameForms, list[str]] = defaultdict(list)
        self._by_core: dict[str, list[NameForms]] = defaultdict(list)
        self._by_bare: dict[str, list[NameForms]] = defaultdict(list)
        self._by_sound: dict[str, list[NameForms]] = defaultdict(list)
        # Lists, because each search iterates over all of them.
        self._cores: list[str] = []
        self._sounds: list[str] = []
        self._foreign_sounds: list[str] = []
        for key, its_names in known.items():
            self.add(key, its_names)

    def add(self, key: str, its_names: Iterable[str]) -> None:
        """Add the names of one more record."""
        for form in dict.fromkeys(NameForms.of(name) for name in its_names):
            if not form.core:
                continue
            if form not in self._keys:
                self._index(form)
            self._keys[form].append(key)

    def _index(self, form: NameForms) -> None:
        if form.is_chinese and form.core not in self._by_core:
            self._cores.append(form.core)
        if form.sound not in self._by_sound:
            self._sounds.append(form.sound)
        if not form.is_chinese and all(one.is_chinese for one in self._by_sound[form.sound]):
            self._foreign_sounds.append(form.sound)
        self._by_core[form.core].append(form)
        self._by_bare[form.bare].append(form)
        self._by_sound[form.sound].append(form)

    def nearest(
        self, name: str, limit: int = 5, at_least: float = MIN_SIMILARITY
    ) -> list[tuple[str, float]]:
        """(key, score) of the records with the most similar names, best first, then by key."""
        forms = NameForms.of(name)
        if not forms.core:
            return []
        found: dict[str, float] = {}
        for form in self._candidates(forms, at_least):
            score = name_similarity(forms, form)
            if score >= at_least:
                for key in self._keys[form]:
                    found[key] = max(score, found.get(key, 0.0))
        return sorted(found.items(), key=lambda pair: (-pair[1], pair[0]))[:limit]

    def _candidates(self, forms: NameForms, at_least: float) -> set[NameForms]:
        """All forms whose score may be `at_least` or more."""
        found = {
            *self._by_core.get(forms.core, ()),
            *self._by_core.get(forms.bare, ()),
            *self._by_bare.get(forms.core, ()),
            *self._by_sound.get(forms.sound, ()),
        }
        if at_least > IN_PART:
            return found
        if forms.is_chinese:
            for text in _similar(forms.core, self._cores, at_least):
                found.update(self._by_core[text])
        sounds = self._foreign_sounds if forms.is_chinese else self._sounds
        for text in _similar(forms.sound, sounds, at_least):
            found.update(self._by_sound[text])
        return found


def search_fragments(name: str, *, in_part: bool = True) -> list[str]:
    """Fragments of which a similar name's search key contains at least one.

    The core as written and in pinyin, and its longest word that is not a trade. With
    `in_part`, also both halves of a Chinese name (a single different character
    leaves one of them unchanged) and a second word. Empty for very short names.
    """
    form = NameForms.of(name)
    found = [form.bare, names.transliterate(form.bare).replace(" ", "")]
    if in_part and form.is_chinese and len(form.core) >= SHORTEST_HALF * 2:
        middle = len(form.core) // 2
        halves = (form.core[:middle], form.core[middle:])
        # A half that is only a trade occurs in all names of that trade.
        found += [half for half in halves if _TRADE.sub("", half)]
    # The other script's form of a name has the same words, except those for trades.
    trades = _trade_words()
    spoken = names.transliterate(_TRADE.sub(" ", form.bare))
    words = [word for word in spoken.split() if word not in trades]
    found += sorted(words, key=len, reverse=True)[: 2 if in_part else 1]
    return [piece for piece in dict.fromkeys(found) if len(piece) >= _shortest(piece)]


def _shortest(piece: str) -> int:
    return SHORTEST_HALF if names.is_chinese(piece) else SHORTEST_WORD


def _similar(text: str, texts: list[str], at_least: float) -> list[str]:
    """Those of `texts` for which the partial score may be `at_least` or more."""
    wanted = at_least / IN_PART
    # A contained name that makes up this part of the other reaches the wanted score.
    part = max((wanted - CONTAINED) / (1 - CONTAINED), 0.0)
    cutoff = max(min(wanted, 2 * part / (1 + part)) - 1e-9, 0.0)
    return [
        other
        for other, _score, _place in process.extract(
            text, texts, scorer=fuzz.ratio, score_cutoff=100 * cutoff, limit=None
        )
    ]
