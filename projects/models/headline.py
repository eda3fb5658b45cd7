from __future__ import annotations

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from projects import money

from .area import Area
from .base import CodedModel, RegisterOptions, ReviewedModel
from .fields import MoneyField
from .history import RegisterHistory
from .project import Qualifier, validate_currency
from .source import Source
from .zone import Zone


class HeadlineKind(models.TextChoices):
    ENTERPRISES_SETTLED = "enterprises_settled", _("enterprises settled")
    ENTERPRISES_WITH_PROJECTS = "enterprises_with_projects", _("enterprises with projects")
    CONTRACTED_FUNDS = "contracted_funds", _("contracted funds")
    FUNDS_ARRIVED = "funds_arrived", _("funds arrived")
    FOREIGN_TRADE = "foreign_trade", _("foreign trade")


COUNTS = (HeadlineKind.ENTERPRISES_SETTLED, HeadlineKind.ENTERPRISES_WITH_PROJECTS)


class HeadlineBasis(models.TextChoices):
    INTENDED = "intended", pgettext_lazy("basis", "intended")
    CONTRACTED = "contracted", pgettext_lazy("basis", "contracted")
    ARRIVED = "arrived", pgettext_lazy("basis", "arrived")
    REGISTERED_CAPITAL = "registered_capital", pgettext_lazy("basis", "registered capital")


class Headline(CodedModel, ReviewedModel):
    """One row is one figure as somebody published it.

    Its scope is a zone, an area, or something else named in words: exactly one
    of the three. `value` is money in units of `currency`, or a whole number
    with `currency` empty where `what` counts enterprises.
    """

    what = models.CharField(_("what"), max_length=30, choices=HeadlineKind)
    zone = models.ForeignKey(
        Zone,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="headlines",
        verbose_name=_("zone"),
    )
    area = models.ForeignKey(
        Area,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="headlines",
        verbose_name=_("area"),
    )
    scope = models.CharField(
        _("other scope"),
        max_length=300,
        blank=True,
        help_text=_("In words, where it is neither a zone nor an area."),
    )
    scope_zh = models.CharField(_("other scope (Chinese)"), max_length=300, blank=True)
    as_of = models.DateField(_("as of"))
    value = MoneyField(_("value"))
    currency = models.CharField(
        _("currency"),
        max_length=3,
        blank=True,
        validators=[validate_currency],
        help_text=_("Empty for a number of enterprises."),
    )
    qualifier = models.CharField(
        _("qualifier"), max_length=10, choices=Qualifier, default=Qualifier.EXACT
    )
    basis = models.CharField(_("basis"), max_length=20, choices=HeadlineBasis, blank=True)
    source = models.ForeignKey(
        Source, models.PROTECT, related_name="headlines", verbose_name=_("source")
    )
    quote = models.TextField(_("quoted words"), blank=True)
    note = models.TextField(_("note"), blank=True)

    register = RegisterOptions("headline", "headlines", menu_position=5, reportable=True)
    AREA = "area"

    history = RegisterHistory()

    class Meta(CodedModel.Meta, ReviewedModel.Meta):
        abstract = False
        verbose_name = _("headline")
        verbose_name_plural = _("headlines")
        ordering = ["-as_of", "code"]
        constraints = [
            *CodedModel.Meta.constraints,
            models.CheckConstraint(
                condition=(
                    Q(zone__isnull=False, area__isnull=True, scope="")
                    | Q(zone__isnull=True, area__isnull=False, scope="")
                    | (Q(zone__isnull=True, area__isnull=True) & ~Q(scope=""))
                ),
                name="headline_has_one_scope",
                violation_error_message=_("Give exactly one of zone, area and other scope."),
            ),
            models.CheckConstraint(
                condition=Q(value__gte=0, value__lte=money.from_minor(money.MAX_MINOR)),
                name="headline_value_in_range",
                violation_error_message=_("A value must be from 0 to 99,999,999,999,999.99."),
            ),
            models.CheckConstraint(
                condition=Q(what__in=COUNTS, currency="") | (~Q(what__in=COUNTS) & ~Q(currency="")),
                name="headline_currency_fits",
                violation_error_message=_(
                    "Money needs a currency; a number of enterprises has none."
                ),
            ),
        ]

    def __str__(self) -> str:
        return gettext("%(what)s, %(day)s") % {"what": self.get_what_display(), "day": self.as_of}

    @property
    def label(self) -> str:
        return str(self)

    @property
    def is_count(self) -> bool:
        return self.what in COUNTS

    def clean(self) -> None:
        super().clean()
        if self.is_count and self.value is not None and self.value != int(self.value):
            raise ValidationError(
                {
                    "value": _("A number of enterprises is whole: %(value)s is not.")
                    % {"value": self.value}
                }
            )
