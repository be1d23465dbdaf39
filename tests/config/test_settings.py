"""What the settings promise whatever the environment says."""

import pytest
from django.conf import settings

from config.settings import database


def test_bodies_are_never_spooled_to_disk() -> None:
    """R6: Django's default writes bodies over 2.5 MB to a temporary file."""
    assert settings.FILE_UPLOAD_HANDLERS == ["django.core.files.uploadhandler.MemoryFileUploadHandler"]


def test_the_public_face_has_no_session_sign_in_locale_or_message_middleware() -> None:
    """R5."""
    _urls, middleware = settings.FACES["public"]
    assert middleware == ["whitenoise.middleware.WhiteNoiseMiddleware", "config.middleware.public_headers"]


@pytest.mark.parametrize(
    ("url", "host", "name", "user"),
    [
        ("postgresql://keng@/keng?host=/run/Postgres", "/run/Postgres", "keng", "keng"),
        ("postgresql://keng:p%40ss@db.tinh.gov.vn:5433/keng", "db.tinh.gov.vn", "keng", "keng"),
    ],
)
def test_a_postgresql_address_is_read_with_its_socket_folder_or_host(url: str, host: str, name: str, user: str) -> None:
    read = database(url)
    assert (read["HOST"], read["NAME"], read["USER"]) == (host, name, user)


def test_sqlite_syncs_every_commit_and_overwrites_what_is_erased() -> None:
    options = database("sqlite:///srv/keng.sqlite3")["OPTIONS"]
    assert isinstance(options, dict)
    for pragma in ("journal_mode=WAL", "synchronous=FULL", "secure_delete=ON"):
        assert pragma in options["init_command"]
    assert options["transaction_mode"] == "IMMEDIATE"
