from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any, Self

from django.apps import apps
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models.functions import Lower
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from projects.names.credit_codes import read_uscc, uscc_problem

from .area import Area
from .base import NamedQuerySet, RegisterOptions, ReviewedModel
from .display import display_field
from .fields import PlaceField
from .history import RegisterHistory
from .sourced import SourcedModel


class EnterpriseKind(models.TextChoices):
    PRIVATE = "private", _("private")
    STATE_OWNED = "state_owned", _("state-owned")
    FOREIGN_INVESTED = "foreign_invested", _("foreign-invested")
    HMT_INVESTED = "hmt_invested", _("invested from Hong Kong, Macao or Taiwan")
    COLLECTIVE = "collective", _("collective")
    OTHER = "other", _("other")


class EnterpriseQuerySet(NamedQuerySet):
    def settled(self, by: date | None = None) -> Self:
        """Enterprises that settled in an area, at all or by a day.

        One whose settling date is not stated counts as settled, since its area is.
        """
        found = self.filter(area__isnull=False)
        if by is not None:
            found = found.filter(models.Q(settled_on__lte=by) | models.Q(settled_on__isnull=True))
        return found

    def with_contract(self, user: Any, by: date | None = None) -> Self:
        """Enterprises in a contracted project that `user` may see, signed at all or by a day."""
        project_model = apps.get_model("projects", "Project")
        projects = project_model.objects.visible_to(user).contracted()
        if by is not None:
            projects = projects.signed_by(by)
        partnerships = project_model.partners.through.objects.filter(project__in=projects)
        return self.filter(
            models.Q(pk__in=projects.filter(enterprise__isnull=False).values("enterprise"))
            | models.Q(pk__in=partnerships.values("enterprise"))
        )

    def by_codes(self, codes: Iterable[str]) -> dict[str, Enterprise]:
        """As for every model, and by former codes of enterprises, which lead to the current ones.

        One query more if a code is not a current one.
        """
        wanted = set(codes)
        found = super().by_codes(wanted)
        if missing := wanted - found.keys():
            moved = self.annotate(former=models.F("former_codes__code"))
            found |= {one.former: one for one in moved.filter(former__in=missing)}
        return found

    def formerly(self, codes: Iterable[str]) -> Self:
        """Enterprises with one of these former codes, ignoring case."""
        lowered = {code.lower() for code in codes}
        moved = self.annotate(former=Lower("former_codes__code"))
        return moved.filter(former__in=lowered)

    def has_code(self, code: str) -> bool:
        """Whether this is a current or former code, ignoring case. Two queries at most."""
        return self.filter(code__iexact=code).exists() or self.formerly([code]).exists()

    def former_codes(self) -> Iterable[tuple[str, str]]:
        return self.filter(former_codes__isnull=False).values_list("former_codes__code", "code")


class Enterprise(SourcedModel, ReviewedModel):
    """One row is one enterprise, settled in an area or only a party to a project."""

    uscc = models.CharField(
        _("unified social credit code"),
        max_length=40,
        blank=True,
        help_text=_("18 characters (GB 32100-2015); spaces, hyphens and lower case are corrected."),
    )
    origin = PlaceField(
        _("home province or country"),
        max_length=5,
        blank=True,
        help_text=_("ISO 3166: a province such as CN-ZJ, or a country such as KZ."),
    )
    kind = models.CharField(_("kind"), max_length=20, choices=EnterpriseKind, blank=True)
    area = models.ForeignKey(
        Area,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="enterprises",
        verbose_name=_("area"),
        help_text=_("Where it settled."),
    )
    settled_on = models.DateField(_("settled on"), null=True, blank=True)

    register = RegisterOptions(
        "enterprise", "enterprises", menu_position=2, reportable=True, importable=True
    )
    AREA = "area"

    objects = EnterpriseQuerySet.as_manager()
    history = RegisterHistory(m2m_fields=["sources"])

    class Meta(SourcedModel.Meta, ReviewedModel.Meta):
        abstract = False
        verbose_name = _("enterprise")
        verbose_name_plural = _("enterprises")
        ordering = ["code"]
        constraints = [
            *SourcedModel.Meta.constraints,
            models.UniqueConstraint(
                fields=["uscc"],
                condition=~models.Q(uscc=""),
                name="enterprise_uscc_unique",
                violation_error_message=_(
                    "Another enterprise has this unified social credit code."
                ),
            ),
        ]

    def get_absolute_url(self) -> str:
        return reverse("enterprise", args=[self.code])

    def make_search_key(self) -> str:
        return f"{super().make_search_key()}\n{self.uscc.lower()}".rstrip()

    def validate_unique(self, exclude: Any = None) -> None:
        """Refuse former codes of other enterprises, so that old links never lead to a wrong one."""
        super().validate_unique(exclude)
        if (exclude and "code" in exclude) or not self.code:
            return
        moved = Enterprise.objects.formerly([self.code]).exclude(pk=self.pk).first()
        if moved is not None:
            message = _(
                "“%(code)s” was the code of an enterprise that was merged into “%(now)s”: choose "
                "another code, or use that enterprise."
            )
            params = {"code": self.code, "now": moved.code}
            raise ValidationError({"code": ValidationError(message, "unique", params)})

    def clean_fields(self, exclude: object = None) -> None:
        # Corrected before the fields are checked, as a code with hyphens may be too long.
        self.uscc = read_uscc(self.uscc)
        super().clean_fields(exclude)  # type: ignore[arg-type]

    def clean(self) -> None:
        super().clean()
        problem = uscc_problem(self.uscc) if self.uscc else None
        if problem and not problem.is_warning:
            raise ValidationError(
                {"uscc": ValidationError(gettext(problem.message), "uscc", problem.params)}
            )

    @property
    def origin_name(self) -> str:
        return display_field(self, "origin")
