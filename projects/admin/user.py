"""Django's own admins of users and groups, made fit for many of them."""

from django import forms
from django.contrib import admin
from django.contrib.auth.admin import GroupAdmin, UserAdmin
from django.contrib.auth.forms import AdminUserCreationForm, UserChangeForm
from django.contrib.auth.models import Group, User
from django.core.exceptions import ValidationError

from projects.account_names import check_account

from .base import PlainAdmin

admin.site.unregister([User, Group])


class AccountForm(forms.ModelForm):
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
    pass


@admin.register(User)
class PlainUserAdmin(PlainAdmin, UserAdmin):
    add_form = NewUserForm
    form = ChangedUserForm


@admin.register(Group)
class PlainGroupAdmin(PlainAdmin, GroupAdmin):
    form = AccountForm
