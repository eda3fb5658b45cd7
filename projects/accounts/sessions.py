"""The session engine: sessions in the database that know when they end."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.contrib.auth import SESSION_KEY
from django.contrib.sessions.backends import db
from django.utils import timezone

MAX_AGE = timedelta(days=7)
SIGNED_IN_AT = "signed_in_at"


class SessionStore(db.SessionStore):
    """A session ends SESSION_COOKIE_AGE after its last renewal, and MAX_AGE after signing in.

    `expires_at` is None until the session has been loaded from the database.
    """

    expires_at: datetime | None = None

    def create_model_instance(self, data: Any) -> Any:
        if SESSION_KEY in data:
            data.setdefault(SIGNED_IN_AT, timezone.now().timestamp())
        return super().create_model_instance(data)

    def _get_session_from_db(self) -> Any:
        session = super()._get_session_from_db()
        self.expires_at = session.expire_date if session else None
        return session

    def get_session_cookie_age(self) -> int:
        age = settings.SESSION_COOKIE_AGE
        signed_in_at = self.get(SIGNED_IN_AT)
        if signed_in_at is None:
            return age
        left = signed_in_at + MAX_AGE.total_seconds() - timezone.now().timestamp()
        return max(0, min(age, int(left)))

    @property
    def seconds_left(self) -> int:
        """Seconds until the loaded session ends; 0 where there is none."""
        if self.expires_at is None:
            return 0
        return max(0, int((self.expires_at - timezone.now()).total_seconds()))
