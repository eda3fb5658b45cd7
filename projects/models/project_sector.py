from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from .sector import Sector


class ProjectSector(models.Model):
    """One row is one sector of a project and its share in per cent; None where not known.

    The shares of a project add up to 100, or none is known: then its money is allocated
    in equal parts, marked as assumed. Rows keep the order in which they were entered, by
    which remainders are allocated.
    """

    # Without an index of its own: the unique constraint begins with it.
    project = models.ForeignKey(
        "projects.Project", models.CASCADE, related_name="shares", db_index=False
    )
    sector = models.ForeignKey(
        Sector, models.PROTECT, related_name="shares", verbose_name=_("sector")
    )
    share = models.DecimalField(
        _("share (%)"),
        max_digits=5,
        decimal_places=2,
        null=True,
        blank=True,
        help_text=_("All shares add up to 100; leave them all empty if they are not known."),
    )

    class Meta:
        verbose_name = _("sector of a project")
        verbose_name_plural = _("sectors of a project")
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["project", "sector"],
                name="projectsector_once",
                violation_error_message=_("A project names each sector once."),
            ),
            models.CheckConstraint(
                condition=Q(share__isnull=True) | Q(share__gt=0, share__lte=100),
                name="projectsector_share_in_range",
                violation_error_message=_("A share must be above 0 and at most 100 per cent."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.sector} {self.share} %" if self.share is not None else str(self.sector)

    @staticmethod
    def check_together(links: Sequence[tuple[Sector, Decimal | None]]) -> None:
        """Raise ValidationError unless the shares of a project add up to 100 or are all unknown,
        and no sector is repeated."""
        known = [share for _sector, share in links if share is not None]
        if any(not 0 < share <= 100 for share in known):
            raise ValidationError(_("A share must be above 0 and at most 100 per cent."), "shares")
        if known and len(known) < len(links):
            raise ValidationError(
                _("Give the shares of all sectors, or of none if they are not known."), "shares"
            )
        if known and sum(known) != 100:
            raise ValidationError(
                _("The shares add up to %(sum)s per cent: they must add up to 100."),
                "shares",
                {"sum": sum(known)},
            )
        # By code where there is no key yet, as in a file that creates the sector.
        if len({sector.pk or sector.code for sector, _share in links}) < len(links):
            raise ValidationError(_("A project names each sector once."), "repeated")
