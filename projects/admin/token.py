from typing import Any

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.forms import HiddenInput
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from projects.accounts import audit_log
from projects.models import ApiToken

from .versioned import VersionedAdmin


@admin.register(ApiToken)
class ApiTokenAdmin(VersionedAdmin):
    """Keys to the API. A key acts as its user, so only superusers create keys for others."""

    list_display = ["name", "user", "read_only", "expires_on", "created_at", "is_valid"]
    list_filter = ["read_only", "expires_on"]
    list_select_related = ["user"]
    list_prefetch = ["user__groups"]
    search_fields = ["name", "user__username"]
    search_help_text = _("Name of the key, user.")
    autocomplete_fields = ["user"]
    fields = ["user", "name", "read_only", "expires_on"]

    @admin.display(description=_("not revoked"), boolean=True)
    def is_valid(self, token: ApiToken) -> bool:
        return not token.is_revoked

    def get_queryset(self, request: HttpRequest) -> QuerySet:
        tokens = super().get_queryset(request)
        return tokens if request.user.is_superuser else tokens.filter(user=request.user)

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        # A user who has the key would go on using it in the name of another.
        return ["user"] if obj is not None else []

    def formfield_for_dbfield(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        field = super().formfield_for_dbfield(db_field, request, **kwargs)
        if db_field.name == "user" and not request.user.is_superuser:
            # What is sent for a disabled field is ignored.
            field.initial, field.disabled = request.user.pk, True
            field.widget = HiddenInput()
        return field

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        if change:
            super().save_model(request, obj, form, change)
            audit_log.log_token(audit_log.Action.TOKEN_CHANGED, obj, request)
            return
        token, key = ApiToken.objects.issue(
            obj.user, obj.name, read_only=obj.read_only, expires_on=obj.expires_on
        )
        obj.pk, obj.digest = token.pk, token.digest
        audit_log.log_token(audit_log.Action.TOKEN_MADE, token, request)
        messages.warning(
            request,
            _("The key is %(key)s. Copy it now: it is not stored and will not be shown again.")
            % {"key": key},
        )

    def delete_model(self, request: HttpRequest, obj: Any) -> None:
        audit_log.log_token(audit_log.Action.TOKEN_DELETED, obj, request)
        super().delete_model(request, obj)
