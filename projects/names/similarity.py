"""How alike two names are, so that a person can be asked whether they mean one. Knows no Django.

Nothing is ever merged for the likeness of its name: a score says what is worth a
look, and only a social credit code says what is the same.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache

from rapidfuzz import fuzz, process

from projects import names

from .credit_codes import read_uscc, uscc_problem

SAME = 1.0
# One of the two leaves out what the other has in brackets: 华泰（新疆）纺织, 华泰纺织.
WITHOUT_BRACKETS = 0.95
# Other characters of the same sound or the same trade, or a Chinese name and its English one.
HEARD_ALIKE = 0.9
# Names that are alike in part only stay below that.
IN_PART = 0.89
# What one name adds to the other costs little, as it is often a place: 新疆兴达纺织, 兴达纺织.
CONTAINED = 0.5
# From here on a likeness is worth a look. Below it stand names that share a place and a
# trade, as half of a register does.
NEAR = 0.7

# Shorter pieces are in too many names to tell anything of one.
SHORTEST_HALF = 2
SHORTEST_WORD = 4

_BRACKETED = re.compile(r"[(（\[［【〔][^()（）\[\]［］【】〔〕]*[)）\]］】〕]")

# What says what an enterprise is in law, and not which one; folded as names are, without full
# stops. A branch (分公司) is not the enterprise itself, and keeps its ending.
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
# Where it stands first, as in Russian and in the languages of Central Asia.
_BEGINNING = re.compile(r"\A(?:the|ооо|оао|зао|пао|ао|тоо|осоо) ")
# Those of abbreviations, not those inside of numbers.
_FULL_STOP = re.compile(r"\.(?!\d)")

# Words of trade, which English names translate where all else is written by its sound. The
# first of the English words stands for the others and for the Chinese.
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


def core(name: str) -> str:
    """The name folded, without what it is in law: 新疆兴达纺织有限公司 is 新疆兴达纺织.

    A name that is nothing else is kept.
    """
    text = names.normalise(_FULL_STOP.sub("", names.normalise(name)))
    while True:
        rest = _ENDING.sub("", _BEGINNING.sub("", text)).strip(" &+-")
        if not rest or rest == text:
            return text
        text = rest


def core_without_brackets(name: str) -> str:
    """The core of what stands outside of brackets: 喀什（新疆）纺织有限公司 is 喀什纺织.

    Of a name without brackets, or all in brackets, the core.
    """
    return core(_BRACKETED.sub(" ", name)) or core(name)


def sound(name: str) -> str:
    """The core as it is heard, without spaces, and words of trade in English.

    兴达纺织, `Xingda Fangzhi` and `Xingda Textile Co., Ltd.` are all xingdatextile.
    """
    return _sound(core(name))


def _sound(text: str) -> str:
    told = _TRADE.sub(lambda trade: f" {_TRADES[trade[0]].split()[0]} ", text)
    told = _PHRASE.sub(lambda words: "".join(filter(None, words.groups())), names.spoken(told))
    said = _trades_said()
    words = (said.get(word, word) for word in told.split() if word not in _LINKING)
    # As in a search key: where ü is not typed as v it loses its dots.
    return re.sub(r"[\W_]", "", "".join(words)).replace("v", "u")


@cache
def _trades_said() -> dict[str, str]:
    """What stands for each word of trade in Latin letters: English, or the pinyin of the Chinese.

    Not made before it is asked for, since pinyin has a dictionary to load.
    """
    said: dict[str, str] = {}
    for chinese, english in _TRADES.items():
        first, *others = english.split()
        said |= dict.fromkeys([names.pinyin(chinese), first, *others], first)
    return said


@dataclass(frozen=True)
class Form:
    """What is compared of a name."""

    core: str
    bare: str
    sound: str
    is_chinese: bool

    @classmethod
    def of(cls, name: str) -> Form:
        text = core(name)
        outside = core_without_brackets(name) if _BRACKETED.search(name) else text
        return cls(text, outside, _sound(text), names.is_chinese(text))


def alike(one: str, other: str, *, codes: tuple[str, str] = ("", "")) -> float:
    """How alike two names are, from 0 (not at all) to 1 (but for the legal form the same).

    `codes` are the social credit codes of the two enterprises, which settle it
    whatever the names: equal ones are one enterprise, different ones that are
    valid are two. Takes the names in either order.
    """
    first, second = map(read_uscc, codes)
    if first and second:
        if first == second:
            return SAME
        if _is_valid(first) and _is_valid(second):
            return 0.0
    return _score(Form.of(one), Form.of(other))


def _is_valid(code: str) -> bool:
    problem = uscc_problem(code)
    return problem is None or problem.is_warning


def _score(one: Form, other: Form) -> float:
    if not one.core or not other.core:
        return 0.0
    if one.core == other.core:
        return SAME
    if one.bare == other.core or one.core == other.bare:
        return WITHOUT_BRACKETS
    if one.sound and one.sound == other.sound:
        return HEARD_ALIKE
    # Unlike Chinese names have many letters of their pinyin in common, but few characters.
    in_chinese = one.is_chinese and other.is_chinese
    first, second = (one.core, other.core) if in_chinese else (one.sound, other.sound)
    return IN_PART * max(_contained(first, second), fuzz.ratio(first, second) / 100)


def _contained(one: str, other: str) -> float:
    shorter, longer = sorted((one, other), key=len)
    if not shorter or shorter not in longer:
        return 0.0
    return CONTAINED + (1 - CONTAINED) * len(shorter) / len(longer)


class Known:
    """Names made ready to be searched, by the key of what they are the names of.

    Making them ready takes seconds for 50,000 names, most of them for pinyin, so
    it is done once; a question then takes hundredths of a second.
    """

    def __init__(self, known: Mapping[str, Iterable[str]]) -> None:
        self._keys: dict[Form, list[str]] = defaultdict(list)
        self._by_core: dict[str, list[Form]] = defaultdict(list)
        self._by_bare: dict[str, list[Form]] = defaultdict(list)
        self._by_sound: dict[str, list[Form]] = defaultdict(list)
        # Lists, since what is compared with all of them goes through them again and again.
        self._cores: list[str] = []
        self._sounds: list[str] = []
        self._foreign_sounds: list[str] = []
        for key, called in known.items():
            self.add(key, called)

    def add(self, key: str, called: Iterable[str]) -> None:
        """Make the names of one more key ready."""
        for form in dict.fromkeys(Form.of(name) for name in called):
            if not form.core:
                continue
            if form not in self._keys:
                self._make_ready(form)
            self._keys[form].append(key)

    def _make_ready(self, form: Form) -> None:
        if form.is_chinese and form.core not in self._by_core:
            self._cores.append(form.core)
        if form.sound not in self._by_sound:
            self._sounds.append(form.sound)
        if not form.is_chinese and all(one.is_chinese for one in self._by_sound[form.sound]):
            self._foreign_sounds.append(form.sound)
        self._by_core[form.core].append(form)
        self._by_bare[form.bare].append(form)
        self._by_sound[form.sound].append(form)

    def nearest(self, name: str, limit: int = 5, at_least: float = NEAR) -> list[tuple[str, float]]:
        """The keys whose names are most like `name`, best first and then by key, with the score."""
        asked = Form.of(name)
        if not asked.core:
            return []
        found: dict[str, float] = {}
        for form in self._candidates(asked, at_least):
            score = _score(asked, form)
            if score >= at_least:
                for key in self._keys[form]:
                    found[key] = max(score, found.get(key, 0.0))
        return sorted(found.items(), key=lambda pair: (-pair[1], pair[0]))[:limit]

    def _candidates(self, asked: Form, at_least: float) -> set[Form]:
        """Every form whose score may reach `at_least`."""
        found = {
            *self._by_core.get(asked.core, ()),
            *self._by_core.get(asked.bare, ()),
            *self._by_bare.get(asked.core, ()),
            *self._by_sound.get(asked.sound, ()),
        }
        if at_least > IN_PART:
            return found
        if asked.is_chinese:
            for text in _similar(asked.core, self._cores, at_least):
                found.update(self._by_core[text])
        sounds = self._foreign_sounds if asked.is_chinese else self._sounds
        for text in _similar(asked.sound, sounds, at_least):
            found.update(self._by_sound[text])
        return found


def pieces(name: str, *, in_part: bool = True) -> list[str]:
    """What the search key of a record contains whose name is like `name`, in one form or another.

    Its core as it is written and as it sounds; where names that are alike `in
    part` are wanted, also both halves of a Chinese one, since one other character
    leaves one of them as it is, and the words that are no words of trade, as which
    a name in the other script has them. None of a name too short to tell anything.
    """
    form = Form.of(name)
    found = [form.bare, names.spoken(form.bare).replace(" ", "")]
    if in_part and form.is_chinese and len(form.core) >= SHORTEST_HALF * 2:
        middle = len(form.core) // 2
        halves = (form.core[:middle], form.core[middle:])
        # A half that is a trade and nothing else is that of all names of the trade.
        found += [half for half in halves if _TRADE.sub("", half)]
    told = _TRADE.sub(" ", form.bare)
    # Of a name in the other script the key has the words, but for those of trade.
    trades = _trades_said()
    words = [word for word in names.spoken(told).split() if word not in trades]
    found += sorted(words, key=len, reverse=True)[: 2 if in_part else 1]
    return [piece for piece in dict.fromkeys(found) if len(piece) >= _shortest(piece)]


def _shortest(piece: str) -> int:
    return SHORTEST_HALF if names.is_chinese(piece) else SHORTEST_WORD


def nearest(
    name: str,
    known: Known | Mapping[str, Iterable[str]],
    limit: int = 5,
    at_least: float = NEAR,
) -> list[tuple[str, float]]:
    """Which of `known` have the names most like `name`: (key, score), best first.

    For a single question; who asks more than one of the same names makes a
    `Known` of them first.
    """
    ready = known if isinstance(known, Known) else Known(known)
    return ready.nearest(name, limit, at_least)


def _similar(text: str, texts: list[str], at_least: float) -> list[str]:
    """Those of `texts` that `_score` may find alike enough, in part."""
    wanted = at_least / IN_PART
    # One that makes up this part of the other, if contained in it, is as much as is wanted.
    part = max((wanted - CONTAINED) / (1 - CONTAINED), 0.0)
    cutoff = max(min(wanted, 2 * part / (1 + part)) - 1e-9, 0.0)
    return [
        other
        for other, _score, _place in process.extract(
            text, texts, scorer=fuzz.ratio, score_cutoff=100 * cutoff, limit=None
        )
    ]
