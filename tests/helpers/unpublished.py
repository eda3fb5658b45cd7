"""A published register, and hidden records of every kind.

Hidden records are in the area `here`, except sources, which have no area. Their names and
codes have words of their own, which nothing published has.
"""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from types import SimpleNamespace
from typing import Any

from projects import review
from projects.imports import batches
from projects.imports.mapping import mapping_of
from projects.models import (
    REVIEWED,
    Area,
    Enterprise,
    IdempotentResponse,
    ImportBatch,
    Project,
    Proposal,
    ReturnedDraft,
    Sector,
    Source,
    State,
)
from projects.review import merge
from tests.factories import (
    make_area,
    make_enterprise,
    make_headline,
    make_project,
    make_rate,
    make_receipt,
    make_sector,
    make_source,
    make_user,
    make_zone,
)

# In hidden records only: in both scripts, in pinyin, as initials.
WORDS = ("hidden", "隐藏", "yincang", "yc")
MISSING = "no-such-code"


def publish_register() -> SimpleNamespace:
    """Create published records of every model; returns a key of each, as in addresses."""
    press = make_source(code="press", title="Kashi Daily", publisher="Kashi")
    gazette = make_source(code="gazette", title="Gazette", published_on=date(2024, 1, 5))
    zone = make_zone(code="xinjiang", sources=[press])
    here = make_area(code="here", name="Kashi", name_zh="喀什片区", zone=zone, sources=[press])
    there = make_area(code="there", name="Urumqi", name_zh="乌鲁木齐片区", zone=zone)
    trade, logistics = make_sector(code="trade"), make_sector(code="logistics")
    rate = make_rate("USD", "CNY", "7.1234", date(2023, 11, 1), source=press)
    former = make_enterprise(code="former", name="Xingda Textile")
    xingda = make_enterprise(
        code="xingda", name="Xingda", name_zh="兴达纺织", area=here, origin="KZ", sources=[press]
    )
    huatai = make_enterprise(code="huatai", name_zh="华泰物流", area=there, origin="CN-ZJ")
    merge.merge(former, xingda)
    xingda.refresh_from_db()
    port = make_project(
        code="port",
        name="Logistics port",
        name_zh="智慧物流港",
        area=here,
        enterprise=xingda,
        partners=[huatai],
        sectors=[(trade, Decimal("33.33")), (logistics, Decimal("66.67"))],
        sources=[press],
        amount=Decimal("100.01"),
        currency="USD",
        qualifier="at_least",
    )
    base = make_project(
        code="base", name="Cold chain base", area=there, enterprise=huatai, sectors=[trade]
    )
    make_project(code="silent", area=here, amount=None, sectors=[logistics], sources=[gazette])
    make_project(
        code="wish",
        stage="intended",
        signed_on=None,
        intended_on=date(2023, 10, 1),
        enterprise=huatai,
        amount=Decimal("7.00"),
    )
    make_project(code="over", stage="terminated", area=here, amount=Decimal("3.00"))
    receipt = make_receipt(port, Decimal("10.00"), source=press)
    make_receipt(base, Decimal("-4.00"), received_on=date(2024, 2, 1))
    headline = make_headline(code="funds", area=here, source=press, quote="Above a billion")
    make_headline(code="settled", what="enterprises_settled", area=here, source=gazette)
    return SimpleNamespace(
        zone=zone.code,
        area=here.code,
        sector=trade.code,
        source=press.code,
        enterprise=xingda.code,
        project=port.code,
        headline=headline.code,
        receipt=receipt.pk,
        rate=rate.pk,
    )


def hide(*, with_source: bool = True) -> SimpleNamespace:
    """Create drafts of every model, proposals, imports, deletions; returns a key of each."""
    clerk, reviewer = make_user("clerk"), make_user("reviewer")
    here = Area.objects.get(code="here")
    trade, logistics = Sector.objects.get(code="trade"), Sector.objects.get(code="logistics")
    press = Source.objects.get(code="press")
    xingda = Enterprise.objects.get(code="xingda")
    source = press
    if with_source:
        source = _draft(
            clerk, Source(code="hidden-source", title="Hidden 隐藏", published_on="2023-11-12")
        )
    enterprise = _draft(
        clerk,
        Enterprise(
            code="hidden-enterprise",
            name="Hidden",
            name_zh="隐藏企业",
            area=here,
            origin="UZ",
            kind="private",
            settled_on=date(2023, 11, 1),
        ),
        sources=list({press, source}),
    )
    project = _hidden_project(
        clerk, here, "", enterprise=xingda, sources=[press], sectors=[(trade, None)]
    )
    for number, given in enumerate(
        [
            {"enterprise": enterprise, "amount": Decimal("987654.32"), "sources": [source]},
            {"partners": [xingda], "amount": None},
            {"currency": "EUR", "amount": Decimal("5.00"), "sectors": [(logistics, None)]},
            {"currency": "USD", "amount": Decimal("6.00"), "qualifier": "at_most"},
            {"stage": "intended", "intended_on": date(2022, 5, 5), "signed_on": None},
            {"stage": "terminated", "signed_on": date(2021, 1, 1)},
        ]
    ):
        _hidden_project(clerk, here, f"-{number}", **given)
    receipts = _hidden_receipts(clerk, project, source)
    headline = make_headline(
        code="hidden-headline",
        area=here,
        source=press,
        value=Decimal("5.00"),
        as_of=date(2024, 1, 1),
        state="draft",
    )
    make_headline(
        code="hidden-count", what="enterprises_settled", area=here, source=press, state="draft"
    )
    proposals = _proposals(clerk, here)
    review.return_draft(reviewer, project, "Hidden reason")
    review.submit(clerk, _again(project, note="Hidden note"))
    gone = review.remove(clerk, _hidden_project(clerk, here, "-gone")).record
    _merge_drafts(clerk, reviewer, here)
    batch = _file(clerk)
    return SimpleNamespace(
        source="hidden-source",
        enterprise=enterprise.code,
        project=project.code,
        headline=headline.code,
        receipt=receipts[0].pk,
        proposal=proposals[0].pk,
        batch=batch.pk,
        user=clerk.pk,
        drafts={"projects": project.pk, "enterprises": enterprise.pk, "sources": source.pk},
        gone=Project.history.filter(code=gone.code).latest().history_id,
        record_keys={
            model._meta.model_name: model.objects.order_by("state", "-pk").first().pk
            for model in REVIEWED.values()
        },
    )


def _draft(clerk: Any, record: Any, **links: Any) -> Any:
    return review.submit(clerk, record, **links).record


def _again(record: Any, **changes: Any) -> Any:
    again = type(record).objects.get(pk=record.pk)
    for name, value in changes.items():
        setattr(again, name, value)
    return again


def _hidden_project(clerk: Any, area: Area, end: str, **given: Any) -> Project:
    links = {name: given.pop(name) for name in ("sources", "partners", "sectors") if name in given}
    columns = {"amount": Decimal("123456.78"), "signed_on": date(2023, 11, 12)} | given
    record = Project(
        code=f"hidden{end}", name=f"Hidden {end}", name_zh="隐藏项目", area=area, **columns
    )
    return _draft(clerk, record, **links)


def _hidden_receipts(clerk: Any, project: Project, source: Source) -> list[Any]:
    """Receipts of a draft and of published projects, all hidden."""
    return [
        make_receipt(
            of,
            Decimal("55.55"),
            currency=currency,
            received_on=date(2022, 6, 6),
            source=source,
            note="Hidden",
            state="draft",
        )
        for of in (project, *Project.objects.filter(code__in=["port", "silent"]))
        for currency in ("CNY", "USD", "EUR")
    ]


def _proposals(clerk: Any, here: Area) -> list[Proposal]:
    """An open change, an open deletion, and a returned change."""
    port, over = (Project.objects.get(code=code) for code in ("port", "over"))
    port.name, port.amount, port.note = "Hidden name", Decimal("9.99"), "Hidden"
    change = review.submit(clerk, port, sources=[]).proposal
    deletion = review.remove(clerk, over).proposal
    returned = review.submit(clerk, _again(Project.objects.get(code="silent"), note="Hidden"))
    review.return_proposal(make_user("reviewer"), returned.proposal, "Hidden reason")
    return [change, deletion, returned.proposal]


def _merge_drafts(clerk: Any, reviewer: Any, here: Area) -> None:
    old, into = (
        _draft(clerk, Enterprise(code=f"hidden-{end}", name=f"Hidden {end}", area=here))
        for end in ("old", "new")
    )
    merge.merge(old, into, reviewer)


def _file(clerk: Any) -> ImportBatch:
    text = "code,name,area\nhidden-file,Hidden,here\nport,Hidden,here\n"
    batch = batches.receive(text.encode(), "hidden.csv", "projects", user=clerk)
    batches.map_columns(batch, mapping_of(batch.mapping))
    batches.work_on(batch)
    batches.approve(batch)
    batches.work_on(batch)
    assert batch.state == "written", batch.message
    return batch


def purge() -> None:
    """Delete everything hidden; only its keys are used up."""
    Proposal.objects.all().delete()
    ReturnedDraft.objects.all().delete()
    IdempotentResponse.objects.all().delete()
    ImportBatch.objects.all().delete()
    for model in reversed(REVIEWED.values()):
        drafts = model._base_manager.filter(state=State.DRAFT)
        if model.register.plural in ("projects", "enterprises"):
            for field in model._meta.many_to_many:
                owner = field.m2m_field_name()
                field.remote_field.through._base_manager.filter(**{f"{owner}__in": drafts}).delete()
        drafts.delete()
        model.history.filter(state=State.DRAFT).delete()
