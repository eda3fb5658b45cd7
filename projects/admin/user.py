"""Django's own admins of users and groups, made fit for many of them, and for administrators who
are no superusers: nobody gives what they have not got themselves."""

from __future__ import annotations

from typing import Any

from django.contrib import admin, messages
from django.contrib.auth.admin import GroupAdmin, UserAdmin
from django.contrib.auth.forms import AdminUserCreationForm, UserChangeForm
from django.contrib.auth.models import Group, Permission, User
from django.contrib.contenttypes.models import ContentType
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext
from django_otp.plugins.otp_totp.admin import TOTPDevice

from projects.accounts import second_factor
from projects.accounts.account_names import check_account
from projects.models import AreaLimit, permissions

from .base import Autocompleting, PlainAdmin
from .edit_conflicts import MeetingForm
from .versioned import MeetingPages

# Nobody looks at the secrets of others: a second factor that was lost is removed below.
admin.site.unregister([User, Group, TOTPDevice])

# What only a superuser gives: more than any group holds.
FOR_SUPERUSERS = ("is_superuser", "user_permissions")


def is_above(user: Any, asker: Any) -> bool:
    """Whether `user` may do what `asker` may not: then their account is not `asker`'s to change."""
    return not permissions.has_full_access(asker) and (
        user.is_superuser or not user.get_all_permissions() <= asker.get_all_permissions()
    )


def groups_within(asker: Any) -> QuerySet:
    """The groups that hold nothing that `asker` lacks. Three queries at most."""
    groups = Group.objects.order_by("name")
    if permissions.has_full_access(asker):
        return groups
    held = asker.get_all_permissions()
    beyond = [
        permission.pk
        for permission in Permission.objects.filter(group__isnull=False)
        .select_related("content_type")
        .distinct()
        if f"{permission.content_type.app_label}.{permission.codename}" not in held
    ]
    return groups.exclude(permissions__in=beyond)


def asked_permissions() -> QuerySet:
    """The permissions that are asked for anywhere: those of what the admin has pages of.

    Django makes four for each table, derived ones and rows of history among them.
    """
    kinds = ContentType.objects.get_for_models(*admin.site._registry)
    return Permission.objects.filter(content_type__in=kinds.values())


class AreaLimitInline(Autocompleting, admin.TabularInline):
    """The areas to which a person is limited. It goes with the person's other rights."""

    model = AreaLimit
    extra = 1
    autocomplete_fields = ["area"]
    verbose_name_plural = _("Limited to these areas (to none: may see and write all)")

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return request.user.has_perm("auth.view_user")

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return request.user.has_perm("auth.change_user")

    has_change_permission = has_delete_permission = has_add_permission


class AccountForm(MeetingForm):
    """Says at its field what every save of a user or a group is asked."""

    def _post_clean(self) -> None:
        super()._post_clean()
        try:
            check_account(self.instance)
        except ValidationError as error:
            for name, problems in error.error_dict.items():
                if name in self.cleaned_data:
                    self.add_error(name, problems)


class NewUserForm(AccountForm, AdminUserCreationForm):
    pass


class ChangedUserForm(AccountForm, UserChangeForm):
    def parts(self) -> list[str]:
        return [str(one) for one in self.instance.area_limits.values_list("pk", "area")]


@admin.register(User)
class PlainUserAdmin(PlainAdmin, MeetingPages, UserAdmin):
    """Accounts and their roles. A person limited to areas administers none."""

    list_display = ["username", "first_name", "last_name", "is_active", "is_staff", "last_login"]
    list_filter = ["is_active", "is_staff", "is_superuser", "groups"]
    add_form = NewUserForm
    add_form_template = "admin/projects/new_user_form.html"
    form = ChangedUserForm
    # What signing in writes is nobody's to type, and no change that a page meets.
    readonly_fields = ["last_login", "date_joined"]
    inlines = [AreaLimitInline]
    actions = ["remove_second_factor"]

    def get_inlines(self, request: HttpRequest, obj: Any) -> list[Any]:
        # A person is made first, with a name and a password.
        return list(super().get_inlines(request, obj)) if obj is not None else []

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        fieldsets = super().get_fieldsets(request, obj)
        if request.user.is_superuser:
            return fieldsets
        return [
            (
                title,
                {
                    **options,
                    "fields": [one for one in options["fields"] if one not in FOR_SUPERUSERS],
                },
            )
            for title, options in fieldsets
        ]

    def formfield_for_manytomany(self, db_field: Any, request: Any, **kwargs: Any) -> Any:
        if db_field.name == "groups":
            kwargs["queryset"] = groups_within(request.user)
        elif db_field.name == "user_permissions":
            kwargs["queryset"] = asked_permissions()
        return super().formfield_for_manytomany(db_field, request, **kwargs)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return super().has_add_permission(request) and self._is_unlimited(request)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return super().has_change_permission(request, obj) and self._is_theirs(request, obj)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return super().has_delete_permission(request, obj) and self._is_theirs(request, obj)

    def _is_theirs(self, request: HttpRequest, user: Any) -> bool:
        return self._is_unlimited(request) and (user is None or not is_above(user, request.user))

    @staticmethod
    def _is_unlimited(request: HttpRequest) -> bool:
        return permissions.allowed_areas(request.user) is None

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet) -> None:
        for user in queryset:
            if self.has_delete_permission(request, user):
                self.delete_model(request, user)

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

    def get_actions(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        # Django 6.1 passes the place of the actions as well.
        actions = super().get_actions(request, *args, **kwargs)
        if not request.user.is_superuser:
            actions.pop("remove_second_factor", None)
        return actions


@admin.register(Group)
class PlainGroupAdmin(PlainAdmin, MeetingPages, GroupAdmin):
    """What the roles may do. Whoever changes that could give themselves anything: superusers."""

    form = AccountForm

    def formfield_for_manytomany(self, db_field: Any, request: Any, **kwargs: Any) -> Any:
        if db_field.name == "permissions":
            kwargs["queryset"] = asked_permissions()
        return super().formfield_for_manytomany(db_field, request, **kwargs)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return request.user.is_superuser

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return request.user.is_superuser

    has_delete_permission = has_change_permission
