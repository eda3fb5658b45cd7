"""What is usual of an amount, and the doubt about one that is far off: never a refusal."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext, gettext_noop

from projects import money
from projects.languages import in_list
from projects.models import Headline, Project, Sector, Source, What
from projects.money.slips import FEWEST_PEERS, Slip, above_its_whole, off_its_peers

# The newest of them: enough to say what is usual, at a cost that does not grow.
MOST_PEERS = 200

EXPLAINED = {
    10: gettext_noop("亿 (a hundred million) and billion are easily taken for each other."),
    100: gettext_noop("Perhaps a decimal point was lost, or is one too many."),
    10_000: gettext_noop("Perhaps 万元 was meant for 元, or 元 for 万元."),
    100_000_000: gettext_noop("Perhaps 亿元 was meant for 元, or 元 for 亿元."),
}


def doubts(
    user: Any, project: Any, sectors: Sequence[Sector], sources: Iterable[Source]
) -> list[str]:
    """What is to be doubted of a project's amount as it stands in memory, in whole sentences.

    It is held against contracted projects of its sectors, or else of its area,
    that `user` may see, and against contracted funds that were published of its
    area or by its sources; all in its own currency. At most four queries.
    """
    if not project.amount:
        return []
    return [*_off_its_peers(user, project, sectors), *_above_headlines(user, project, sources)]


def _off_its_peers(user: Any, project: Any, sectors: Sequence[Sector]) -> Iterable[str]:
    alike = (
        Project.objects.visible_to(user)
        .contracted()
        .filter(currency=project.currency, amount__gt=Decimal(0))
        .exclude(pk=project.pk)
        .order_by("-pk")
    )
    groups = []
    if sectors:
        groups.append((alike.in_sectors(sectors), in_list(sectors)))
    if project.area_id:
        groups.append((alike.filter(area=project.area_id), str(project.area)))
    for group, called in groups:
        peers: list[Any] = list(group.values_list("amount", flat=True)[:MOST_PEERS])
        if len(peers) < FEWEST_PEERS:
            continue
        if slip := off_its_peers(project.amount, peers):
            sentence = (
                gettext(
                    "%(amount)s is %(times)s times below what is usual of %(peers)s (%(usual)s). "
                    "Was %(meant)s meant?"
                )
                if slip.is_below
                else gettext(
                    "%(amount)s is %(times)s times what is usual of %(peers)s (%(usual)s). "
                    "Was %(meant)s meant?"
                )
            )
            yield _said(sentence, project, slip, peers=called)
        return


def _above_headlines(user: Any, project: Any, sources: Iterable[Source]) -> Iterable[str]:
    """More than the largest figure that was published of the whole; the doubt is said once."""
    if not project.is_contracted:
        return
    published = Headline.objects.visible_to(user).filter(
        what=What.CONTRACTED_FUNDS, currency=project.currency
    )
    for of in ({"area": project.area_id}, {"source__in": list(sources)}):
        if not all(of.values()):
            continue
        largest = published.filter(**of).order_by("-value").first()
        slip = largest and above_its_whole(project.amount, largest.value)
        if slip:
            sentence = gettext(
                "%(amount)s is more than all that was published as contracted (%(usual)s, "
                "headline “%(code)s”). Was %(meant)s meant?"
            )
            yield _said(sentence, project, slip, code=largest.code)
            return


def _said(sentence: str, project: Any, slip: Slip, **params: str) -> str:
    told = sentence % {
        "amount": money.in_full(project.amount, project.currency),
        "times": f"{slip.times:,f}",
        "usual": money.in_full(slip.usual, project.currency),
        "meant": _meant(slip, project),
        **params,
    }
    return f"{told} {gettext(EXPLAINED[slip.factor])}"


def _meant(slip: Slip, project: Any) -> str:
    hundredth = Decimal("0.01")
    return money.in_full(slip.meant(project.amount).quantize(hundredth), project.currency)
