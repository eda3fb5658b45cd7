"""The doubts about amounts, of many records at once: what each is held against, in its order."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Self

from projects.models import Headline, Project, Receipt, Sector, Source
from projects.money.unit_errors import (
    MIN_PEERS,
    mismatch_above_whole,
    mismatch_below_parts,
    mismatch_with_peers,
    mismatch_with_whole,
)

from . import outlier_messages
from .peers import AREA, SECTOR, SOURCE, Group, Peers, Published, Received


@dataclass(frozen=True)
class AmountContext:
    """A project as it stands in memory, saved or not, with its sectors and sources."""

    project: Project
    sectors: Sequence[Sector] = ()
    sources: Sequence[Source] = ()

    @property
    def groups(self) -> list[tuple[list[Group], str]]:
        """What it is held against, the nearest first, and what that is called."""
        project = self.project
        found = []
        if self.sectors:
            groups = [(SECTOR, sector.pk, project.currency) for sector in self.sectors]
            found.append((groups, ", ".join(map(str, self.sectors))))
        if project.area_id:
            found.append(([(AREA, project.area_id, project.currency)], str(project.area)))
        return found

    @property
    def wholes(self) -> list[Group]:
        """Whose published figures it is a part of."""
        project = self.project
        areas = [(AREA, project.area_id, project.currency)] if project.area_id else []
        return [*areas, *((SOURCE, source.pk, project.currency) for source in self.sources)]


class OutlierDetector:
    """Doubts about amounts, held against records of which it keeps what it has read.

    Asked of many records it costs no more than of one: four queries, whatever
    their number, but one more for each hundred sectors and areas among them.
    """

    def __init__(self, projects: Any, headlines: Any, receipts: Any) -> None:
        self.peers = Peers(projects)
        self.published = Published(headlines)
        self.received = Received(receipts)

    @classmethod
    def of(cls, user: Any) -> Self:
        """By what `user` may see, so that nobody learns what is usual of other drafts."""
        return cls(*(model.objects.visible_to(user) for model in (Project, Headline, Receipt)))

    @classmethod
    def of_all(cls) -> Self:
        """By all that the register holds."""
        return cls(*(model.objects.all() for model in (Project, Headline, Receipt)))

    # --- Projects --------------------------------------------------------------

    def projects(self, stated: Sequence[AmountContext], *, among: str = "") -> list[list[str]]:
        """What is to be doubted of each project's amount, in whole sentences.

        It is held against contracted projects of its sectors, or else of its area, and
        against contracted funds that were published of its area or by its sources; all in
        its own currency. Where the register has no such peers, and `among` names the
        list of which these are all, against the others of it.
        """
        told = [one for one in stated if one.project.amount]
        self.peers.read(group for one in told for groups, _called in one.groups for group in groups)
        self.published.read(
            group for one in told if one.project.is_contracted for group in one.wholes
        )
        beside = _by_currency([one.project for one in told]) if among else {}
        return [
            [
                *self._off_its_peers(one, beside.get(one.project.currency, ()), among),
                *self._above_headlines(one),
            ]
            if one.project.amount
            else []
            for one in stated
        ]

    def project(
        self, project: Project, sectors: Sequence[Sector], sources: Sequence[Source]
    ) -> list[str]:
        """The same of one project. Two queries at most, and those of the names of its peers."""
        return self.projects([AmountContext(project, sectors, sources)])[0]

    def _off_its_peers(
        self, one: AmountContext, beside: Sequence[Decimal], among: str
    ) -> Iterator[str]:
        amount, currency = one.project.amount, one.project.currency
        assert amount is not None  # noqa: S101 - asked of those alone that have one.
        named = [
            (self.peers.of(groups, besides=one.project.pk), called) for groups, called in one.groups
        ]
        for peers, called in [*named, (beside, among)]:
            if len(peers) < MIN_PEERS:
                continue
            if slip := mismatch_with_peers(amount, peers):
                yield outlier_messages.usual(amount, currency, slip, called)
            return

    def _above_headlines(self, one: AmountContext) -> Iterator[str]:
        """More than the largest figure that was published of the whole; the doubt is said once."""
        project = one.project
        if not project.is_contracted or project.amount is None:
            return
        areas = [group for group in one.wholes if group[0] == AREA]
        sources = [group for group in one.wholes if group[0] == SOURCE]
        for groups in (areas, sources):
            value, code = self.published.largest(groups)
            if slip := mismatch_above_whole(project.amount, value):
                yield outlier_messages.published(project.amount, project.currency, slip, code)
                return

    # --- Funds received --------------------------------------------------------

    def receipts(self, receipts: Sequence[Receipt]) -> list[list[str]]:
        """What is to be doubted of each of these funds received; money returned by its size.

        Held against the amount of its project, and where that says nothing against what
        the project received besides: in the register, and among these. All in its own
        currency; the projects are read already. One query.
        """
        self.received.read(receipt.project_id for receipt in receipts)
        beside = self.received.with_these(receipts)
        return [
            list(self._of_receipt(receipt, beside[receipt.project_id, receipt.currency]))
            for receipt in receipts
        ]

    @staticmethod
    def _of_receipt(receipt: Receipt, all_received: Sequence[Decimal]) -> Iterator[str]:
        """`all_received` has its own amount among the others."""
        if not receipt.amount:
            return
        size, project = abs(receipt.amount), receipt.project
        whole = project.amount if project.currency == receipt.currency else None
        if whole and (slip := mismatch_with_whole(size, whole)):
            yield outlier_messages.part(receipt.amount, receipt.currency, slip)
            return
        others = list(all_received)
        others.remove(size)
        if slip := mismatch_with_peers(size, others, among_parts=True):
            yield outlier_messages.beside(receipt.amount, receipt.currency, slip)

    # --- Published figures -----------------------------------------------------

    @staticmethod
    def headline(headline: Headline, itemised: Decimal | None) -> list[str]:
        """What is to be doubted of a published figure beside what the register itemises of it.

        Only of money: `itemised` is in the headline's currency. That a register holds less
        than was published is as it should be.
        """
        if not headline.currency or not itemised:
            return []
        slip = mismatch_below_parts(headline.value, itemised)
        return [outlier_messages.whole(headline.value, headline.currency, slip)] if slip else []


def _by_currency(projects: Sequence[Project]) -> dict[str, list[Decimal]]:
    found: dict[str, list[Decimal]] = {}
    for project in projects:
        if project.amount and project.is_contracted:
            found.setdefault(project.currency, []).append(project.amount)
    return found
