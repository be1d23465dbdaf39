"""Providers that run for the whole session, and a Kẻng that trusts one of them."""

from collections.abc import Iterator
from typing import Any

import pytest

from keng.accounts.citizens import line, provider
from tests.accounts.citizens.hostile import Hostile, run
from tests.accounts.citizens.providers import Browser, Running, start
from tests.conftest import FaceClient

_running: dict[str, Running] = {}


@pytest.fixture(scope="session")
def providers(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    def ask(name: str) -> Running:
        if name not in _running:
            _running[name] = start(name, tmp_path_factory.mktemp(name))
        return _running[name]

    yield ask
    for each in _running.values():
        each.stop()
    _running.clear()


@pytest.fixture(autouse=True)
def _nothing_kept_of_an_earlier_provider() -> Iterator[None]:
    provider.forget()
    line.rested()
    yield
    provider.forget()
    line.rested()


@pytest.fixture(params=["mock", "allauth"])
def trusted(request: pytest.FixtureRequest, providers: Any, settings: Any, monkeypatch: pytest.MonkeyPatch) -> Running:
    """Each of the two implementations in turn; the settings trust it."""
    monkeypatch.setattr(line, "SECONDS", 60.0)  # a busy machine is no slow provider
    running = providers(request.param)
    settings.IDENTITY_ISSUER = running.issuer
    return running


@pytest.fixture
def browser(trusted: Running) -> Browser:
    return Browser(FaceClient("my"), trusted)


@pytest.fixture
def hostile(settings: Any) -> Iterator[Hostile]:
    made = Hostile()
    stop = run(made)
    settings.IDENTITY_ISSUER = made.issuer
    yield made
    stop()
