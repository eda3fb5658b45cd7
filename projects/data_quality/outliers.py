"""Outlier detection for the amounts of many records at once."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Self

from projects.models import Headline, Project, Receipt, Sector, Source
from projects.money.unit_errors import (
    MIN_PEERS,
    Distribution,
    mismatch_above_whole,
    mismatch_below_parts,
    mismatch_with_peers,
    mismatch_with_whole,
)

from .outlier_messages import (
    OTHER_RECEIPTS,
    PEERS,
    PUBLISHED_TOTAL,
    SUM_OF_RECORDS,
    WHOLE_PROJECT,
    outlier_warning,
)
from .peers import AREA, SECTOR, SOURCE, Group, Peers, Published, Received


@dataclass(frozen=True)
class AmountContext:
    """A project in memory, saved or not, with its sectors and sources."""

    project: Project
    sectors: Sequence[Sector] = ()
    sources: Sequence[Source] = ()

    @property
    def groups(self) -> list[tuple[list[Group], str]]:
        """The groups of peers to compare with and their names, the most specific first."""
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
        """The groups whose published totals include this project."""
        project = self.project
        areas = [(AREA, project.area_id, project.currency)] if project.area_id else []
        return [*areas, *((SOURCE, source.pk, project.currency) for source in self.sources)]


class OutlierDetector:
    """Finds outliers among amounts; caches the amounts it compares them with.

    Many records cost no more than one: four queries, and one more for each hundred
    sectors and areas among them.
    """

    def __init__(self, projects: Any, headlines: Any, receipts: Any) -> None:
        self.peers = Peers(projects)
        self.published = Published(headlines)
        self.received = Received(receipts)

    @classmethod
    def of(cls, user: Any) -> Self:
        """Compare with records that `user` may see, so that drafts of others are not revealed."""
        return cls(*(model.objects.visible_to(user) for model in (Project, Headline, Receipt)))

    @classmethod
    def of_all(cls) -> Self:
        """Compare with all records."""
        return cls(*(model.objects.all() for model in (Project, Headline, Receipt)))

    # --- Projects --------------------------------------------------------------

    def projects(self, contexts: Sequence[AmountContext], *, among: str = "") -> list[list[str]]:
        """The warnings for each project's amount, as sentences.

        Compares with contracted projects of the same sectors, or else of the same area,
        and with contracted funds published for the area or by the sources; all in the
        same currency. If the register has too few peers and `among` names the list
        that these projects make up, compares with the others of the list.
        """
        disclosed = [one for one in contexts if one.project.amount]
        self.peers.read(
            group for one in disclosed for groups, _name in one.groups for group in groups
        )
        self.published.read(
            group for one in disclosed if one.project.is_contracted for group in one.wholes
        )
        listed = _by_currency([one.project for one in disclosed]) if among else {}
        return [
            [
                *self._far_from_peers(one, listed.get(one.project.currency), among),
                *self._above_headlines(one),
            ]
            if one.project.amount
            else []
            for one in contexts
        ]

    def project(
        self, project: Project, sectors: Sequence[Sector], sources: Sequence[Source]
    ) -> list[str]:
        """The warnings for one project. Two queries at most, and those for the names of groups."""
        return self.projects([AmountContext(project, sectors, sources)])[0]

    def _far_from_peers(
        self, context: AmountContext, listed: Distribution | None, among: str
    ) -> Iterator[str]:
        """Compare with the first groups that have enough peers, or else with those `listed`."""
        project = context.project
        compared = (
            (self.peers.of(groups, without=project.pk), name) for groups, name in context.groups
        )
        for peers, name in (*compared, (listed, among)):
            if project.amount is None or peers is None or len(peers) < MIN_PEERS:
                continue
            if mismatch := mismatch_with_peers(project.amount, peers):
                yield outlier_warning(PEERS, project.amount, project.currency, mismatch, peers=name)
            return

    def _above_headlines(self, context: AmountContext) -> Iterator[str]:
        """Warn once if the amount exceeds the largest published total that includes it."""
        project = context.project
        if not project.is_contracted or project.amount is None:
            return
        for kind in (AREA, SOURCE):
            groups = [group for group in context.wholes if group[0] == kind]
            value, code = self.published.largest(groups)
            if mismatch := mismatch_above_whole(project.amount, value):
                yield outlier_warning(
                    PUBLISHED_TOTAL, project.amount, project.currency, mismatch, code=code
                )
                return

    # --- Funds received --------------------------------------------------------

    def receipts(self, receipts: Sequence[Receipt]) -> list[list[str]]:
        """The warnings for each receipt; for money returned, by its absolute amount.

        Compares with the amount of the project, or else with the project's other
        receipts, in the register and among these; all in the same currency. The
        projects must have been read. One query.
        """
        self.received.read(receipt.project_id for receipt in receipts)
        received = self.received.including(receipts)
        return [
            list(self._of_receipt(receipt, received.get((receipt.project_id, receipt.currency))))
            for receipt in receipts
        ]

    @staticmethod
    def _of_receipt(receipt: Receipt, received: Distribution | None) -> Iterator[str]:
        """`received` includes the receipt's own amount; None if it has none."""
        if not receipt.amount or received is None:
            return
        size, project = abs(receipt.amount), receipt.project
        whole = project.amount if project.currency == receipt.currency else None
        if whole and (mismatch := mismatch_with_whole(size, whole)):
            sentences = WHOLE_PROJECT
        elif mismatch := mismatch_with_peers(size, received, among_parts=True):
            sentences = OTHER_RECEIPTS
        else:
            return
        yield outlier_warning(sentences, receipt.amount, receipt.currency, mismatch)

    # --- Published figures -----------------------------------------------------

    @staticmethod
    def headline(headline: Headline, itemised: Decimal | None) -> list[str]:
        """The warning for a published figure far below the sum of its records, if any.

        Only for money; `itemised` is in the headline's currency. A register that
        contains less than was published is normal.
        """
        if not headline.currency or not itemised:
            return []
        mismatch = mismatch_below_parts(headline.value, itemised)
        if mismatch is None:
            return []
        return [outlier_warning(SUM_OF_RECORDS, headline.value, headline.currency, mismatch)]


def _by_currency(projects: Sequence[Project]) -> dict[str, Distribution]:
    found: dict[str, list[Decimal]] = defaultdict(list)
    for project in projects:
        if project.amount and project.is_contracted:
            found[project.currency].append(project.amount)
    return {currency: Distribution(amounts) for currency, amounts in found.items()}
