"""Django's own admins of users and groups, made fit for many of them."""

from django.contrib import admin
from django.contrib.auth.admin import GroupAdmin, UserAdmin
from django.contrib.auth.models import Group, User

from .base import PlainAdmin

admin.site.unregister([User, Group])


@admin.register(User)
class PlainUserAdmin(PlainAdmin, UserAdmin):
    pass


@admin.register(Group)
class PlainGroupAdmin(PlainAdmin, GroupAdmin):
    pass
