"""The admin of users and groups. Nobody can grant permissions that they lack themselves."""

from __future__ import annotations

from typing import Any

from django.contrib import admin, messages
from django.contrib.auth.admin import GroupAdmin, UserAdmin
from django.contrib.auth.forms import (
    AdminPasswordChangeForm,
    AdminUserCreationForm,
    UserChangeForm,
)
from django.contrib.auth.models import Group, Permission
from django.contrib.contenttypes.models import ContentType
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext
from django_otp.plugins.otp_totp.admin import TOTPDevice

from projects import names
from projects.accounts import audit_log, second_factor
from projects.models import AreaLimit, User, permissions
from projects.models.text_validation import check_text

from .autocomplete import AutocompleteInline
from .edit_conflicts import VersionedModelForm
from .labels import GroupFilter, GroupsField, PermissionsField, group_label
from .versioned import VersionedAdmin

# Nobody sees the secrets of others; a lost second factor is removed by an action of the list.
admin.site.unregister([Group, TOTPDevice])

FLAGS = ("is_active", "is_staff", "is_superuser")
# Only superusers grant these.
FOR_SUPERUSERS = ("is_superuser", "user_permissions")


def is_above(user: Any, editor: Any) -> bool:
    """Whether `user` has permissions that `editor` lacks, who then may not change the account."""
    return not permissions.has_full_access(editor) and (
        user.is_superuser or not user.get_all_permissions() <= editor.get_all_permissions()
    )


def groups_within(editor: Any) -> QuerySet:
    """The groups without any permission that `editor` lacks. Three queries at most."""
    groups = Group.objects.order_by("name")
    if permissions.has_full_access(editor):
        return groups
    own = editor.get_all_permissions()
    beyond = [
        permission.pk
        for permission in Permission.objects.filter(group__isnull=False)
        .select_related("content_type")
        .distinct()
        if f"{permission.content_type.app_label}.{permission.codename}" not in own
    ]
    return groups.exclude(permissions__in=beyond)


def used_permissions() -> QuerySet:
    """The permissions of models with pages in the admin: no others are checked anywhere.

    Django makes four for each table, derived ones and rows of history among them.
    """
    kinds = ContentType.objects.get_for_models(*admin.site._registry)
    found = Permission.objects.filter(content_type__in=kinds.values())
    return found.select_related("content_type")


class AreaLimitInline(AutocompleteInline):
    """The areas to which a user is limited. Edited by those who may change users."""

    model = AreaLimit
    extra = 1
    autocomplete_fields = ["area"]
    verbose_name_plural = _("Limited to these areas (none: no limit)")

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return request.user.has_perm("projects.view_user")

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return request.user.has_perm("projects.change_user")

    has_change_permission = has_delete_permission = has_add_permission


class NewUserForm(VersionedModelForm, AdminUserCreationForm):
    pass


class ChangedUserForm(VersionedModelForm, UserChangeForm):
    def related_values(self) -> list[str]:
        return [str(one) for one in self.instance.area_limits.values_list("pk", "area")]

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        if self.changes_of("groups")[0]:
            cleaned["is_staff"] = True
        return cleaned

    def changes_of(self, links: str) -> tuple[list[Any], list[Any]]:
        """The groups or permissions that the form adds, and those that it removes."""
        if links not in self.cleaned_data:
            return [], []
        before, after = self.initial.get(links, []), self.cleaned_data[links]
        return (
            [one for one in after if one not in before],
            [one for one in before if one not in after],
        )


class PasswordForm(AdminPasswordChangeForm):
    def save(self, commit: bool = True) -> Any:
        user = super().save(commit)
        audit_log.log(audit_log.Action.PASSWORD_CHANGED, subject=audit_log.subject_of(user))
        return user


class GroupForm(VersionedModelForm):
    """Two names of groups that differ only in case, width or spaces count as one.

    The rule is checked here, as this is where groups get their names: the model
    is Django's own and has no column for a database constraint. The names of
    `projects.accounts.roles` are fixed.
    """

    def clean_name(self) -> str:
        name = self.cleaned_data["name"]
        check_text(name, str(self.fields["name"].label))
        others = Group.objects.exclude(pk=self.instance.pk).values_list("name", flat=True)
        if names.unique_form(name) in map(names.unique_form, others):
            message = _("Another group has this name (ignoring case, width and spaces).")
            raise ValidationError(message, "unique")
        return name


@admin.register(User)
class RegisterUserAdmin(VersionedAdmin, UserAdmin):
    """Users and their roles. A user who is limited to areas administers none."""

    list_display = ["username", "first_name", "last_name", "is_active", "is_staff", "last_login"]
    list_filter = ["is_active", "is_staff", "is_superuser", ("groups", GroupFilter)]
    add_form = NewUserForm
    form = ChangedUserForm
    change_password_form = PasswordForm
    # Signing in changes them, which is no edit conflict.
    readonly_fields = ["last_login", "date_joined"]
    inlines = [AreaLimitInline]
    actions = ["remove_second_factor"]

    def get_inlines(self, request: HttpRequest, obj: Any) -> list[Any]:
        # A user is first created with a name and a password.
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
            kwargs["form_class"] = GroupsField
            kwargs["help_text"] = _(
                "The roles of this person. A new role also gives staff status, so that the person "
                "can use the administration."
            )
        elif db_field.name == "user_permissions":
            kwargs["queryset"] = used_permissions()
            kwargs["form_class"] = PermissionsField
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

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        super().save_related(request, form, formsets, change)
        user = form.instance
        if not change:
            audit_log.log_role(user, made_as=[name for name in FLAGS if getattr(user, name)])
            return
        flags = [name for name in FLAGS if name in form.cleaned_data]
        is_now, was = form.cleaned_data, form.initial
        joined, left = form.changes_of("groups")
        added, removed = form.changes_of("user_permissions")
        audit_log.log_role(
            user,
            gained=[name for name in flags if is_now[name] and not was[name]],
            lost=[name for name in flags if was[name] and not is_now[name]],
            joined=[group.name for group in joined],
            left=[group.name for group in left],
            add=[permission.codename for permission in added],
            remove=[permission.codename for permission in removed],
        )
        if any(rows.has_changed() for rows in formsets):
            limits = user.area_limits.values_list("area__code", flat=True)
            audit_log.log_role(user, limited_to=list(limits) or "no area")

    def delete_model(self, request: HttpRequest, obj: Any) -> None:
        audit_log.log_role(obj, lost=["account"])
        super().delete_model(request, obj)

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet) -> None:
        for user in queryset:
            if self.has_delete_permission(request, user):
                self.delete_model(request, user)

    def has_second_factor_permission(self, request: HttpRequest) -> bool:
        return request.user.is_superuser

    @admin.action(
        description=_("Remove the second factor of the chosen users"),
        permissions=["second_factor"],
    )
    def remove_second_factor(self, request: HttpRequest, queryset: QuerySet) -> None:
        """For users who have lost both the device and the recovery codes."""
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


@admin.register(Group)
class RegisterGroupAdmin(VersionedAdmin, GroupAdmin):
    """The permissions of roles. Only superusers change them: others could give themselves any."""

    form = GroupForm
    fields = ["name", "permissions"]
    list_display = ["label"]

    @admin.display(description=_("name"), ordering="name")
    def label(self, group: Any) -> str:
        return group_label(group)

    def formfield_for_manytomany(self, db_field: Any, request: Any, **kwargs: Any) -> Any:
        if db_field.name == "permissions":
            kwargs["queryset"] = used_permissions()
            kwargs["form_class"] = PermissionsField
        return super().formfield_for_manytomany(db_field, request, **kwargs)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return request.user.is_superuser

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return request.user.is_superuser

    has_delete_permission = has_change_permission

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        before = set(form.initial.get("permissions", ()))
        super().save_related(request, form, formsets, change)
        after = set(form.cleaned_data["permissions"])
        audit_log.log_role(
            form.instance,
            add=[permission.codename for permission in after - before],
            remove=[permission.codename for permission in before - after],
        )

    def delete_model(self, request: HttpRequest, obj: Any) -> None:
        for user in obj.user_set.all():
            audit_log.log_role(user, left=[obj.name])
        super().delete_model(request, obj)
