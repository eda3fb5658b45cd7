"""Signing in with a second factor, as a person does it in a browser."""

import re
import time
from base64 import b32decode

import pytest
from django_otp.oath import TOTP
from django_otp.plugins.otp_totp.models import TOTPDevice
from playwright.sync_api import expect

from tests.factories import make_user

PASSWORD = "correct horse battery"


@pytest.fixture
def user(transactional_db):
    return make_user("viewer", username="wang", password=PASSWORD)


def enter_password(page):
    page.goto("/accounts/login/?next=/totals/")
    page.get_by_label("Username").fill("wang")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()


def enter_code(page, code):
    page.get_by_label("Code").fill(code)
    page.get_by_role("button", name="Sign in").click()


def sign_out(page):
    page.get_by_role("button", name="Sign out").click()
    expect(page.get_by_role("link", name="Sign in")).to_be_visible()


def test_a_second_factor_is_set_up_required_and_replaced_by_a_recovery_code(browser_page, user):
    page = browser_page
    enter_password(page)
    page.get_by_role("link", name="Your account").click()
    page.get_by_role("link", name="Set it up").click()
    page.get_by_role("button", name="Start").click()

    # The picture is drawn, within the policy, and the text beside it is the same secret.
    picture = page.get_by_role("img", name="The secret as a QR code")
    expect(picture).to_be_visible()
    # Waits for it, and raises where it cannot be drawn.
    assert picture.evaluate("image => image.decode().then(() => image.naturalWidth > 0)")
    secret = b32decode(page.locator(".secret .code").inner_text().replace(" ", ""))
    shown = TOTP(secret)
    page.get_by_label("Your password").fill(PASSWORD)
    page.get_by_label("Code").fill(f"{shown.token():06}")
    page.get_by_role("button", name="Set it up").click()

    expect(page.locator("li.code")).to_have_count(10)
    codes = page.locator("li.code").all_inner_texts()
    page.get_by_role("link", name="I have saved them").click()
    sign_out(page)

    # A code holds once: the device is moved back by as much as a person would wait.
    TOTPDevice.objects.update(last_t=-1)
    enter_password(page)
    expect(page.get_by_role("heading", name="Your second factor")).to_be_visible()
    shown.time = time.time()
    enter_code(page, f"{shown.token():06}")
    expect(page).to_have_url(re.compile("/totals/$"))
    sign_out(page)

    enter_password(page)
    enter_code(page, codes[0])
    expect(page).to_have_url(re.compile("/totals/$"))
    sign_out(page)

    enter_password(page)
    enter_code(page, codes[0])
    expect(page.get_by_text("Wrong code.")).to_be_visible()


def test_no_page_about_signing_in_is_wider_than_the_screen(browser_page, user):
    page = browser_page
    user.api_tokens.create(name="Uninterruptedly" * 6, digest="x")

    def fits(path):
        page.goto(path)
        for width, height in ((1440, 900), (390, 844), (320, 640)):
            page.set_viewport_size({"width": width, "height": height})
            assert page.evaluate("document.documentElement.scrollWidth") <= width, path

    for path in ("/accounts/login/", "/accounts/password-reset/", "/accounts/password-reset/a/b/"):
        fits(path)
    enter_password(page)
    expect(page).to_have_url(re.compile("/totals/$"))
    for path in ("/accounts/", "/accounts/password/", "/accounts/second-factor/"):
        fits(path)
    page.get_by_role("button", name="Start").click()
    expect(page.get_by_role("img", name="The secret as a QR code")).to_be_visible()
    fits("/accounts/second-factor/")
