"""Lockout of sign-in: attempts are counted before a password is looked at.

Three limits apply at once. A name from one address is locked after few failures,
which locks its owner out nowhere else. An address is locked when it fails under
many names. A name that fails from many addresses is locked after more failures,
but never for an address from which its owner has signed in recently. Whether an
account of the name exists makes no difference. See docs/decisions/0007.

Counted in the database, so that it fails closed; rate limits of reading are
counted in the cache (`rate_limit`) and fail open.
"""

from __future__ import annotations

import unicodedata
from datetime import datetime, timedelta
from typing import Any

from projects.models import AttemptCount, AttemptLimit
from projects.models.attempt_count import Attempt, AttemptKey

from .client_address import client_network

QUARTER, HOUR = timedelta(minutes=15), timedelta(hours=1)

NAME_FROM_ADDRESS = AttemptLimit("a name from an address", 5, QUARTER)
ADDRESS = AttemptLimit("an address under all names", 30, QUARTER)
NAME = AttemptLimit("a name from all addresses", 50, HOUR)
# The addresses from which a user has signed in, and how long each is remembered.
KNOWN = AttemptLimit("known", 1, timedelta(days=60))

# Three of a million codes are valid at any time: at this rate, guessing one takes ten years.
CODE_FROM_ADDRESS = AttemptLimit("a code from an address", 5, QUARTER)
CODE = AttemptLimit("a code from all addresses", 20, HOUR)
# A signed-in user who confirms with the password: the session may be stolen.
CONFIRMATION = AttemptLimit("a confirmation", 5, QUARTER)

RESET_FROM_ADDRESS = AttemptLimit("password resets from an address", 10, HOUR)
RESET_OF_EMAIL = AttemptLimit("password resets of an e-mail address", 3, HOUR)


class LockedOut(Exception):  # noqa: N818  An expected outcome, not an error of the site.
    """Too many attempts; `until` is when the next one is evaluated."""

    def __init__(self, until: datetime) -> None:
        super().__init__(until)
        self.until = until


def normalise_name(name: str) -> str:
    """The form under which a name is counted, independent of case and width."""
    return unicodedata.normalize("NFKC", name).casefold().strip()


def register_attempt(*keys: AttemptKey) -> Attempt:
    """Count an attempt before it is evaluated. Raises LockedOut."""
    attempt = AttemptCount.objects.register_attempt(keys)
    if attempt.locked_until is not None:
        raise LockedOut(attempt.locked_until)
    return attempt


class SignInAttempt:
    """One attempt to sign in under a name, counted when it is created. Raises LockedOut."""

    def __init__(self, request: Any, name: str) -> None:
        network, name = client_network(request), normalise_name(name)
        self._keys = [NAME_FROM_ADDRESS.key(name, network), ADDRESS.key(network)]
        if not AttemptCount.objects.is_remembered(KNOWN.key(name, network)):
            self._keys.append(NAME.key(name))
        self.attempt = register_attempt(*self._keys)

    def password_was_correct(self) -> None:
        """Stop counting this attempt; earlier failures still count."""
        for key in self._keys:
            AttemptCount.objects.undo_attempt(key)


def record_success(request: Any, user: Any) -> None:
    """Forget failures under the user's name from this address, and remember the address."""
    name, network = normalise_name(user.get_username()), client_network(request)
    AttemptCount.objects.reset(NAME_FROM_ADDRESS.key(name, network))
    AttemptCount.objects.reset(CODE_FROM_ADDRESS.key(user.pk, network))
    AttemptCount.objects.remember(KNOWN.key(name, network))


def register_code_attempt(request: Any, user: Any) -> Attempt:
    """Count an attempt at the code of the second factor. Raises LockedOut."""
    name, network = normalise_name(user.get_username()), client_network(request)
    keys = [CODE_FROM_ADDRESS.key(user.pk, network)]
    if not AttemptCount.objects.is_remembered(KNOWN.key(name, network)):
        keys.append(CODE.key(user.pk))
    return register_attempt(*keys)


def register_confirmation_attempt(user: Any) -> Attempt:
    """Count an attempt of a signed-in user to confirm with the password. Raises LockedOut."""
    return register_attempt(CONFIRMATION.key(user.pk))


def record_confirmation(user: Any) -> None:
    """Forget the failed confirmations of `user`."""
    AttemptCount.objects.reset(CONFIRMATION.key(user.pk))
