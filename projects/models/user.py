from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import chain, combinations, islice
from typing import Any

from django.conf import settings
from django.contrib.auth.models import AbstractUser
from django.core.exceptions import ValidationError
from django.db import models
from django.utils import timezone
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext_lazy as _

from projects import names

from .text_validation import check_text

NAME_TAKEN = _("Another user has this name (ignoring case, width and spaces).")
NAMES = ("username", "first_name", "last_name", "email")
LONGEST_KEY = 500
# A user with n roles has 2**n sets of fewer roles; the largest sets are tried first.
MOST_FALLBACKS = 1000


class User(AbstractUser):
    """One row is one person who signs in, or a program that uses the API.

    Two names that differ only in case, width or spaces count as one:
    `username_key` is the name without these differences, and unique. Names
    contain no invisible characters. `save` checks both, and raises
    ValidationError by field.

    Sessions and API keys are valid only as long as the state they were issued
    under: the password, an active account, and every role the user had at that
    time. This is checked at each request and does not depend on how the change
    was made: a form, a command, SQL. `sessions_valid_from` and
    `keys_valid_from` end older sessions and keys for reasons that leave no other
    trace, such as a second factor that was set up.
    """

    username_key = models.CharField(max_length=LONGEST_KEY, unique=True, editable=False)
    sessions_valid_from = models.DateTimeField(default=timezone.now, editable=False)
    keys_valid_from = models.DateTimeField(default=timezone.now, editable=False)

    def save(self, **kwargs: Any) -> None:
        """Check the names if they are saved: one query more, none at a sign-in."""
        fields = kwargs.get("update_fields")
        if fields is None or not set(NAMES).isdisjoint(fields):
            self.check_names()
        # A password that is only rehashed at a sign-in is not kept in `_password`.
        if self._password is not None or not self.is_active:
            self.keys_valid_from = timezone.now()
        if not self.is_active:
            # So that old sessions and keys stay invalid when the account is activated again.
            self.sessions_valid_from = self.keys_valid_from
        if fields is not None:
            kwargs["update_fields"] = {*fields, *self._derived_from(fields)}
        super().save(**kwargs)

    @staticmethod
    def _derived_from(fields: Iterable[str]) -> Iterator[str]:
        for sources, derived in (
            ({"username"}, "username_key"),
            ({"password", "is_active"}, "keys_valid_from"),
            ({"is_active"}, "sessions_valid_from"),
        ):
            if not sources.isdisjoint(fields):
                yield derived

    # --- Names -----------------------------------------------------------------

    def clean(self) -> None:
        super().clean()
        self.check_names()

    def check_names(self) -> None:
        """Set `username_key`; raise ValidationError, by field, for invalid names. One query."""
        # Empty if a form has refused the name.
        self.username_key = names.unique_form(self.username or "")[:LONGEST_KEY]
        problems: dict[str, Any] = {}
        for name in NAMES:
            try:
                check_text(getattr(self, name) or "", str(self._meta.get_field(name).verbose_name))
            except ValidationError as error:
                problems[name] = [error]
        others = User.objects.filter(username_key=self.username_key).exclude(pk=self.pk)
        if "username" not in problems and others.exists():
            problems["username"] = [ValidationError(NAME_TAKEN, "unique")]
        if problems:
            raise ValidationError(problems)

    # --- Sessions and API keys ---------------------------------------------------

    def set_unusable_password(self) -> None:
        super().set_unusable_password()
        self.keys_valid_from = timezone.now()

    def end_sessions(self) -> None:
        """End all sessions of the user; API keys stay valid. One query."""
        self.sessions_valid_from = timezone.now()
        self.save(update_fields=["sessions_valid_from"])

    def roles(self) -> frozenset[str]:
        """Groups, and staff and superuser status. One query, unless prefetched.

        Not kept in a column: membership of a group ends by the user's form, by the
        deletion of the group or in a shell, and a column could follow all of these only by
        signals.
        """
        flags = [name for name in ("is_staff", "is_superuser") if getattr(self, name)]
        return frozenset([*flags, *(f"group {group.pk}" for group in self.groups.all())])

    def get_session_auth_hash(self) -> str:
        """Password, roles and `sessions_valid_from`, keyed with SECRET_KEY. One query."""
        return self._session_hash(self.roles())

    def get_session_auth_fallback_hash(self) -> Iterator[str]:
        """Hashes of sessions that stay valid although `get_session_auth_hash` has changed.

        Those that began with fewer roles, so that a user who gains a role stays
        signed in, and those made with SECRET_KEY_FALLBACKS. One query.
        """
        roles = self.roles()
        sizes = range(len(roles) - 1, -1, -1)
        fewer = chain.from_iterable(combinations(roles, size) for size in sizes)
        for some in islice(fewer, MOST_FALLBACKS):
            yield self._session_hash(some)
        for secret in settings.SECRET_KEY_FALLBACKS:
            yield self._session_hash(roles, secret)

    def _session_hash(self, roles: Iterable[str], secret: str | bytes | None = None) -> str:
        since = self.sessions_valid_from.timestamp()
        state = "\n".join([self.password, str(since), *sorted(roles)])
        return salted_hmac("projects.session", state, secret, algorithm="sha256").hexdigest()
