"""S4: keys of residents' files that are missing, wrong or open to others are refused at start-up."""

from pathlib import Path

import pytest
from pytest_django import Settings

from config import checks_at_rest
from config.checks import MACHINE
from keng.core import at_rest
from keng.procedures.models import Attachment, AttachmentBytes

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _keys_of_their_own(settings: Settings, tmp_path: Path) -> None:
    settings.AT_REST_KEYS = tmp_path / "keys"


def ids() -> list[str]:
    """One sentence in each language that says what to do, for each refusal."""
    found = [error for check in MACHINE if check.__module__ == checks_at_rest.__name__ for error in check()]
    for error in found:
        for sentence in (str(error.msg), str(error.hint)):
            assert ":" in sentence
            assert sentence.endswith(".")
    return [str(error.id) for error in found]


def sealed_file() -> None:
    kept = Attachment.objects.create(name="a.pdf", kind="application/pdf", size=1, sha256="")
    AttachmentBytes.objects.create(attachment=kept, sealed=at_rest.seal(b"tep"))


def test_s4_no_key_is_refused_outside_the_demo_until_one_is_made(settings: Settings) -> None:
    assert ids() == []
    settings.DEMO = False
    assert ids() == ["keng.E050"]
    at_rest.ensure()
    assert ids() == []


def test_s4_a_key_that_cannot_be_read_is_refused() -> None:
    at_rest.make().write_text("không phải khoá")
    assert ids() == ["keng.E051"]


def test_s4_a_database_that_came_back_without_its_keys_is_refused() -> None:
    sealed_file()
    assert ids() == []
    at_rest.paths()[0].unlink()
    assert ids() == ["keng.E051"]
    at_rest.make()
    assert ids() == ["keng.E051"]


@pytest.mark.parametrize(("place", "mode"), [("file", 0o640), ("file", 0o604), ("folder", 0o750), ("folder", 0o701)])
def test_s4_a_key_that_others_can_reach_is_refused(place: str, mode: int) -> None:
    path = at_rest.make()
    target, safe = (path, 0o600) if place == "file" else (path.parent, 0o700)
    target.chmod(mode)
    assert ids() == ["keng.E052"]
    target.chmod(safe)
    assert ids() == []
