"""Every Vietnamese string of pages and code has its English, none doubtful, none left over; what is compiled is what is written."""

import re
import shutil
import subprocess
from pathlib import Path

import polib
import pytest
from django.core.management import call_command
from django.test import override_settings

from tests.test_architecture import tracked
from tools import catalogues

ROOT = Path(__file__).resolve().parents[1]
ENGLISH = ROOT / "locale/en/LC_MESSAGES/django.po"


@pytest.fixture(scope="module")
def in_the_source(tmp_path_factory: pytest.TempPathFactory) -> polib.POFile:
    """What xgettext finds in templates and Python. In a copy, for it writes beside what it reads."""
    folder = tmp_path_factory.mktemp("source")
    for path in tracked("keng/*.py", "keng/*.html", "keng/*.txt", "config/*.py", "templates/*"):
        copy = folder / path.relative_to(ROOT)
        copy.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(path, copy)
    (folder / "locale").mkdir()
    with override_settings(LOCALE_PATHS=[str(folder / "locale")]), pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        call_command("makemessages", locale=["en"], verbosity=0)
    return polib.pofile(str(folder / "locale/en/LC_MESSAGES/django.po"))


def key(entry: polib.POEntry) -> tuple[str, str]:
    return (entry.msgctxt or "", entry.msgid)


def test_every_string_has_its_english(in_the_source: polib.POFile) -> None:
    english = {key(entry): entry for entry in polib.pofile(str(ENGLISH)) if not entry.obsolete}
    missing = [entry for entry in in_the_source if key(entry) not in english or not english[key(entry)].translated()]
    assert [f"{entry.occurrences}: {entry.msgid}" for entry in missing] == []
    assert len(english) > 20


def test_no_english_is_doubtful_or_left_over(in_the_source: polib.POFile) -> None:
    used = {key(entry) for entry in in_the_source}
    english = polib.pofile(str(ENGLISH))
    assert [entry.msgid for entry in english if entry.fuzzy] == []
    assert [entry.msgid for entry in english if entry.obsolete or key(entry) not in used] == []


def test_english_has_the_same_places_to_fill_in() -> None:
    """A place that one side lacks would show as an error or as nothing. One thing may be named without its number."""
    place = re.compile(r"%\(\w+\)[sd]|%[sd]|\{\w*\}")
    for entry in polib.pofile(str(ENGLISH)):
        wanted = set(place.findall(entry.msgid + entry.msgid_plural))
        for number, english in (entry.msgstr_plural or {1: entry.msgstr}).items():
            given = set(place.findall(english))
            assert given <= wanted, entry.msgid
            assert given == wanted or number == 0, entry.msgid


def test_gettexts_own_checks_find_nothing() -> None:
    command = ["msgfmt", "--check-format", "--check-header", "--output-file", "-", str(ENGLISH)]
    done = subprocess.run(command, capture_output=True, check=False)
    assert done.returncode == 0, done.stderr.decode()


def test_the_compiled_catalogue_is_the_written_one(tmp_path: Path) -> None:
    """It is committed, so that running needs no gettext."""
    assert catalogues.outdated(ROOT / "locale") == []
    copy = tmp_path / "locale"
    shutil.copytree(ROOT / "locale", copy)
    written = next(copy.glob("en/LC_MESSAGES/django.po"))
    written.write_text(written.read_text() + '\nmsgid "Thêm một câu"\nmsgstr "One more sentence"\n')
    assert catalogues.outdated(copy) == [written]
