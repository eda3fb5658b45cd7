"""Django's own admins of users and groups, made fit for many of them."""

from typing import Any

from django.contrib import admin, messages
from django.contrib.auth.admin import GroupAdmin, UserAdmin
from django.contrib.auth.models import Group, User
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext
from django_otp.plugins.otp_totp.admin import TOTPDevice

from projects.accounts import second_factor

from .base import PlainAdmin

# Nobody looks at the secrets of others: a second factor that was lost is removed below.
admin.site.unregister([User, Group, TOTPDevice])


@admin.register(User)
class PlainUserAdmin(PlainAdmin, UserAdmin):
    actions = ["remove_second_factor"]

    @admin.action(description=_("Remove the second factor of the chosen users"))
    def remove_second_factor(self, request: HttpRequest, queryset: QuerySet) -> None:
        """For who has lost both the device and the recovery codes."""
        count = sum(second_factor.remove(user) for user in queryset)
        messages.success(
            request,
            ngettext(
                "%(count)s second factor was removed.",
                "%(count)s second factors were removed.",
                count,
            )
            % {"count": count},
        )

    def get_actions(self, request: HttpRequest) -> Any:
        actions = super().get_actions(request)
        if not request.user.is_superuser:
            actions.pop("remove_second_factor", None)
        return actions


@admin.register(Group)
class PlainGroupAdmin(PlainAdmin, GroupAdmin):
    pass
