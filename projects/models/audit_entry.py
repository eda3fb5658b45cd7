from __future__ import annotations

from typing import Any

from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from .fields import user_field

SYSTEM_NAME = "shell"


class Action(models.TextChoices):
    """What the audit log records."""

    SIGNED_IN = "signed_in", _("signed in")
    SIGN_IN_FAILED = "sign_in_failed", _("sign-in failed")
    LOCKED_OUT = "locked_out", _("locked out")
    SIGNED_OUT = "signed_out", _("signed out")
    PASSWORD_CHANGED = "password_changed", _("password changed")
    PASSWORD_RESET_ASKED = "password_reset_asked", _("password reset requested")
    PASSWORD_RESET_SENT = "password_reset_sent", _("password reset link sent")
    SECOND_FACTOR_SET_UP = "second_factor_set_up", _("second factor set up")
    SECOND_FACTOR_FAILED = "second_factor_failed", _("second factor failed")
    SECOND_FACTOR_REMOVED = "second_factor_removed", _("second factor removed")
    RECOVERY_CODES_MADE = "recovery_codes_made", _("recovery codes created")
    RECOVERY_CODE_USED = "recovery_code_used", _("recovery code used")
    PERMISSION_REFUSED = "permission_refused", _("permission refused")
    ROLE_CHANGED = "role_changed", _("role changed")
    TOKEN_MADE = "token_made", _("API key created")
    TOKEN_CHANGED = "token_changed", _("API key changed")
    TOKEN_DELETED = "token_deleted", _("API key deleted")
    IMPORT_APPROVED = "import_approved", _("import approved")
    IMPORTED = "imported", _("imported")
    IMPORT_UNDONE = "import_undone", _("import undone")
    EXPORTED = "exported", _("exported")
    PROPOSED = "proposed", _("change proposed")
    RETURNED = "returned", pgettext_lazy("audit log", "returned")
    WITHDRAWN = "withdrawn", pgettext_lazy("audit log", "withdrawn")
    PUBLISHED = "published", pgettext_lazy("audit log", "published")
    RESTORED = "restored", _("restored")
    REPORT_SETTLED = "report_settled", _("error report settled")
    REPORT_DISMISSED = "report_dismissed", _("error report dismissed")


class AuditEntry(models.Model):
    """One row says who did what, when and from where. Only `accounts.audit_log` adds rows.

    `name` is the user's at that time and stays when the user is deleted; `subject`
    is the object, such as "projects/KS-2023-001", or the requested path; `address`
    is the client's, or "shell" for a command. Contains no secrets.
    """

    at = models.DateTimeField(pgettext_lazy("audit log", "at"), default=timezone.now, db_index=True)
    user = user_field(_("user"))
    name = models.CharField(_("user"), max_length=150, blank=True)
    action = models.CharField(_("action"), max_length=30, choices=Action)
    subject = models.CharField(_("subject"), max_length=300, blank=True)
    address = models.CharField(pgettext_lazy("audit log", "address"), max_length=45, blank=True)
    details = models.JSONField(_("details"), default=dict, blank=True, encoder=DjangoJSONEncoder)

    class Meta:
        verbose_name = _("audit entry")
        verbose_name_plural = _("audit log")
        default_permissions = ("view",)
        ordering = ["-pk"]
        # A filter of the list each, with its order, so that a million rows need no sort.
        indexes = [
            models.Index(fields=[column, "id"], name=f"auditentry_{column}")
            for column in ("action", "name", "subject", "address")
        ]

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M:%S} {self.get_action_display()}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        if not self._state.adding:
            raise TypeError("Audit entries cannot be changed.")
        super().save(*args, **kwargs)

    def delete(self, *args: Any, **kwargs: Any) -> Any:
        raise TypeError("Audit entries cannot be deleted.")
