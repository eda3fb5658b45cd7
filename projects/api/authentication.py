from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _
from rest_framework import authentication, exceptions

from projects.accounts import second_factor
from projects.models import ApiToken
from projects.models.api_token import digest_of


class TokenAuthentication(authentication.BaseAuthentication):
    """`Authorization: Token <key>`: a user's rights by a key, or with a read-only one just reading.

    `request.auth` is the ApiToken. A key that does not hold is refused even
    where anybody may read, so that a client learns of it at once. Two queries.
    """

    keyword = "Token"

    def authenticate(self, request: Any) -> tuple[Any, ApiToken] | None:
        scheme, _space, given = authentication.get_authorization_header(request).partition(b" ")
        if scheme.lower() != self.keyword.lower().encode():
            return None
        try:
            key = given.strip().decode("ascii")
        except UnicodeDecodeError:
            key = ""
        if not key or " " in key:
            raise exceptions.AuthenticationFailed(
                _("Write the key after one space: “Authorization: Token <key>”.")
            )
        token = (
            ApiToken.objects.usable().select_related("user").filter(digest=digest_of(key)).first()
        )
        if token is None or not token.has_its_roles():
            raise exceptions.AuthenticationFailed(
                _(
                    "This key does not hold: it is unknown or has expired, or its user is no "
                    "longer active."
                )
            )
        return token.user, token

    def authenticate_header(self, request: Any) -> str:
        return self.keyword


class SessionAuthentication(authentication.SessionAuthentication):
    """Whoever is signed in on the pages; one that must have a second factor, and lacks it, is
    refused. Keys are not touched by that: they are made one by one, and end one by one."""

    def authenticate(self, request: Any) -> tuple[Any, None] | None:
        found = super().authenticate(request)
        if found is not None and second_factor.is_lacking(found[0]):
            raise exceptions.PermissionDenied(
                _("Set up your second factor first: /accounts/second-factor/.")
            )
        return found
