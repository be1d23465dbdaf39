"""A language of nonsense, so that nobody takes its words for anybody's."""

import pytest

from keng.mailbox import pages
from keng.mailbox.languages import prompts, wordings
from keng.mailbox.models import Box, Language
from tests.cast import Cast

WHO = {"by": "quan", "office": "ca-dien-bien"}


@pytest.fixture(autouse=True)
def forget_pages() -> None:
    """Boxes of different tests have the same name and version."""
    for kept in (pages._report_page, pages._return_page, pages._guide_page, prompts._pack):
        kept.cache_clear()


@pytest.fixture
def cast() -> Cast:
    return Cast()


@pytest.fixture
def box(cast: Cast) -> Box:
    """It speaks the language."""
    box = cast.box
    box.languages = ["vi", "en", "hmv"]
    box.save()
    return box


@pytest.fixture
def language(db: None) -> Language:
    return wordings.add_language(code="hmv", name="Zabu", name_in_vietnamese="Thử", **WHO)
