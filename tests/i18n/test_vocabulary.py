"""Every term of a fixed list reads as it should in both languages.

The tables are the reference: a label that changes in the code or in the catalogue,
or gets another meaning's translation, fails here.
"""

import pytest
from django.utils import translation

from projects.history.diff import Kind as HistoryKind
from projects.models import (
    Basis,
    BatchState,
    EnterpriseKind,
    HeadlineBasis,
    HeadlineKind,
    Outcome,
    ProposalKind,
    ProposalState,
    Qualifier,
    ReportState,
    RowStatus,
    Stage,
)
from projects.models.base import State

VOCABULARIES = {
    Stage: """
        intended      intended            意向
        signed        signed              签约
        registered    registered          注册
        construction  under construction  开工
        operating     operating           投产
        terminated    terminated          终止
    """,
    Qualifier: """
        exact     exactly   正好
        at_least  at least  至少
        about     about     约
        at_most   at most   至多
    """,
    Basis: """
        contracted  contracted  签约
        intended    intended    意向
        received    received    到位
    """,
    HeadlineBasis: """
        intended            intended            意向
        contracted          contracted          签约
        arrived             arrived             到位
        registered_capital  registered capital  注册资本
    """,
    HeadlineKind: """
        enterprises_settled        enterprises settled        入驻企业数
        enterprises_with_projects  enterprises with projects  有项目的企业数
        contracted_funds           contracted funds           签约金额
        funds_arrived              funds arrived              到位资金
        foreign_trade              foreign trade              外贸进出口
    """,
    EnterpriseKind: """
        private           private                                    民营
        state_owned       state-owned                                国有
        foreign_invested  foreign-invested                           外商投资
        hmt_invested      invested from Hong Kong, Macao or Taiwan   港澳台投资
        collective        collective                                 集体
        other             other                                      其他
    """,
    Outcome: """
        counted      counted                      计入
        undisclosed  undisclosed                  未披露
        left_out     left out for lack of a rate  因缺少汇率未计入
    """,
    State: """
        draft      draft      草稿
        published  published  已公布
    """,
    BatchState: """
        mapping      waiting for a mapping         等待设置对应关系
        queued       waiting to be checked         等待检查
        checking     being checked                 正在检查
        previewed    checked, not written yet      已检查，尚未写入
        approved     waiting to be written         等待写入
        writing      being written                 正在写入
        written      written                       已写入
        undone       undone                        已撤销
        cancelled    cancelled                     已取消
        unreadable   cannot be read                无法读取
        interrupted  interrupted, nothing written  中断，未写入任何内容
    """,
    RowStatus: """
        new        new                             新增
        changed    changed                         修改
        proposed   proposed for review             提交审核
        unchanged  unchanged                       无变化
        refused    refused                         未接受
        left_out   left out by the mapping         按对应关系略去
        footer     a sum of other rows             其他行的合计
        made       created because a row names it  因行内引用而新建
    """,
    ReportState: """
        open       open       未处理
        settled    settled    已处理
        dismissed  dismissed  不予采纳
    """,
    ProposalKind: """
        change    change    修改
        deletion  deletion  删除
    """,
    ProposalState: """
        open       waits for review  等待审核
        accepted   accepted          已通过
        returned   returned          已退回
        withdrawn  withdrawn         已撤回
    """,
    HistoryKind: """
        entered    entered       录入
        published  published     公布
        changed    changed       修改
        deleted    deleted       删除
        restored   restored   恢复
    """,
}


def terms(table):
    """Rows of value, English and Chinese; columns are two or more spaces apart."""
    rows = [line.split("  ") for line in table.strip().splitlines()]
    return [tuple(cell.strip() for cell in row if cell.strip()) for row in rows]


@pytest.mark.parametrize(
    ("language", "column"), [("en", 1), ("zh-hans", 2)], ids=["English", "Chinese"]
)
@pytest.mark.parametrize("vocabulary", VOCABULARIES, ids=lambda v: f"{v.__module__}.{v.__name__}")
def test_each_term_reads_as_in_the_table(vocabulary, language, column):
    with translation.override(language):
        read = [(value, str(label)) for value, label in vocabulary.choices]

    assert read == [(row[0], row[column]) for row in terms(VOCABULARIES[vocabulary])]


@pytest.mark.parametrize(
    ("message", "context", "chinese"),
    [
        ("about", "qualifier", "约"),
        ("about", "sheet", "说明"),
        ("at", "exchange rate", "汇率"),
        ("at", "audit log", "时间"),
        ("Proposed", "time", "提出时间"),
        ("Proposed", "value", "提议的内容"),
        ("Code", "second factor", "验证码"),
        ("written", "time", "写入时间"),
        ("written", "state of an import", "已写入"),
    ],
)
def test_one_english_word_with_two_meanings_has_two_translations(message, context, chinese):
    with translation.override("zh-hans"):
        shown = translation.pgettext(context, message)

    assert shown == chinese
