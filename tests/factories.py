"""Records that are always valid, so that a test shows only what matters to it.

Everything is written through `projects.history`: derived rows and history
stand as they would after a write by a person. Codes are unique in the process.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from decimal import Decimal
from itertools import count
from typing import Any

from django.apps import apps
from django.contrib.auth import get_user_model
from django.contrib.auth.models import Group, Permission
from django.db import IntegrityError

from projects import history
from projects.accounts.roles import ROLES, make_groups
from projects.models import (
    Area,
    Enterprise,
    ExchangeRate,
    Headline,
    HeadlineKind,
    Project,
    Receipt,
    Sector,
    Source,
    Zone,
    base_currency,
)
from projects.models.headline import COUNTS

_numbers = count(1)
UNVEILED = date(2023, 11, 11)


def _named(noun: str, changes: dict[str, Any]) -> dict[str, Any]:
    number = next(_numbers)
    return {"code": f"{noun}-{number}", "name": f"{noun.capitalize()} {number}"} | changes


def _saved(record: Any, **links: Any) -> Any:
    """Save as `history.save` does, but let the database check what takes queries to check."""
    history.check(record, without_queries=True, **links)
    try:
        with history.record_history(record):
            history.write(record)
            history.link([(record, links)])
    except IntegrityError:
        history.check(record, **links)
        raise
    return record


def make_source(**changes: Any) -> Source:
    number = next(_numbers)
    given = {"code": f"source-{number}", "title": f"Publication {number}", "published_on": UNVEILED}
    return _saved(Source(**given | changes))


def make_zone(*, sources: Sequence[Source] | None = None, **changes: Any) -> Zone:
    return _saved(Zone(**_named("zone", changes)), sources=sources)


def make_area(*, sources: Sequence[Source] | None = None, **changes: Any) -> Area:
    if "zone" not in changes:
        changes["zone"] = make_zone()
    return _saved(Area(**_named("area", changes)), sources=sources)


def make_sector(*, sources: Sequence[Source] | None = None, **changes: Any) -> Sector:
    return _saved(Sector(**_named("sector", changes)), sources=sources)


def make_enterprise(*, sources: Sequence[Source] | None = None, **changes: Any) -> Enterprise:
    return _saved(Enterprise(**_named("enterprise", changes)), sources=sources)


def make_project(
    *,
    sectors: Iterable[Sector | tuple[Sector, Decimal | None]] | None = None,
    partners: Sequence[Enterprise] | None = None,
    sources: Sequence[Source] | None = None,
    **changes: Any,
) -> Project:
    """A project signed on the day of the unveiling, for a million in the base currency.

    A sector given without its share has one that is not known.
    """
    shares = sectors and [pair if isinstance(pair, tuple) else (pair, None) for pair in sectors]
    given = _named("project", {"signed_on": UNVEILED, "amount": Decimal("1000000.00")} | changes)
    return _saved(Project(**given), sectors=shares, partners=partners, sources=sources)


def make_receipt(
    project: Project | None = None, amount: Decimal = Decimal("100000.00"), **changes: Any
) -> Receipt:
    given = {"received_on": date(2023, 12, 1)} | changes
    return _saved(Receipt(project=project or make_project(), amount=amount, **given))


def make_headline(**changes: Any) -> Headline:
    """At least a billion contracted, said of an area; or 35 where `what` counts enterprises."""
    what = changes.get("what", HeadlineKind.CONTRACTED_FUNDS)
    money = {
        "value": Decimal("1000000000.00"),
        "currency": base_currency(),
        "qualifier": "at_least",
    }
    given = {
        "code": f"headline-{next(_numbers)}",
        "what": what,
        "as_of": UNVEILED,
        **({"value": Decimal("35.00")} if what in COUNTS else money),
    } | changes
    if not given.keys() & {"zone", "area", "scope"}:
        given["area"] = make_area()
    if "source" not in given:
        given["source"] = make_source()
    return _saved(Headline(**given))


def make_rate(
    from_currency: str = "USD",
    to_currency: str = "CNY",
    rate: str | Decimal = "7.2",
    quoted_on: date = date(2023, 11, 1),
    **changes: Any,
) -> ExchangeRate:
    if "source" not in changes:
        changes["source"] = make_source()
    return _saved(
        ExchangeRate(
            from_currency=from_currency,
            to_currency=to_currency,
            rate=Decimal(rate),
            quoted_on=quoted_on,
            **changes,
        )
    )


def make_user(
    role: str = "visitor",
    *,
    areas: Iterable[Area] = (),
    without: Iterable[str] = (),
    **changes: Any,
) -> Any:
    """A user of a role: "visitor" (none), one of `ROLES`, or "superuser", whose every write is
    published at once; limited to `areas`, where there are any.

    `without` some permissions (code names) of the role, a user has the others in person.
    """
    number = next(_numbers)
    given = {
        "username": f"{role}-{number}",
        "is_staff": role != "visitor",
        "is_superuser": role == "superuser",
    }
    user = get_user_model().objects.create_user(**given | changes)
    if role in ROLES:
        # A test that emptied the database has emptied it of the groups as well.
        make_groups(apps)
        group = Group.objects.get(name=role)
        if lacking := set(without):
            granted = Permission.objects.filter(group=group)
            assert lacking <= set(granted.values_list("codename", flat=True))
            user.user_permissions.set(granted.exclude(codename__in=lacking))
        else:
            user.groups.set([group])
    for area in areas:
        user.area_limits.create(area=area)
    return user
