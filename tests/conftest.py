"""What every test may ask for: a client a face, and a world without a network, warnings or surprises."""

import shutil
import time
from collections.abc import Iterator

import hypothesis
import pytest
from django.conf import settings
from django.db import connection
from django.test import Client, TransactionTestCase
from django.test.client import ClientHandler

from config.wsgi import Face
from keng.desk.figures.upkeep import tally
from keng.ledger.triggers import lock as ledger_triggers
from keng.procedures.catalogue.triggers import lock as catalogue_triggers
from keng.procedures.figures.upkeep import tally as dossier_tally
from keng.procedures.forms.triggers import lock as form_triggers

# The same examples in every run: a red test can be looked at again, and a slow machine is no failure.
hypothesis.settings.register_profile("keng", deadline=None, derandomize=True, database=None, print_blob=False)
hypothesis.settings.load_profile("keng")


class FaceHandler(Face, ClientHandler):
    """The test client's handler, behind one face's urls and middleware."""

    def __init__(self, name: str, enforce_csrf_checks: bool) -> None:
        Face.__init__(self, name)
        self.enforce_csrf_checks = enforce_csrf_checks

    __call__ = ClientHandler.__call__  # type: ignore[assignment]


class FaceClient(Client):
    """A browser that knows one face only. On the desk it checks CSRF when asked to, as Django's own client does."""

    def __init__(self, name: str, enforce_csrf_checks: bool = False, **defaults: str) -> None:
        host = settings.FACE_HOSTS[name][0]
        super().__init__(enforce_csrf_checks=enforce_csrf_checks, HTTP_HOST=host, **defaults)  # type: ignore[arg-type]
        self.handler = FaceHandler(name, enforce_csrf_checks)


@pytest.fixture
def public() -> FaceClient:
    """The public face: what a villager's phone meets."""
    return FaceClient("public")


@pytest.fixture
def desk() -> FaceClient:
    """The desk: what an officer's browser meets; not signed in."""
    return FaceClient("desk")


@pytest.fixture
def my() -> FaceClient:
    """The citizens' face; not signed in."""
    return FaceClient("my")


@pytest.fixture(autouse=True, scope="session")
def _the_ledger_lets_itself_be_emptied_between_tests() -> Iterator[None]:
    """A test that commits is followed by emptying all tables, which the ledger's triggers refuse: for that moment they step aside."""
    empty = TransactionTestCase._fixture_teardown  # type: ignore[attr-defined]

    def empty_without_triggers(self: TransactionTestCase) -> None:
        ledger_triggers.drop(connection)
        catalogue_triggers.drop(connection)
        form_triggers.drop(connection)
        tally.drop(connection)  # it would count what is emptied
        dossier_tally.drop(connection)
        try:
            empty(self)
        finally:
            ledger_triggers.create(connection)
            catalogue_triggers.create(connection)
            form_triggers.create(connection)
            tally.create(connection)
            dossier_tally.create(connection)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(TransactionTestCase, "_fixture_teardown", empty_without_triggers)
        yield


@pytest.fixture(autouse=True)
def _no_hour_turns_within_a_test(request: pytest.FixtureRequest) -> None:
    """Hours, days and deadlines are counted from the hour: a test that began in one and looked in the next would find another."""
    left = 3600 - time.time() % 3600
    if left < (60 if request.node.get_closest_marker("e2e") else 5):
        time.sleep(left)


PUBLISHED = (settings.LEDGER_FOLDER, settings.LEDGER_KEYS)


@pytest.fixture(autouse=True)
def _what_is_published_goes_with_its_database() -> Iterator[None]:
    """The public log's files and keys outlive a rollback, and would contradict the next test's empty database."""
    yield
    for folder in PUBLISHED:
        if folder.exists():
            shutil.rmtree(folder)
