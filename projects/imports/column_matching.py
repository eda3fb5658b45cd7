"""Suggest a mapping for a file by its headings, in English and Chinese: fields, units, values.

Only a suggestion, which a person checks and corrects. Headings that are not
recognised stay unmapped.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cache
from typing import Any

from projects import money, names, serializers
from projects.models import EnterpriseKind, Qualifier, Stage
from projects.serializers.cells import headings as fields_of
from projects.spreadsheets.reading import Table

from .mapping import Column
from .mapping import Mapping as FileMapping

# How many rows a suggestion looks at.
SAMPLE = 50

_NAMES = ["name", "名称", "title"]
_NOTES = ["note", "notes", "remark", "remarks", "comment", "备注", "说明", "注"]
_CODES = ["code", "编号", "编码", "代码"]
_SOURCES = ["source", "sources", "来源", "资料来源", "数据来源", "信息来源"]
_AREAS = ["area", "片区", "所在片区", "落户片区", "所属片区", "园区", "所属园区", "落地片区"]
_CURRENCIES = ["currency", "币种", "货币"]

# The words of each field; a prefix of _PREFIXES is removed first, so that 项目编号 is 编号. If
# several fields have a word, it is that of the first one.
WORDS: dict[str, dict[str, list[str]]] = {
    "projects": {
        "code": [*_CODES, "id", "project id", "合同编号"],
        "name": [*_NAMES, "project", "项目", "签约项目", "签约项目名称"],
        "aliases": ["aliases", "other names", "别名", "简称", "曾用名"],
        "area": [*_AREAS, "落户地", "建设地点", "项目地点", "落地园区"],
        "enterprise": [
            *["enterprise", "company", "investor", "lead enterprise", "投资方", "投资主体"],
            *["企业", "企业名称", "投资企业", "签约企业", "投资单位", "建设单位", "实施主体"],
            *["项目业主", "业主单位", "乙方", "公司名称", "签约单位", "投资商"],
        ],
        "partners": ["partners", "合作方", "合作单位", "合作企业"],
        "sectors": [
            *["sector", "sectors", "industry", "产业", "产业类别", "行业", "行业类别"],
            *["所属行业", "所属产业", "产业类型", "行业分类", "类别"],
        ],
        "stage": ["stage", "status", "阶段", "状态", "进展", "进度", "项目进展", "目前进展"],
        "intended_on": ["intended on", "意向时间", "意向日期"],
        "signed_on": [
            *["signed on", "signed", "signing date", "date signed", "contract date"],
            *["签约时间", "签约日期", "签订时间", "签订日期", "合同签订日期", "签约日"],
        ],
        "registered_on": ["registered on", "注册时间", "注册日期", "注册登记日期"],
        "started_on": ["started on", "construction start", "开工时间", "开工日期", "动工时间"],
        "operating_on": ["operating on", "operating since", "投产时间", "投产日期", "竣工投产"],
        "terminated_on": ["terminated on", "终止时间", "终止日期"],
        "amount": [
            *["amount", "investment", "total investment", "contracted amount", "value"],
            *["总投资", "总投资额", "投资额", "投资总额", "计划总投资", "计划投资", "协议投资"],
            *["签约金额", "合同金额", "投资金额", "协议投资额", "签约额", "金额", "拟投资额"],
            *["投资规模", "协议资金", "合同投资额", "项目总投资"],
        ],
        "currency": _CURRENCIES,
        "qualifier": ["qualifier", "限定"],
        "amount_text": ["amount as published", "金额原文"],
        "description": [
            *["description", "content", "建设内容", "项目内容", "主要建设内容", "项目简介"],
            *["内容", "简介", "建设规模", "建设内容及规模"],
        ],
        "note": _NOTES,
        "sources": _SOURCES,
    },
    "enterprises": {
        "code": [*_CODES, "id"],
        "name": [*_NAMES, "enterprise", "company", "企业", "公司", "单位", "公司名称", "单位名称"],
        "aliases": ["aliases", "other names", "别名", "简称", "曾用名"],
        "uscc": [
            *["uscc", "unified social credit code", "social credit code", "credit code"],
            *["统一社会信用代码", "社会信用代码", "信用代码", "统一信用代码"],
        ],
        "origin": [
            *["origin", "home", "province", "country", "来源地", "注册地", "总部所在地"],
            *["所在省份", "省份", "国别", "国家", "投资来源地", "来源"],
        ],
        "kind": ["kind", "type", "企业性质", "性质", "类型", "企业类型", "经济类型"],
        "area": [*_AREAS, "入驻片区"],
        "settled_on": ["settled on", "settled", "落户时间", "入驻时间", "落户日期", "入驻日期"],
        "note": _NOTES,
        "sources": [*_SOURCES[:2], *_SOURCES[3:]],
    },
    "receipts": {
        "id": ["id"],
        "project": ["project", "项目", "项目名称", "项目编号", "service area", "body name"],
        "received_on": [
            *["received on", "date", "payment date", "date received", "到位时间", "到位日期"],
            *["到账时间", "到账日期", "拨付日期", "时间", "日期"],
        ],
        "amount": [
            *["amount", "funds received", "到位资金", "到账金额", "到位金额", "金额"],
            *["实际到位资金", "到资额", "到位资金额"],
        ],
        "currency": _CURRENCIES,
        "amount_text": ["amount as published", "金额原文"],
        "source": _SOURCES,
        "note": _NOTES,
    },
}

# Columns that are ignored: row numbers, and the reasons in a file of refused rows.
IGNORED = frozenset(
    map(names.normalise, ["序号", "行号", "no", "no.", "number", "#", "s/n", "序", "reason"])
)

# Prefixes that name the kind of record.
_PREFIXES = {"projects": ("项目", "project"), "enterprises": ("企业", "enterprise"), "receipts": ()}

STAGES = {
    **dict.fromkeys(["意向", "洽谈", "在谈", "拟签约", "储备", "intention"], Stage.INTENDED),
    **dict.fromkeys(["签约", "已签约", "签订", "已签", "contracted"], Stage.SIGNED),
    **dict.fromkeys(["注册", "已注册", "落户", "已落户", "注册登记"], Stage.REGISTERED),
    **dict.fromkeys(
        ["开工", "已开工", "在建", "建设中", "开工建设", "started", "construction"],
        Stage.CONSTRUCTION,
    ),
    **dict.fromkeys(["投产", "已投产", "运营", "竣工", "建成", "达产"], Stage.OPERATING),
    **dict.fromkeys(["终止", "解约", "已终止", "撤销", "cancelled"], Stage.TERMINATED),
}
KINDS = {
    **dict.fromkeys(["民营", "民企", "私营", "民营企业", "私营企业"], EnterpriseKind.PRIVATE),
    **dict.fromkeys(["国有", "国企", "央企", "国有企业", "国有控股"], EnterpriseKind.STATE_OWNED),
    **dict.fromkeys(["外资", "外商投资", "外资企业", "中外合资"], EnterpriseKind.FOREIGN_INVESTED),
    **dict.fromkeys(["港澳台", "港澳台投资", "港澳台商投资"], EnterpriseKind.HMT_INVESTED),
    **dict.fromkeys(["集体", "集体企业"], EnterpriseKind.COLLECTIVE),
    **dict.fromkeys(["其他", "其它"], EnterpriseKind.OTHER),
}
QUALIFIERS = {
    **dict.fromkeys(["超", "至少", "不低于", "以上"], Qualifier.AT_LEAST),
    **dict.fromkeys(["约", "大约", "左右"], Qualifier.ABOUT),
    **dict.fromkeys(["至多", "不超过", "以内"], Qualifier.AT_MOST),
    **dict.fromkeys(["整", "准确"], Qualifier.EXACT),
}
VALUES: dict[str, tuple[Mapping[str, Any], Any]] = {
    "stage": (STAGES, Stage),
    "kind": (KINDS, EnterpriseKind),
    "qualifier": (QUALIFIERS, Qualifier),
}

# Fields whose cells hold names; unknown enterprises are created.
_FOUND: dict[str, dict[str, Any]] = {
    "area": {"find": True},
    "sectors": {"find": True, "split": ";"},
    "enterprise": {"find": True, "make": {}},
    "partners": {"find": True, "make": {}, "split": ";"},
    "project": {"find": True},
}

_IN_BRACKETS = re.compile(r"[（(\[【]([^）)\]】]*)[）)\]】]")
_WITH_SHARES = re.compile(r"\s\d{1,3}(?:\.\d+)?\s*%?\s*(?:[;；]|$)")
_UNIT_LABEL = re.compile(r"(?:金额)?单位\s*[:：]?\s*")


@dataclass(frozen=True)
class Suggestion:
    """A suggested mapping, and the headings that were not recognised."""

    mapping: FileMapping
    unmapped: list[str] = field(default_factory=list)


def suggest(model_name: str, table: Table) -> Suggestion:
    """Suggest a mapping for a table by its headings and first rows. No query."""
    columns: dict[str, Column] = {}
    ignored: set[str] = set()
    unmapped: list[str] = []
    constants: dict[str, Any] = {}
    taken: set[str] = set()
    for heading in table.headings:
        samples = [str(row.cells.get(heading) or "") for row in table.rows[:SAMPLE]]
        name = field_of(model_name, heading, samples)
        if name is None:
            if names.normalise(_bare(heading)) in IGNORED:
                ignored.add(heading)
            else:
                unmapped.append(heading)
            continue
        if name in taken and name not in ("sectors", "partners"):
            unmapped.append(heading)
            continue
        taken.add(name)
        if table.is_json and heading == name:
            # As the API answers it: codes, lists and objects.
            columns[heading] = Column(heading, name)
            continue
        columns[heading] = column_for(model_name, heading, name, samples)
        if name == "amount" and (unit := unit_of(heading)):
            columns[heading] = replace(columns[heading], unit=unit.factor)
            if unit.currency and "currency" not in taken:
                constants["currency"] = unit.currency
    return Suggestion(FileMapping(columns, frozenset(ignored), constants), unmapped)


@cache
def _fields_by_word(model_name: str) -> Mapping[str, str]:
    """The field of each normalised word of WORDS; the first field of a word that several have.

    The words are the same in every language of the page, so that they are normalised once.
    """
    found: dict[str, str] = {}
    for name, words in WORDS[model_name].items():
        for word in words:
            found.setdefault(names.normalise(word), name)
    return found


def field_of(model_name: str, heading: str, samples: Sequence[str] = ()) -> str | None:
    """The field that a heading names; None if it is not recognised.

    A name is the Chinese one if most of the samples are Chinese.
    """
    if not heading.strip():
        return None
    if heading in fields_of(serializers.BY_MODEL_NAME[model_name]):
        return heading
    if model_name not in WORDS:
        return None
    bare = names.normalise(_bare(heading)).replace("_", " ")
    prefixes = filter(bare.startswith, _PREFIXES[model_name])
    shorter = [bare.removeprefix(prefix).strip() for prefix in prefixes]
    # Of a heading under a merged one, the last part is the column's own.
    last = names.normalise(_bare(heading.split()[-1])).replace("_", " ")
    forms = [bare, *filter(None, shorter), last]
    words = _fields_by_word(model_name)
    name = next((words[form] for form in forms if form in words), None)
    return _name_field(samples) if name == "name" else name


def _name_field(samples: Sequence[str]) -> str:
    filled = [sample for sample in samples if sample]
    chinese = sum(map(names.is_chinese, filled))
    return "name_zh" if chinese * 2 > len(filled) else "name"


def _bare(heading: str) -> str:
    """A heading without parts in brackets."""
    return _IN_BRACKETS.sub("", heading).strip(" :：*") or heading


def column_for(model_name: str, heading: str, name: str, samples: Sequence[str]) -> Column:
    """The options of a column of a field, by its heading and some of its values."""
    options: dict[str, Any] = dict(_FOUND.get(name, {}))
    if name == "sectors" and any(map(_WITH_SHARES.search, samples)):
        # `trade 60; logistics 40`, as an export writes it.
        options = {}
    if name in VALUES:
        values = values_of(name)
        if any(sample and sample not in values for sample in samples):
            options["others"] = "keep"
        options["values"] = values
    if model_name == "projects" and name in ("enterprise", "partners"):
        options["make"] = {}
    return Column(heading, name, **options)


def values_of(name: str) -> dict[str, str]:
    """What files have for the values of a vocabulary: synonyms, labels, and the values."""
    words, choices = VALUES[name]
    found = {word: str(value) for word, value in words.items()}
    for value, label in choices.choices:
        found |= {str(value): str(value), str(label): str(value)}
    return found


@dataclass(frozen=True)
class Unit:
    """The unit in a heading: the factor of plain numbers, and the currency (None: not stated)."""

    factor: int
    currency: str | None


def unit_of(heading: str) -> Unit | None:
    """The unit of an amount's heading: 总投资（万元）, `Amount (million CNY)`, 投资额/亿美元."""
    parts = [*_IN_BRACKETS.findall(heading), *re.split(r"[/／,，:：]", heading)[1:]]
    for text in parts:
        text = _UNIT_LABEL.sub("", text).strip()
        if unit := _read_unit(text):
            return unit
    return None


def _read_unit(text: str) -> Unit | None:
    words = text.split()
    for form in (text, " ".join(reversed(words))):
        try:
            read = money.read_amount(f"1{'' if re.match(r'[^a-zA-Z]', form) else ' '}{form}")
        except money.MoneyError:
            continue
        if read.value is not None and read.value == int(read.value):
            return Unit(int(read.value), read.currency)
    return None


def recognised(model_name: str, cells: Iterable[str]) -> int:
    """How many of these cells are recognised as headings; the row of headings has the most."""
    return sum(
        1
        for cell in cells
        if cell and (field_of(model_name, cell) or names.normalise(_bare(cell)) in IGNORED)
    )
