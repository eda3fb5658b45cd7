"""Sessions in the database that know whose they are. The engine of the site's sessions."""

from __future__ import annotations

from typing import Any

from django.contrib.auth import SESSION_KEY
from django.contrib.sessions.backends import db

from projects.models import SignedInSession


class SessionStore(db.SessionStore):
    @classmethod
    def get_model_class(cls) -> Any:
        return SignedInSession

    def create_model_instance(self, data: Any) -> Any:
        session = super().create_model_instance(data)
        user = data.get(SESSION_KEY)
        session.user_id = int(user) if user is not None else None
        return session


def end_sessions(user: Any) -> int:
    """End the sessions of a user at once, on whatever device; returns how many there were.

    An answer that is being made meanwhile cannot bring one back: it is refused.
    """
    return SignedInSession.objects.filter(user_id=user.pk).delete()[0]
