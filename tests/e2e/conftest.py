"""What the browser tests may ask for: a server with the demo's data, a villager's phone, an officer's screen."""

import os
import shutil
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright

from tests.e2e.reporter_stage import protocol, stage  # noqa: F401  fixtures
from tests.e2e.server import Server
from tests.e2e.voices_stage import voices  # noqa: F401  fixture

CHROMIUM = os.environ.get("KENG_CHROMIUM") or shutil.which("chromium") or "/usr/bin/chromium"
# Quiet: no look-ups of its own. A made-up microphone, which is always allowed.
FLAGS = [
    "--no-sandbox",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-quic",
    "--no-first-run",
    "--use-fake-device-for-media-stream",
    "--use-fake-ui-for-media-stream",
]
PHONE = {
    "viewport": {"width": 360, "height": 740},
    "device_scale_factor": 2,
    "is_mobile": True,
    "has_touch": True,
    "locale": "vi-VN",
    "timezone_id": "Asia/Ho_Chi_Minh",
}
SCREEN = {"viewport": {"width": 1280, "height": 800}, "locale": "vi-VN", "timezone_id": "Asia/Ho_Chi_Minh"}
NewPage = Callable[..., Page]
PATIENCE_MS = 15_000
expect.set_options(timeout=PATIENCE_MS)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Everything here needs Chromium, and comes last: what fails fast should."""
    here = Path(__file__).parent
    for item in items:
        if here in item.path.parents:
            item.add_marker(pytest.mark.e2e)
    items.sort(key=lambda item: here in item.path.parents)


@pytest.fixture(scope="session")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Server:
    """A data folder with the demo in it, made by the commands that `make run` uses; not serving. Copy it to change it."""
    server = Server(tmp_path_factory.mktemp("demo") / "var")
    server.run("tools/prepare.sh")
    server.var.with_name("demo.txt").write_text(server.manage("demo", "--dossiers", "120"))
    return server


@pytest.fixture(scope="session")
def server(demo: Server, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """The demo, served. Tests share it: they may add, but count on nothing that another may have added."""
    served = demo.copy(tmp_path_factory.mktemp("server") / "var").start()
    yield served
    served.stop()


@pytest.fixture
def fresh_server(demo: Server, tmp_path: Path) -> Iterator[Server]:
    """The demo, served for one test alone."""
    served = demo.copy(tmp_path / "var").start()
    yield served
    served.stop()


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    # Playwright keeps an event loop in this thread, which Django takes for a reason to refuse every query.
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield chromium
        chromium.close()
    del os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"]


@pytest.fixture
def contexts(browser: Browser) -> Iterator[list[BrowserContext]]:
    opened: list[BrowserContext] = []
    yield opened
    for context in opened:
        context.close()


@pytest.fixture
def errors() -> Iterator[list[str]]:
    """Uncaught errors of the pages that `new_phone` and `new_screen` opened: any makes the test fail. Clear it where one is meant."""
    seen: list[str] = []
    yield seen
    assert seen == []


def opener(browser: Browser, contexts: list[BrowserContext], errors: list[str], shape: Mapping[str, object]) -> NewPage:
    def new_page(**options: object) -> Page:
        context = browser.new_context(**{**shape, **options})  # type: ignore[arg-type]
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(PATIENCE_MS)
        page.on("pageerror", lambda error: errors.append(str(error)))
        return page

    return new_page


@pytest.fixture
def new_phone(browser: Browser, contexts: list[BrowserContext], errors: list[str]) -> NewPage:
    """`new_phone(java_script_enabled=False)`: a fresh phone, 360 px wide, with nothing stored."""
    return opener(browser, contexts, errors, PHONE)


@pytest.fixture
def new_screen(browser: Browser, contexts: list[BrowserContext], errors: list[str]) -> NewPage:
    """A fresh browser at an officer's desk, 1280 px wide."""
    return opener(browser, contexts, errors, SCREEN)


@pytest.fixture
def phone(new_phone: NewPage) -> Page:
    return new_phone()


@pytest.fixture
def screen(new_screen: NewPage) -> Page:
    return new_screen()
