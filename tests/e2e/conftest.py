"""Pages in a real browser.

`browser_page` is a Playwright page on the live server. Its test fails, whatever
else it finds, when the page wrote an error to the console (a breach of the
Content-Security-Policy does), raised one, or asked another server for anything.
"""

import os
import shutil
import threading
from collections.abc import Iterator
from typing import Any

import pytest
from django.core.handlers.wsgi import WSGIHandler
from playwright.sync_api import Browser, ConsoleMessage, Page, Request, sync_playwright

FLAGS = [
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    # It would ask its maker for news.
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


@pytest.fixture(scope="session", autouse=True)
def one_request_at_a_time() -> Iterator[None]:
    """Let the live server run one request at a time.

    Its threads share the one connection to a database in memory, on which queries of two
    requests at once get each other's rows.
    """
    lock = threading.Lock()
    respond = WSGIHandler.__call__

    def respond_alone(handler: WSGIHandler, *arguments: Any) -> Any:
        with lock:
            return respond(handler, *arguments)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(WSGIHandler, "__call__", respond_alone)
        yield


@pytest.fixture(scope="session")
def chromium() -> str:
    """Where the browser is. Playwright's own would have to be downloaded."""
    for name in ("chromium", "chromium-browser", "google-chrome"):
        if found := shutil.which(name):
            return found
    if os.environ.get("REQUIRE_BROWSER") == "1":
        pytest.fail("Chromium is not installed (package chromium), and REQUIRE_BROWSER=1.")
    pytest.skip("Chromium is not installed (package chromium).")


@pytest.fixture(scope="module")
def browser(chromium: str) -> Iterator[Browser]:
    """One browser for a file of tests.

    Playwright's plain interface hides an event loop in this thread, by which
    Django takes every query here for one inside a coroutine. There is none:
    so Django is told, for as long as the loop lives. Not for the session,
    as the other tests would then run beside the loop.
    """
    # Chromium's sandbox needs an account other than root.
    flags = FLAGS + ["--no-sandbox"] * (os.geteuid() == 0)
    with (
        pytest.MonkeyPatch.context() as patch,
        sync_playwright() as playwright,
        playwright.chromium.launch(executable_path=chromium, args=flags) as browser,
    ):
        patch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "true")
        yield browser


@pytest.fixture
def browser_page(browser: Browser, live_server) -> Iterator[Page]:
    """A page of a fresh visitor, whose relative addresses are the live server's."""
    complaints: list[str] = []
    visited: set[str] = set()

    def note_request(request: Request) -> None:
        if request.is_navigation_request():
            visited.add(request.url)
        if not request.url.startswith((live_server.url, "data:", "blob:")):
            complaints.append(f"asked another server: {request.url}")

    def note_message(message: ConsoleMessage) -> None:
        address = message.location["url"]
        # A page that answers 400 is for its test to judge, by its response; and
        # a browser asks for this icon whether or not a page names one.
        judged = address in visited or address.endswith("/favicon.ico")
        if message.type == "error" and not (judged and "Failed to load" in message.text):
            complaints.append(f"console: {message.text} ({address})")

    with browser.new_context(base_url=live_server.url, locale="en-GB") as context:
        page = context.new_page()
        page.on("request", note_request)
        page.on("console", note_message)
        page.on("pageerror", lambda error: complaints.append(f"raised: {error}"))
        yield page
    assert not complaints
