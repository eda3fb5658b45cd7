from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _
from rest_framework import authentication, exceptions

from projects.accounts import second_factor
from projects.models import ApiToken
from projects.models.api_token import digest_of


class TokenAuthentication(authentication.BaseAuthentication):
    """Authentication by `Authorization: Token <key>`; a read-only key may only read.

    `request.auth` is the ApiToken. An invalid key is refused even for public data, so
    that clients notice it at once. Two queries.
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
                _("Invalid key: it is unknown or has expired, or its user is inactive.")
            )
        return token.user, token

    def authenticate_header(self, request: Any) -> str:
        return self.keyword


class SessionAuthentication(authentication.SessionAuthentication):
    """Authentication by the session of the pages. Refuses users who must have a second factor
    and have none; this does not apply to keys, which are created and revoked one by one."""

    def authenticate(self, request: Any) -> tuple[Any, None] | None:
        found = super().authenticate(request)
        if found is not None and second_factor.is_lacking(found[0]):
            raise exceptions.PermissionDenied(
                _("Set up your second factor first: /accounts/second-factor/.")
            )
        return found
