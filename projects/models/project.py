from __future__ import annotations

from datetime import date
from itertools import combinations
from typing import Any, Self

from django.apps import apps
from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import OuterRef, Q, Subquery
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from projects import money, names

from . import permissions
from .area import Area
from .base import ConvertedModel, NamedQuerySet, RegisterOptions, ReviewedModel
from .enterprise import Enterprise
from .fields import ExactSum, MoneyField
from .history import RegisterHistory
from .project_sector import ProjectSector
from .sector import Sector
from .sourced import SourcedModel


class Stage(models.TextChoices):
    """How far a project has come; each stage has the date of the same row of STAGE_DATES."""

    INTENDED = "intended", pgettext_lazy("stage", "intended")
    SIGNED = "signed", pgettext_lazy("stage", "signed")
    REGISTERED = "registered", pgettext_lazy("stage", "registered")
    CONSTRUCTION = "construction", pgettext_lazy("stage", "under construction")
    OPERATING = "operating", pgettext_lazy("stage", "operating")
    TERMINATED = "terminated", pgettext_lazy("stage", "terminated")


CONTRACTED_STAGES = (Stage.SIGNED, Stage.REGISTERED, Stage.CONSTRUCTION, Stage.OPERATING)

STAGE_DATES = {
    Stage.INTENDED: "intended_on",
    Stage.SIGNED: "signed_on",
    Stage.REGISTERED: "registered_on",
    Stage.CONSTRUCTION: "started_on",
    Stage.OPERATING: "operating_on",
    # A project may end at any time: this date only has to follow the others.
    Stage.TERMINATED: "terminated_on",
}


class Qualifier(models.TextChoices):
    EXACT = money.Qualifier.EXACT.value, pgettext_lazy("qualifier", "exactly")
    AT_LEAST = money.Qualifier.AT_LEAST.value, pgettext_lazy("qualifier", "at least")
    ABOUT = money.Qualifier.ABOUT.value, pgettext_lazy("qualifier", "about")
    AT_MOST = money.Qualifier.AT_MOST.value, pgettext_lazy("qualifier", "at most")


class Basis(models.TextChoices):
    """Which money a figure counts. Figures of different bases are never added up."""

    CONTRACTED = "contracted", pgettext_lazy("basis", "contracted")
    INTENDED = "intended", pgettext_lazy("basis", "intended")
    RECEIVED = "received", pgettext_lazy("basis", "received")


def base_currency() -> str:
    """The currency into which totals are converted. A function, so that models load without it."""
    return settings.BASE_CURRENCY


def validate_currency(value: str) -> None:
    if not money.is_currency(value):
        raise ValidationError(
            _(
                "“%(value)s” is not an ISO 4217 currency: give three capital letters such as CNY "
                "or "
                "USD."
            ),
            "currency",
            {"value": value},
        )


def dates_in_order() -> Q:
    """A condition: dates of stages, where present, are in the order of the stages."""
    in_order = Q()
    for earlier, later in combinations(STAGE_DATES.values(), 2):
        in_order &= (
            Q(**{f"{earlier}__isnull": True})
            | Q(**{f"{later}__isnull": True})
            | Q(**{f"{later}__gte": models.F(earlier)})
        )
    return in_order


def _takes_part(enterprises: Any) -> Q:
    """A condition: one of `enterprises` leads a project or is a partner."""
    partnerships = Project.partners.through.objects.filter(enterprise__in=enterprises)
    return Q(enterprise__in=enterprises) | Q(pk__in=partnerships.values("project"))


class ProjectQuerySet(NamedQuerySet):
    def contracted(self) -> Self:
        """Signed or later, and not terminated: what the contracted totals cover."""
        return self.filter(stage__in=CONTRACTED_STAGES)

    def intended(self) -> Self:
        return self.filter(stage=Stage.INTENDED)

    def received(self, user: Any) -> Self:
        """Projects of any stage with a receipt that `user` may see, also of money returned."""
        # Imported by name: the module of receipts imports this one.
        receipts = (
            apps.get_model("projects", "Receipt")
            .objects.visible_to(user)
            .filter(project=OuterRef("pk"))
        )
        return self.filter(models.Exists(receipts))

    def of_basis(self, basis: str, user: Any) -> Self:
        match Basis(basis):
            case Basis.CONTRACTED:
                return self.contracted()
            case Basis.INTENDED:
                return self.intended()
            case Basis.RECEIVED:
                return self.received(user)

    def disclosed(self) -> Self:
        return self.filter(amount__isnull=False)

    def undisclosed(self) -> Self:
        return self.filter(amount__isnull=True)

    def signed_by(self, day: date) -> Self:
        """Signed by the end of `day`; without those whose signing date is not stated."""
        return self.filter(signed_on__lte=day)

    def with_enterprise(self, enterprises: Any) -> Self:
        """Projects in which one of `enterprises` leads or is a partner; each project once."""
        return self.filter(_takes_part(enterprises))

    def without_enterprise(self) -> Self:
        """Projects with neither a lead enterprise nor a partner."""
        partnerships = Project.partners.through.objects.filter(project=OuterRef("pk"))
        return self.filter(~models.Exists(partnerships), enterprise__isnull=True)

    def in_sectors(self, sectors: Any) -> Self:
        """Projects in one of `sectors`, each once."""
        return self.filter(
            pk__in=ProjectSector.objects.filter(sector__in=sectors).values("project")
        )

    def without_sector(self) -> Self:
        return self.filter(~models.Exists(ProjectSector.objects.filter(project=OuterRef("pk"))))

    def matching(self, query: str) -> Self:
        """As for every model, and by the names of the enterprises that take part."""
        found = self
        for word in names.search_words(query):
            # One condition for each word: joining two querysets by “or” would repeat all
            # earlier words, and so double the query with each word.
            enterprises = Enterprise.objects.filter(search_key__contains=word).values("pk")
            found = found.filter(Q(search_key__contains=word) | _takes_part(enterprises))
        return found

    def with_received(self, user: Any) -> Self:
        """Adds `received` to each project; see `received_of`."""
        return self.annotate(received=received_of(user))

    def with_related(self, user: Any) -> Self:
        """Load what a list or a page of the API shows `user` of each project.

        One query with joins, and one each for sectors, partners and sources.
        """
        rates = ("conversion__rate_from__source", "conversion__rate_to__source")
        return super().with_related(user).select_related(*rates).with_received(user)


def received_of(user: Any, total: Any = ExactSum) -> Subquery:
    """Funds received of a project in the base currency, by receipts that `user` may see.

    None without a converted receipt. `total` is the aggregate.
    """
    receipt, conversion = (
        apps.get_model("projects", name) for name in ("Receipt", "ReceiptConversion")
    )
    sums = (
        conversion.objects.current()
        .filter(permissions.visible(receipt, user, "receipt__"), receipt__project=OuterRef("pk"))
        .order_by()
        .values("receipt__project")
        .annotate(sum=total("amount_base"))
        .values("sum")
    )
    return Subquery(sums)


class Project(SourcedModel, ReviewedModel, ConvertedModel):
    """One row is one project that an enterprise intends or has contracted.

    `amount` is what was announced or agreed, in units of `currency`: None means
    undisclosed, zero is an amount. A second signing adds no money; a capital
    increase is entered as its increment.
    """

    # Without an index of its own: `project_area_signed` begins with it.
    area = models.ForeignKey(
        Area,
        models.PROTECT,
        null=True,
        blank=True,
        db_index=False,
        related_name="projects",
        verbose_name=_("area"),
    )
    enterprise = models.ForeignKey(
        Enterprise,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="led_projects",
        verbose_name=_("lead enterprise"),
    )
    partners = models.ManyToManyField(
        Enterprise, blank=True, related_name="partner_projects", verbose_name=_("partners")
    )
    sectors = models.ManyToManyField(
        Sector,
        through=ProjectSector,
        related_name="projects",
        verbose_name=_("sectors"),
    )
    stage = models.CharField(_("stage"), max_length=12, choices=Stage, default=Stage.SIGNED)
    intended_on = models.DateField(_("intended on"), null=True, blank=True)
    signed_on = models.DateField(_("signed on"), null=True, blank=True)
    registered_on = models.DateField(_("registered on"), null=True, blank=True)
    started_on = models.DateField(_("construction started on"), null=True, blank=True)
    operating_on = models.DateField(_("operating since"), null=True, blank=True)
    terminated_on = models.DateField(_("terminated on"), null=True, blank=True)
    amount = MoneyField(_("amount"), null=True, blank=True)
    currency = models.CharField(
        _("currency"), max_length=3, default=base_currency, validators=[validate_currency]
    )
    qualifier = models.CharField(
        _("qualifier"), max_length=10, choices=Qualifier, default=Qualifier.EXACT
    )
    amount_text = models.CharField(
        _("amount as published"),
        max_length=200,
        blank=True,
        help_text=_("The words from which the amount was read."),
    )
    description = models.TextField(_("description"), blank=True)

    register = RegisterOptions(
        "project", "projects", menu_position=1, reportable=True, importable=True
    )
    AREA = "area"

    objects = ProjectQuerySet.as_manager()
    history = RegisterHistory(m2m_fields=["sectors", "partners", "sources"])

    class Meta(SourcedModel.Meta, ReviewedModel.Meta):
        abstract = False
        verbose_name = _("project")
        verbose_name_plural = _("projects")
        ordering = ["code"]
        constraints = [
            *SourcedModel.Meta.constraints,
            models.CheckConstraint(
                condition=Q(amount__isnull=True)
                | Q(amount__gte=0, amount__lte=money.from_minor(money.MAX_MINOR)),
                name="project_amount_in_range",
                violation_error_message=_(
                    "An amount must be from 0 to 99,999,999,999,999.99; leave it empty if it is "
                    "undisclosed."
                ),
            ),
            models.CheckConstraint(
                condition=dates_in_order(),
                name="project_dates_in_order",
                violation_error_message=_("The dates of the stages must be in order."),
            ),
            models.CheckConstraint(
                condition=Q(stage__in=Stage.values),
                name="project_stage_known",
                violation_error_message=_("Choose one of the stages."),
            ),
            models.CheckConstraint(
                condition=Q(qualifier__in=Qualifier.values),
                name="project_qualifier_known",
                violation_error_message=_("Choose one of the qualifiers."),
            ),
        ]
        indexes = [
            *ReviewedModel.Meta.indexes,
            models.Index(fields=["signed_on", "id"], name="project_signed"),
            models.Index(fields=["area", "signed_on", "id"], name="project_area_signed"),
            models.Index(fields=["stage", "id"], name="project_stage"),
        ]

    def get_absolute_url(self) -> str:
        return reverse("project", args=[self.code])

    def clean(self) -> None:
        super().clean()
        problems = self._dates_that_run_backwards()
        if problems:
            raise ValidationError(problems)

    def _dates_that_run_backwards(self) -> dict[str, list[ValidationError]]:
        """The errors of the constraint on dates, by field."""
        problems: dict[str, list[ValidationError]] = {}
        for earlier, later in combinations(STAGE_DATES.values(), 2):
            before, after = getattr(self, earlier), getattr(self, later)
            if isinstance(before, date) and isinstance(after, date) and after < before:
                problems.setdefault(later, []).append(
                    ValidationError(
                        _("%(later)s (%(after)s) is before %(earlier)s (%(before)s)."),
                        "dates_run_backwards",
                        {
                            "later": self._meta.get_field(later).verbose_name,
                            "after": after,
                            "earlier": self._meta.get_field(earlier).verbose_name,
                            "before": before,
                        },
                    )
                )
        return problems

    @property
    def is_contracted(self) -> bool:
        return self.stage in CONTRACTED_STAGES

    @property
    def conversion_day(self) -> date | None:
        """The day whose rate converts the amount: of signing or, if only intended, of that."""
        return self.signed_on or (self.intended_on if self.stage == Stage.INTENDED else None)

    @property
    def stage_dates(self) -> list[tuple[Stage, date | None]]:
        return [(stage, getattr(self, field)) for stage, field in STAGE_DATES.items()]
