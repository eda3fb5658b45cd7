from __future__ import annotations

from typing import Any

from django.contrib.auth import get_permission_codename
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from rest_framework import permissions

from projects.models import ApiToken

ACTIONS = {"POST": ("add",), "PUT": ("change",), "PATCH": ("change",), "DELETE": ("delete",)}
# The viewset actions that decide about drafts.
REVIEWING = ("publish", "send_back")


class ReadOnlyOrModelPermission(permissions.BasePermission):
    """Reading is public; writing needs the model permission, and a key that may write.

    A view with a method that either adds or changes lists both in `actions`, and
    checks itself which of them each record needs.
    """

    message = _("You may read this, but not write it.")

    def has_permission(self, request: Any, view: Any) -> bool:
        if request.method not in ACTIONS or request.method not in view.allowed_methods:
            # Methods without a handler are refused with 405 later.
            return True
        if not request.user.is_authenticated:
            return False
        if isinstance(request.auth, ApiToken) and request.auth.read_only:
            self.message = gettext("This key is for reading only.")
            return False
        options = view.model._meta
        if getattr(view, "action", None) in REVIEWING:
            actions = ("publish",)
        else:
            actions = getattr(view, "actions", ACTIONS)[request.method]
        codenames = [get_permission_codename(action, options) for action in actions]
        if any(request.user.has_perm(f"{options.app_label}.{name}") for name in codenames):
            return True
        self.message = gettext("You may read this, but lack the permission “%(name)s”.") % {
            "name": codenames[0]
        }
        return False
