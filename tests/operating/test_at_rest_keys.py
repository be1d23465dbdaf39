"""The by-hand block of docs/operating/at-rest-keys.md, run as it stands (S1): a backup and the copy of the key open a resident's file."""

import re
import shutil
import sqlite3
import subprocess
from contextlib import closing
from pathlib import Path

import pytest
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from pytest_django import Settings

from keng.core import at_rest
from keng.procedures.filing import files
from keng.procedures.models import Attachment
from tests.procedures.filing import made

DOCUMENT = Path(__file__).parents[2] / "docs/operating/at-rest-keys.md"
pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif("sqlite" not in str(settings.DATABASES["default"]["ENGINE"]), reason="a file is copied"),
]


def backup(to: Path) -> None:
    """Of the running database, as `sqlite3 .backup` makes it; through this process's own way to it, for tests open and close the file."""
    connection.ensure_connection()
    with closing(sqlite3.connect(to)) as target:
        connection.connection.backup(target)


def by_hand(folder: Path, file: int) -> Path:
    """Runs the block in `folder`, where the document's places stand; the opened file."""
    block = re.search(r"^```sh by-hand\n(.*?)^```$", DOCUMENT.read_text(), re.MULTILINE | re.DOTALL)
    assert block
    script = block[1].replace("/media/safe", str(folder / "safe")).replace("/backup", str(folder / "backup"))
    here = folder / str(file)
    here.mkdir()
    subprocess.run(["bash", "-euc", f"file={file}\n{script}"], cwd=here, check=True)
    return here / "file"


def test_s1_a_backup_and_the_copy_of_the_keys_open_every_file(tmp_path: Path, settings: Settings) -> None:
    settings.AT_REST_KEYS = tmp_path / "keys"
    first = files.store(upload=SimpleUploadedFile("a.pdf", made.pdf(2)), citizen=None)
    at_rest.make()
    second = files.store(upload=SimpleUploadedFile("b.png", made.png()), citizen=None)
    again = Attachment.objects.create(name="c.pdf", kind=first.kind, size=first.size, sha256=first.sha256, again=first)
    (tmp_path / "backup").mkdir()
    backup(tmp_path / "backup/keng.sqlite3")
    shutil.copytree(tmp_path / "keys", tmp_path / "safe/at-rest-keys")
    for one in (first, second, again):
        assert by_hand(tmp_path, one.pk).read_bytes() == files.plain(one)


def test_a_backup_shows_nothing_of_a_file_without_the_keys(tmp_path: Path, settings: Settings) -> None:
    settings.AT_REST_KEYS = tmp_path / "keys"
    kept = files.store(upload=SimpleUploadedFile("a.pdf", made.pdf()), citizen=None)
    (tmp_path / "backup").mkdir()
    backup(tmp_path / "backup/keng.sqlite3")
    assert b"%PDF-" not in (tmp_path / "backup/keng.sqlite3").read_bytes()
    (tmp_path / "safe/at-rest-keys").mkdir(parents=True)
    (tmp_path / "safe/at-rest-keys/001.age-key").write_text("")
    with pytest.raises(subprocess.CalledProcessError):
        by_hand(tmp_path, kept.pk)
