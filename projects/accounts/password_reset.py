"""Password reset by a link in an e-mail.

A request is only stored; a worker looks up the account and sends the mail. So
neither the response nor its timing tells who has an account.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.contrib.auth.forms import PasswordResetForm
from django.db import transaction
from django.utils import timezone, translation

from projects.accounts import audit_log
from projects.models import AttemptCount, ResetRequest

from . import lockout
from .audit_log import Action, subject_of
from .client_address import client_network

# Older requests are dropped: nobody expects their mail any more.
SEND_WITHIN = timedelta(hours=1)


def request_link(request: Any, email: str) -> None:
    """Store a request for a link. Raises LockedOut for a client with too many requests.

    Too many requests for one e-mail address are dropped silently. The work is
    the same whether or not an account has the address.
    """
    lockout.register_attempt(lockout.RESET_FROM_ADDRESS.key(client_network(request)))
    audit_log.log(Action.PASSWORD_RESET_ASKED, request)
    if AttemptCount.objects.register_attempt(
        [lockout.RESET_OF_EMAIL.key(lockout.normalise_name(email))]
    ).is_exceeded:
        return
    ResetRequest.objects.create(
        email=email, site=link_origin(request), language=translation.get_language() or "en"
    )


def link_origin(request: Any) -> str:
    """Scheme and host of the link. The host is one that ALLOWED_HOSTS names in full.

    Where it allows all hosts of a domain, a host that a visitor has forged must
    not end up in somebody else's link.
    """
    named = [host for host in settings.ALLOWED_HOSTS if not host.startswith(("*", "."))]
    host = request.get_host()
    if named and not settings.DEBUG and host.rpartition(":")[0] not in named and host not in named:
        host = named[0]
    return f"{request.scheme}://{host}"


def send_waiting() -> int:
    """Send the requested links; returns how many requests were processed."""
    processed = 0
    while _send_next():
        processed += 1
    return processed


def _send_next() -> bool:
    with transaction.atomic():
        waiting = ResetRequest.objects.select_for_update(skip_locked=True).order_by("pk")
        reset = waiting.first()
        if reset is None:
            return False
        # Deleted first: a mail may be lost, but is never sent twice.
        reset.delete()
    if timezone.now() - reset.requested_at < SEND_WITHIN:
        with translation.override(reset.language):
            _send(reset)
    return True


def _send(reset: ResetRequest) -> None:
    site = urlsplit(reset.site)
    form = ResetMailForm({"email": reset.email})
    if form.is_valid():
        form.save(
            domain_override=site.netloc,
            use_https=site.scheme == "https",
            email_template_name="registration/password_reset_email.txt",
            subject_template_name="registration/password_reset_subject.txt",
        )


class ResetMailForm(PasswordResetForm):
    """Sends Django's mail to each active user with the address and a usable password."""

    def send_mail(self, *args: Any, **kwargs: Any) -> None:
        context = args[2] if len(args) > 2 else kwargs["context"]
        audit_log.log(Action.PASSWORD_RESET_SENT, subject=subject_of(context["user"]))
        super().send_mail(*args, **kwargs)
