"""Imports, and the result of each of their rows."""

from __future__ import annotations

from typing import Any, Self

from django.conf import settings
from django.db import models
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _


class BatchState(models.TextChoices):
    """The state of an import."""

    MAPPING = "mapping", pgettext_lazy("state of an import", "waiting for a mapping")
    QUEUED = "queued", pgettext_lazy("state of an import", "waiting to be checked")
    CHECKING = "checking", pgettext_lazy("state of an import", "being checked")
    PREVIEWED = "previewed", pgettext_lazy("state of an import", "checked, not written yet")
    APPROVED = "approved", pgettext_lazy("state of an import", "waiting to be written")
    WRITING = "writing", pgettext_lazy("state of an import", "being written")
    WRITTEN = "written", pgettext_lazy("state of an import", "written")
    UNDONE = "undone", pgettext_lazy("state of an import", "undone")
    CANCELLED = "cancelled", pgettext_lazy("state of an import", "cancelled")
    UNREADABLE = "unreadable", pgettext_lazy("state of an import", "cannot be read")
    INTERRUPTED = "interrupted", pgettext_lazy("state of an import", "interrupted, nothing written")


# States in which an import waits for a worker, and the states while a worker is at it.
WAITING = {
    BatchState.QUEUED: BatchState.CHECKING,
    BatchState.APPROVED: BatchState.WRITING,
}
AT_WORK = tuple(WAITING.values())
# States in which an import can still be written.
OPEN = (
    BatchState.MAPPING,
    *WAITING,
    *AT_WORK,
    BatchState.PREVIEWED,
    BatchState.INTERRUPTED,
)


class ImportBatchQuerySet(models.QuerySet):
    def visible_to(self, user: Any) -> Self:
        """A user's own imports; all of them for a superuser."""
        if getattr(user, "is_superuser", False):
            return self.all()
        return self.filter(user=user) if getattr(user, "pk", None) else self.none()

    def waiting(self) -> Self:
        return self.filter(state__in=list(WAITING)).order_by("pk")

    def without_content(self) -> Self:
        """Defers the file itself, which may be large."""
        return self.defer("content")


class ImportBatch(models.Model):
    """One row is one imported file, with the decisions about it.

    `mapping` and `decisions`: as `projects.imports` takes them. `counts`: rows by
    status. `undecided`: names that a person must decide about, each with its key
    and similar records (code, similarity, label). `sums`: the contracted totals by
    sector before and after, in units of the base currency, as texts. Only what has
    the `preview_digest` is written. `worker`: host and process of the worker that
    handles it; `heartbeat_at`: when it last did something.
    """

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        related_name="import_batches",
        verbose_name=_("user"),
    )
    model_name = models.CharField(_("kind of record"), max_length=20)
    file_name = models.CharField(_("file"), max_length=255)
    sha256 = models.CharField(_("SHA-256"), max_length=64, db_index=True)
    size = models.PositiveBigIntegerField(_("size in bytes"))
    content = models.BinaryField(editable=False)
    sheet = models.CharField(_("sheet"), max_length=255, blank=True)
    headings_digest = models.CharField(max_length=64, blank=True, db_index=True)
    mapping = models.JSONField(default=dict, blank=True)
    decisions = models.JSONField(default=dict, blank=True)
    state = models.CharField(
        _("state"), max_length=12, choices=BatchState, default=BatchState.MAPPING, db_index=True
    )
    partial = models.BooleanField(_("valid rows only"), default=False)
    message = models.TextField(_("message"), blank=True)
    done = models.PositiveIntegerField(default=0)
    total = models.PositiveIntegerField(default=0)
    worker = models.CharField(max_length=120, blank=True)
    heartbeat_at = models.DateTimeField(null=True)
    counts = models.JSONField(default=dict, blank=True)
    sums = models.JSONField(default=dict, blank=True)
    undecided = models.JSONField(default=list, blank=True)
    preview_digest = models.CharField(max_length=64, blank=True)
    created_at = models.DateTimeField(_("uploaded at"), default=timezone.now)
    written_at = models.DateTimeField(_("written at"), null=True)
    undone_at = models.DateTimeField(_("undone at"), null=True)

    objects = ImportBatchQuerySet.as_manager()

    class Meta:
        verbose_name = _("import")
        verbose_name_plural = _("imports")
        ordering = ["-pk"]

    def __str__(self) -> str:
        words = {"file": self.file_name, "state": self.get_state_display()}
        return gettext("%(file)s (%(state)s)") % words

    def get_absolute_url(self) -> str:
        return reverse("import", args=[self.pk])

    @property
    def is_open(self) -> bool:
        return self.state in OPEN

    @property
    def is_at_work(self) -> bool:
        return self.state in (*WAITING, *AT_WORK)


class RowStatus(models.TextChoices):
    """The result of a row."""

    NEW = "new", pgettext_lazy("row of an import", "new")
    CHANGED = "changed", pgettext_lazy("row of an import", "changed")
    PROPOSED = "proposed", pgettext_lazy("row of an import", "proposed for review")
    UNCHANGED = "unchanged", pgettext_lazy("row of an import", "unchanged")
    REFUSED = "refused", pgettext_lazy("row of an import", "refused")
    LEFT_OUT = "left_out", pgettext_lazy("row of an import", "left out by the mapping")
    FOOTER = "footer", pgettext_lazy("row of an import", "a sum of other rows")
    MADE = "made", pgettext_lazy("row of an import", "created because a row names it")


# The statuses of rows that can be written.
WRITABLE = (RowStatus.NEW, RowStatus.CHANGED, RowStatus.PROPOSED)


class ImportRow(models.Model):
    """One row is one row of a file, or a record that was created because a row names it.

    `changes`: [field, old, new] as the API has them. `errors`: lists of [column,
    value, reason, nearest valid value]; of an undone import, why the record was
    kept. `warnings`: in the same form. `record_id`, `version_before`,
    `version_after`: the record and its version before and after it was written,
    None as long as it is not. `key`: the code and name of the record.
    """

    batch = models.ForeignKey(ImportBatch, models.CASCADE, related_name="rows")
    number = models.PositiveIntegerField(_("row"))
    status = models.CharField(_("status"), max_length=10, choices=RowStatus)
    model_name = models.CharField(max_length=20)
    key = models.CharField(_("record"), max_length=600, blank=True)
    record_id = models.BigIntegerField(null=True)
    version_before = models.PositiveIntegerField(null=True)
    version_after = models.PositiveIntegerField(null=True)
    changes = models.JSONField(default=list, blank=True)
    errors = models.JSONField(default=list, blank=True)
    warnings = models.JSONField(default=list, blank=True)

    class Meta:
        verbose_name = _("row of an import")
        verbose_name_plural = _("rows of imports")
        ordering = ["pk"]
        indexes = [models.Index(fields=["batch", "status", "number"], name="importrow_status")]

    def __str__(self) -> str:
        return f"{self.number}: {self.status}"
