"""S4: start-up refuses an unsafe configuration in one sentence that says how to mend it. Each refusal here, by its id."""

import os
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from unittest import mock

import pytest
from django.core import checks as django_checks
from django.db import DatabaseError, connection
from pytest_django import Settings

from config import checks
from keng.desk.figures.upkeep import tally
from keng.mailbox.models import Box
from keng.procedures.catalogue.triggers import lock as catalogue_triggers
from keng.procedures.forms.triggers import lock as form_triggers
from tests.cast import Cast

GOOD_SECRET = "n4Q7zL1vT9xK3mB6wR8yH2cJ5sD0fG7pV1aX4eU9iO3tZ6kM8b"
ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def production(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Settings:
    """A safe configuration outside the demo; each test spoils one thing."""
    monkeypatch.setattr(checks, "connection", SimpleNamespace(vendor="sqlite"))
    settings.DEMO = False
    settings.SECRET_KEY = GOOD_SECRET
    settings.FACE_HOSTS = {"public": ["keng.tinh.gov.vn"], "desk": ["canbo.tinh.gov.vn"], "my": ["dan.tinh.gov.vn"]}
    settings.PUBLIC_ORIGIN = "https://keng.tinh.gov.vn"
    settings.DATABASE_URL = "sqlite:///srv/keng/keng.sqlite3"
    settings.IDENTITY_ISSUER = "https://dinh-danh.gov.example"  # the demo's, under which tests run, is this machine
    return settings


def ids() -> list[str]:
    return sorted({str(error.id) for error in checks.configuration()})


def test_s4_a_safe_configuration_is_not_refused(production: Settings) -> None:
    assert checks.configuration() == []


def test_s4_the_demo_on_this_machine_is_not_refused() -> None:
    assert checks.configuration() == []


@pytest.mark.parametrize(
    ("name", "value", "expected"),
    [
        ("SECRET_KEY", "", "keng.E001"),
        ("SECRET_KEY", GOOD_SECRET[:-1], "keng.E001"),
        ("SECRET_KEY", "demo only: not a secret", "keng.E002"),
        ("FACE_HOSTS", {"public": ["keng.tinh.gov.vn"], "desk": [""], "my": ["dan.tinh.gov.vn"]}, "keng.E003"),
        (
            "FACE_HOSTS",
            {"public": ["keng.tinh.gov.vn"], "desk": ["keng.tinh.gov.vn"], "my": ["dan.tinh.gov.vn"]},
            "keng.E004",
        ),
        ("FACE_HOSTS", {"public": ["keng.tinh.gov.vn"], "desk": ["*"], "my": ["dan.tinh.gov.vn"]}, "keng.E005"),
        ("FACE_HOSTS", {"public": ["keng.tinh.gov.vn"], "desk": ["canbo.vn:443"], "my": ["dan.vn"]}, "keng.E005"),
        ("FACE_HOSTS", {"public": ["keng.tinh.gov.vn"], "desk": [".tinh.gov.vn"], "my": ["dan.vn"]}, "keng.E005"),
        ("FACE_HOSTS", {"public": ["keng.tinh.gov.vn"], "desk": ["CanBo.vn"], "my": ["dan.vn"]}, "keng.E005"),
        ("PUBLIC_ORIGIN", "http://keng.tinh.gov.vn", "keng.E006"),
        ("PUBLIC_ORIGIN", "https://khac.tinh.gov.vn", "keng.E007"),
        ("PUBLIC_ORIGIN", "https://keng.tinh.gov.vn/b", "keng.E007"),
        ("PORT", "80a", "keng.E008"),
        ("PORT", "70000", "keng.E008"),
        ("PORT", "²", "keng.E008"),
        ("WORKERS", "2", "keng.E010"),
        ("FIGURES_AFTER", "27", "keng.E030"),
        ("FIGURES_AFTER", "ba mươi", "keng.E030"),
        ("DATABASE_URL", "mysql://root@localhost/keng", "keng.E009"),
        ("DATABASE_URL", "sqlite://keng.sqlite3", "keng.E009"),
        ("DATABASE_URL", "sqlite:", "keng.E009"),
    ],
)
def test_s4_one_unsafe_setting_is_refused_by_its_id(
    production: Settings, name: str, value: object, expected: str
) -> None:
    setattr(production, name, value)
    assert ids() == [expected]


def test_s4_several_processes_are_fine_on_postgresql(production: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    production.WORKERS = "4"
    monkeypatch.setattr(checks, "connection", SimpleNamespace(vendor="postgresql"))
    assert ids() == []


def test_s4_a_host_shared_between_faces_is_refused_in_the_demo_too(settings: Settings) -> None:
    settings.FACE_HOSTS = {**settings.FACE_HOSTS, "my": ["desk.localhost"]}
    assert ids() == ["keng.E004"]


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("FACE_HOSTS", {"public": ["127.0.0.1"], "desk": ["canbo.tinh.gov.vn"], "my": ["my.localhost"]}),
        ("FACE_HOSTS", {"public": ["127.0.0.1"], "desk": ["localhost.tinh.gov.vn"], "my": ["my.localhost"]}),
        ("LISTEN", "0.0.0.0"),
        ("LISTEN", "::"),
    ],
)
def test_s4_a_demo_that_others_could_reach_is_refused(settings: Settings, name: str, value: object) -> None:
    setattr(settings, name, value)
    assert ids() == ["keng.E011"]


def test_s4_every_command_of_django_meets_the_refusals(production: Settings) -> None:
    production.SECRET_KEY = ""
    assert "keng.E001" in [error.id for error in django_checks.run_checks()]


def test_s4_each_refusal_is_one_sentence_in_each_language_that_says_what_to_do(production: Settings) -> None:
    production.SECRET_KEY = ""
    production.FACE_HOSTS = {"public": [""], "desk": ["A"], "my": ["A"]}
    production.PUBLIC_ORIGIN, production.PORT, production.DATABASE_URL = "http://x", "x", "x"
    errors = checks.configuration()
    assert len(errors) >= 7
    for error in errors:
        for sentence in (str(error.msg), str(error.hint)):
            assert ":" in sentence, f"{error.id}: what is wrong, a colon, what to do"
            assert sentence.endswith("."), error.id


# What the machine itself lacks.


def machine_ids() -> list[str]:
    return [str(error.id) for error in checks.machine()]


@pytest.fixture
def ready(settings: Settings, tmp_path: Path, db: None) -> Settings:
    settings.VAR = tmp_path
    settings.STATIC_ROOT = tmp_path / "static"
    settings.STATIC_ROOT.mkdir()
    (settings.STATIC_ROOT / "staticfiles.json").write_text("{}")
    return settings


sqlite_only = pytest.mark.skipif("connection.vendor != 'sqlite'", reason="asks SQLite")


@sqlite_only
def test_s4_a_machine_that_is_ready_is_not_refused(ready: Settings) -> None:
    assert machine_ids() == []


def test_s4_a_missing_data_folder_is_refused(ready: Settings, tmp_path: Path) -> None:
    ready.VAR = tmp_path / "none"
    assert machine_ids() == ["keng.E012"]


def test_s4_a_data_folder_that_cannot_be_written_is_refused(ready: Settings) -> None:
    with mock.patch("os.access", return_value=False):
        assert set(machine_ids()) == {"keng.E012"}


def test_s4_a_database_that_does_not_open_is_refused(ready: Settings) -> None:
    with mock.patch.object(connection, "ensure_connection", side_effect=DatabaseError):
        assert machine_ids() == ["keng.E013"]


@sqlite_only
def test_s4_a_database_of_another_version_is_refused(ready: Settings) -> None:
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM django_migrations WHERE app = 'mailbox'")
    assert machine_ids() == ["keng.E014"]


@sqlite_only
def test_s4_a_database_that_would_lose_reports_in_a_power_cut_is_refused(ready: Settings) -> None:
    with mock.patch.object(connection, "cursor") as cursor:
        cursor.return_value.__enter__.return_value.fetchone.side_effect = [(1,), ("wal",), (0,)]
        refused = list(checks.database_is_durable())
    assert [error.id for error in refused] == ["keng.E015", "keng.E015"]
    assert "synchronous=1" in refused[0].msg
    assert "secure_delete=0" in refused[1].msg


def test_s4_postgresql_is_asked_whether_it_is_durable_and_new_enough(ready: Settings) -> None:
    with (
        mock.patch.object(connection, "vendor", "postgresql"),
        mock.patch.object(connection, "pg_version", 140010, create=True),
        mock.patch.object(connection, "cursor") as cursor,
    ):
        cursor.return_value.__enter__.return_value.fetchone.side_effect = [("off",), ("on",)]
        refused = list(checks.database_is_durable())
    assert [error.id for error in refused] == ["keng.E015", "keng.E016"]
    assert "synchronous_commit=off" in refused[0].msg


def test_s4_uncollected_static_files_are_refused(ready: Settings) -> None:
    (ready.STATIC_ROOT / "staticfiles.json").unlink()
    assert [error.id for error in checks.static_files_are_collected()] == ["keng.E017"]


@pytest.fixture
def serious(ready: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Outside the demo, on a database file that only its owner reads."""
    ready.DEMO = False
    file = tmp_path / "keng.sqlite3"
    file.touch(mode=0o600)
    monkeypatch.setattr(checks, "connection", SimpleNamespace(vendor="sqlite", settings_dict={"NAME": str(file)}))
    return file


def test_s4_a_database_with_the_demos_keys_is_refused_outside_the_demo(ready: Settings) -> None:
    Cast().box  # noqa: B018 - made when asked for
    Box.objects.update(demo_keys=True)
    assert list(checks.no_demo_keys()) == []
    ready.DEMO = False
    assert [error.id for error in checks.no_demo_keys()] == ["keng.E019"]
    Box.objects.update(demo_keys=False)
    assert list(checks.no_demo_keys()) == []
    assert checks.no_demo_keys in checks.MACHINE


@pytest.mark.parametrize("ending", ["", "-wal", "-shm"])
def test_s4_a_database_file_that_others_can_read_is_refused_outside_the_demo(
    serious: Path, settings: Settings, ending: str
) -> None:
    assert list(checks.database_is_private()) == []
    loose = Path(f"{serious}{ending}")
    loose.touch()
    loose.chmod(0o604)
    (refused,) = checks.database_is_private()
    assert refused.id == "keng.E020"
    assert f"chmod o= {loose}" in refused.msg
    settings.DEMO = True
    assert list(checks.database_is_private()) == []
    assert checks.database_is_private in checks.MACHINE


# The doors through which the refusals are met.


def start(*command: str, **environ: str) -> subprocess.CompletedProcess[str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("KENG_", "DJANGO_"))}
    return subprocess.run(
        [sys.executable, *command], cwd=ROOT, env={**kept, **environ}, capture_output=True, text=True, check=False
    )


@pytest.mark.parametrize("environ", [{}, {"KENG_DEMO": "1", "KENG_LISTEN": "0.0.0.0"}])
def test_s4_serve_refuses_with_sentences_and_without_a_traceback(environ: dict[str, Any], tmp_path: Path) -> None:
    done = start("manage.py", "serve", KENG_VAR=str(tmp_path), **environ)
    assert done.returncode == 1
    assert "keng.E" in done.stderr
    assert "Traceback" not in done.stdout + done.stderr


def test_s4_another_wsgi_server_is_refused_too(tmp_path: Path) -> None:
    done = start("-c", "import config.wsgi", KENG_VAR=str(tmp_path))
    assert done.returncode == 1
    assert "ImproperlyConfigured: keng.E001" in done.stderr


@pytest.mark.django_db
def test_an_upgrade_that_was_cut_short_is_noticed_by_its_figures():
    tally.drop(connection)
    assert [error.id for error in checks.figures_are_kept()] == ["keng.E031"]
    tally.create(connection)
    assert list(checks.figures_are_kept()) == []


@pytest.mark.django_db
@pytest.mark.parametrize("gone", [catalogue_triggers, form_triggers], ids=["procedures", "forms"])
def test_published_procedures_and_forms_without_their_locks_are_noticed(gone: Any) -> None:
    assert checks.what_was_posted_is_kept in checks.MACHINE
    gone.drop(connection)
    assert [error.id for error in checks.what_was_posted_is_kept()] == ["keng.E032"]
    gone.create(connection)
    assert list(checks.what_was_posted_is_kept()) == []


@pytest.mark.parametrize(
    ("url", "sender", "expected"),
    [
        ("", "", []),
        ("smtps://keng:x@mail.gov.example", "keng@dienbien.example", []),
        ("smtp+starttls://mail.gov.example", "Kẻng <keng@dienbien.example>", []),
        ("smtp://127.0.0.1:25", "keng@dienbien.example", []),
        ("smtp://mail.gov.example", "keng@dienbien.example", ["keng.E022"]),
        ("mail.gov.example:465", "keng@dienbien.example", ["keng.E021"]),
        ("smtps://keng:mat-khau@mail.gov.example:x", "keng@dienbien.example", ["keng.E021"]),
        ("smtps://mail.gov.example", "", ["keng.E023"]),
        ("smtps://mail.gov.example", "keng", ["keng.E023"]),
        ("smtps://mail.gov.example", "keng@dienbien.example\nBcc: x@y.example", ["keng.E023"]),
    ],
)
def test_s4_mail_goes_out_sealed_and_from_somewhere(
    production: Settings, url: str, sender: str, expected: list[str]
) -> None:
    production.SMTP_URL, production.MAIL_FROM = url, sender
    assert ids() == expected
    assert "mat-khau" not in checks.sentences(checks.configuration())
