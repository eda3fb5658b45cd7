"""The second factor: a time-based code (TOTP) of a device, or one of ten recovery codes."""

from __future__ import annotations

import io
import re
import unicodedata
from base64 import b32encode
from enum import StrEnum
from typing import Any

import segno
from django.conf import settings
from django.db import transaction
from django_otp.plugins.otp_totp.models import TOTPDevice

from projects.accounts import audit_log
from projects.models import RecoveryCode

from .audit_log import Action, subject_of


class Required(StrEnum):
    """Who must have a second factor; the setting `REQUIRE_SECOND_FACTOR`."""

    NONE = "none"
    SUPERUSERS = "superusers"
    STAFF = "staff"


def is_required(user: Any) -> bool:
    """Whether the setting requires a second factor of this user."""
    match settings.REQUIRE_SECOND_FACTOR:
        case Required.STAFF:
            return user.is_staff or user.is_superuser
        case Required.SUPERUSERS:
            return user.is_superuser
    return False


def is_lacking(user: Any) -> bool:
    """Whether this user must set up a second factor first. At most one query."""
    return is_required(user) and not is_set_up(user)


def is_set_up(user: Any) -> bool:
    return TOTPDevice.objects.filter(user=user, confirmed=True).exists()


# --- Setting up ----------------------------------------------------------------


@transaction.atomic
def begin(user: Any) -> None:
    """Create a device with a new secret; it is not used until a code confirms it."""
    TOTPDevice.objects.filter(user=user, confirmed=False).delete()
    TOTPDevice.objects.create(user=user, name="authenticator", confirmed=False)


def pending_device(user: Any) -> TOTPDevice | None:
    """The device that waits for its first code; None where there is none."""
    return TOTPDevice.objects.filter(user=user, confirmed=False).first()


def formatted_secret(device: TOTPDevice) -> str:
    """The secret in Base32, in groups of four, to be typed into a device."""
    text = b32encode(device.bin_key).decode().rstrip("=")
    return " ".join(re.findall(".{1,4}", text))


def qr_code(device: TOTPDevice) -> bytes:
    """The secret as a QR code in SVG; dark on white in the dark theme as well."""
    file = io.BytesIO()
    segno.make(device.config_url, error="m").save(file, kind="svg", scale=5, border=4, light="#fff")
    return file.getvalue()


@transaction.atomic
def confirm(user: Any, code: str) -> list[str] | None:
    """Confirm the pending device by its first code; returns recovery codes, which are not stored.

    None where the code is wrong. Ends all sessions, as they began without it.
    """
    device = TOTPDevice.objects.select_for_update().filter(user=user, confirmed=False).first()
    if device is None or not _is_valid(device, code):
        return None
    TOTPDevice.objects.filter(user=user).exclude(pk=device.pk).delete()
    device.confirmed = True
    device.save(update_fields=["confirmed"])
    codes = RecoveryCode.objects.replace_codes(user)
    audit_log.log(Action.SECOND_FACTOR_SET_UP, subject=subject_of(user))
    user.end_sessions()
    return codes


# --- Using and removing it -----------------------------------------------------


@transaction.atomic
def verify(user: Any, code: str) -> str | None:
    """Check a code and use it up: "code", "recovery code", or None for a wrong one.

    No code works twice, nor in two requests at once.
    """
    device = TOTPDevice.objects.select_for_update().filter(user=user, confirmed=True).first()
    if device is None:
        return None
    if _is_valid(device, code):
        return "code"
    if RecoveryCode.objects.consume(user, code):
        audit_log.log(Action.RECOVERY_CODE_USED, user=user, subject=subject_of(user))
        return "recovery code"
    return None


def _is_valid(device: TOTPDevice, code: str) -> bool:
    digits = re.sub(r"[\s-]", "", unicodedata.normalize("NFKC", code))
    return bool(re.fullmatch("[0-9]{6}", digits)) and device.verify_token(digits)


def make_recovery_codes(user: Any) -> list[str]:
    """Ten new recovery codes, which are not stored; the old ones stop working."""
    codes = RecoveryCode.objects.replace_codes(user)
    audit_log.log(Action.RECOVERY_CODES_MADE, subject=subject_of(user))
    return codes


@transaction.atomic
def remove(user: Any) -> bool:
    """Remove the second factor; returns whether there was one."""
    found = TOTPDevice.objects.filter(user=user, confirmed=True).exists()
    TOTPDevice.objects.filter(user=user).delete()
    RecoveryCode.objects.filter(user=user).delete()
    if found:
        audit_log.log(Action.SECOND_FACTOR_REMOVED, subject=subject_of(user))
    return found
