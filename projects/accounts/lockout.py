"""How often somebody may try to sign in, decided before a password is looked at.

Three limits stand side by side. A name from one address is locked soon, which
locks its owner out nowhere else. An address is locked when it fails under many
names. A name that fails from many addresses is locked more slowly, and never for
an address from which its owner has signed in of late. Whether somebody of the
name exists changes nothing. See docs/decisions/0007.
"""

from __future__ import annotations

import unicodedata
from datetime import datetime, timedelta
from typing import Any

from projects.models import AttemptCount, AttemptLimit
from projects.models.attempt_count import Attempt, AttemptKey

from .client_address import client_network

QUARTER, HOUR = timedelta(minutes=15), timedelta(hours=1)

NAME_FROM_ADDRESS = AttemptLimit("a name from an address", 5, QUARTER, QUARTER)
ADDRESS = AttemptLimit("an address under all names", 30, QUARTER, QUARTER)
NAME = AttemptLimit("a name from all addresses", 50, HOUR, HOUR)
# Where the owner of a name has signed in, and for how long that is remembered.
KNOWN = AttemptLimit("known", 1, timedelta(days=60), HOUR)

# Of a million codes three hold at any time: so many tries find one in ten years.
CODE_FROM_ADDRESS = AttemptLimit("a code from an address", 5, QUARTER, QUARTER)
CODE = AttemptLimit("a code from all addresses", 20, HOUR, HOUR)
# Of who is signed in and says the password once more: a session may have been stolen.
CONFIRMATION = AttemptLimit("a confirmation", 5, QUARTER, QUARTER)

RESET_FROM_ADDRESS = AttemptLimit("a new password asked for from an address", 10, HOUR, HOUR)
RESET_OF_EMAIL = AttemptLimit("a new password asked for by an e-mail address", 3, HOUR, HOUR)


class LockedOut(Exception):  # noqa: N818  It is no fault of the site.
    """Too many attempts; `until` is when the next one is looked at."""

    def __init__(self, until: datetime) -> None:
        super().__init__(until)
        self.until = until


def folded(name: str) -> str:
    """A name as it is counted: however its case and width are varied."""
    return unicodedata.normalize("NFKC", name).casefold().strip()


def register_attempt(*keys: AttemptKey) -> Attempt:
    """Count an attempt. Raises LockedOut, before anything is looked at."""
    taken = AttemptCount.objects.take(keys)
    if taken.until is not None:
        raise LockedOut(taken.until)
    return taken


class SignInAttempt:
    """One attempt to sign in under a name, counted as it is made. Raises LockedOut."""

    def __init__(self, request: Any, name: str) -> None:
        network = client_network(request)
        self._own = NAME_FROM_ADDRESS.of(folded(name), network)
        self._shared = [ADDRESS.of(network)]
        self._known = KNOWN.of(folded(name), network)
        if not AttemptCount.objects.knows(self._known):
            self._shared.append(NAME.of(folded(name)))
        self.taken = register_attempt(self._own, *self._shared)

    def was_right(self) -> None:
        """The password was right: the attempt counts nowhere, and other failures still do."""
        for key in (self._own, *self._shared):
            AttemptCount.objects.give_back(key)


def record_success(request: Any, user: Any) -> None:
    """Forget the failures under the user's name from this address, and remember the address."""
    whose = folded(user.get_username()), client_network(request)
    AttemptCount.objects.forget(NAME_FROM_ADDRESS.of(*whose))
    AttemptCount.objects.forget(CODE_FROM_ADDRESS.of(user.pk, client_network(request)))
    AttemptCount.objects.remember(KNOWN.of(*whose))


def register_code_attempt(request: Any, user: Any) -> Attempt:
    """Count an attempt at the code of the second factor. Raises LockedOut."""
    network = client_network(request)
    keys = [CODE_FROM_ADDRESS.of(user.pk, network)]
    if not AttemptCount.objects.knows(KNOWN.of(folded(user.get_username()), network)):
        keys.append(CODE.of(user.pk))
    return register_attempt(*keys)


def register_confirmation_attempt(user: Any) -> Attempt:
    """Count an attempt of who is signed in to say their password. Raises LockedOut."""
    return register_attempt(CONFIRMATION.of(user.pk))


def confirmed(user: Any) -> None:
    AttemptCount.objects.forget(CONFIRMATION.of(user.pk))
