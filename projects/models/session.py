from __future__ import annotations

from importlib import import_module
from typing import Any

from django.conf import settings
from django.contrib.sessions.base_session import AbstractBaseSession
from django.db import models


class SignedInSession(AbstractBaseSession):
    """One row is one session, which knows whose it is: all of a user's can be ended at once.

    `user_id` is null before somebody has signed in. Without a constraint: a session
    of a user who is gone leads nowhere.
    """

    user_id = models.BigIntegerField(null=True, db_index=True)

    class Meta(AbstractBaseSession.Meta):
        # Used by the site alone; no user has permissions for it.
        default_permissions = ()

    def __str__(self) -> str:
        # Not its key, which is all that a thief needs.
        return f"session of {self.user_id}"

    @classmethod
    def get_session_store_class(cls) -> Any:
        return import_module(settings.SESSION_ENGINE).SessionStore
