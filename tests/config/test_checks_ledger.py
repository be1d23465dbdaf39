"""S4: a public log that could not be published, signed or gone on with is refused at start-up."""

import os
from unittest import mock

import pytest
from pytest_django import Settings

from config import checks_ledger
from config.checks import CONFIGURATION, MACHINE
from keng.ledger import keys
from keng.ledger.models import Checkpoint
from keng.ledger.publication import publish
from tests.ledger.test_adoption import backup

pytestmark = pytest.mark.django_db


def ids() -> list[str]:
    """One sentence in each language that says what to do, for each refusal."""
    found = [error for check in MACHINE if check.__module__ == checks_ledger.__name__ for error in check()]
    for error in found:
        for sentence in (str(error.msg), str(error.hint)):
            assert ":" in sentence
            assert sentence.endswith(".")
            assert " / " not in sentence
    return [str(error.id) for error in found]


@pytest.mark.parametrize(
    ("hour", "refused"), [("0", 0), ("2", 0), ("23", 0), ("24", 1), ("", 1), ("2h", 1), ("²", 1), ("-1", 1)]
)
def test_s4_an_hour_that_is_none_is_refused(settings: Settings, hour: str, refused: int) -> None:
    settings.LEDGER_HOUR = hour
    assert [error.id for error in checks_ledger.log_has_an_hour()] == ["keng.E042"] * refused
    assert checks_ledger.log_has_an_hour in CONFIGURATION


def test_s4_a_log_without_a_key_is_refused_outside_the_demo_until_one_is_made(settings: Settings) -> None:
    assert ids() == []
    settings.DEMO = False
    assert ids() == ["keng.E040"]
    keys.ensure()
    assert ids() == []


def test_s4_a_lost_key_is_refused() -> None:
    keys.path_of(keys.ensure().vkey).unlink()
    assert ids() == ["keng.E040"]


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o660])
def test_s4_a_key_that_others_can_read_is_refused(mode: int) -> None:
    path = keys.path_of(keys.ensure().vkey)
    path.chmod(mode)
    assert ids() == ["keng.E040"]
    path.chmod(0o600)
    assert ids() == []


def test_s4_folders_that_cannot_be_written_are_refused(settings: Settings) -> None:
    with mock.patch.object(os, "access", return_value=False):
        assert ids() == ["keng.E041", "keng.E041"]
    settings.LEDGER_FOLDER = settings.VAR / "a file"
    settings.LEDGER_FOLDER.touch()
    assert ids()[0] == "keng.E041"
    settings.LEDGER_FOLDER.unlink()
    settings.LEDGER_FOLDER = settings.VAR / "not" / "yet"
    assert ids() == []


def test_s4_a_database_older_than_the_log_is_refused() -> None:
    publish(force=True)
    restore = backup()
    publish(force=True)
    assert ids() == []
    restore()
    assert ids() == ["keng.E043"]


def test_s4_another_databases_log_is_refused() -> None:
    publish(force=True)
    Checkpoint.objects.update(root=bytes(32))
    assert ids() == ["keng.E043"]
