"""The catalogue holds every sentence of the pages that it is for."""

import json
import re
import subprocess
from pathlib import Path

import pytest

from keng.mailbox.languages.sentences import NOT_TRANSLATED, Sort, by_text, sentences, spoken_in
from keng.mailbox.models import Box

ROOT = Path(__file__).resolve().parents[3]
TEMPLATES = ROOT / "keng/mailbox/templates/mailbox"
TRANSLATED = re.compile(r'{% translate "([^"]+)" %}')


@pytest.mark.parametrize("page", ["report", "return", "guide"])
def test_every_sentence_of_a_page_is_in_the_catalogue(page: str) -> None:
    found = TRANSLATED.findall((TEMPLATES / f"{page}.html").read_text())
    assert len(found) > 10
    assert [text for text in found if text not in by_text()] == [], (
        "a line in keng/mailbox/languages/sentences.toml is missing"
    )


def test_every_word_of_the_scripts_is_in_the_catalogue_but_what_goes_into_a_report() -> None:
    bundle = json.loads((ROOT / "keng/mailbox/languages/bundle.json").read_text())
    assert set(bundle) - set(sentences()) == NOT_TRANSLATED
    assert all(sentences()[key].text == text for key, text in bundle.items() if key not in NOT_TRANSLATED)


def test_no_sentence_of_the_list_is_left_over() -> None:
    used = {text for page in TEMPLATES.glob("*.html") for text in TRANSLATED.findall(page.read_text())} | {
        "Bản, tổ",
        "Xã, phường",
    }
    listed = {one.text for one in sentences().values() if re.match(r"(page|back|guide)\.\w+$", one.key)}
    assert listed - used == set()


def test_keys_fit_their_column_and_name_what_they_are() -> None:
    assert all(re.fullmatch(r"[a-z]+(\.\w+)+", key) and len(key) <= 64 for key in sentences())


@pytest.mark.parametrize(
    ("key", "sort"),
    [
        ("page.forward", Sort.CONSENT),
        ("page.no_answer", Sort.CONSENT),
        ("page.public", Sort.CONSENT),
        ("page.locked", Sort.LEGAL),
        ("page.danger", Sort.LEGAL),
        ("report.untrusted.pin", Sort.LEGAL),
        ("report.risks", Sort.LEGAL),
        ("return.deletesAtOnce", Sort.LEGAL),
        ("return.deleteSure", Sort.LEGAL),
        ("return.deleteAsk", Sort.LEGAL),
        ("return.keepIt", Sort.LEGAL),
        ("return.forwardedTo", Sort.LEGAL),
        ("guide.keep", Sort.LEGAL),
        ("report.forwardLabel", Sort.CONSENT),
        ("report.answerLabel", Sort.CONSENT),
        ("report.yes", Sort.CONSENT),
        ("report.no", Sort.CONSENT),
        ("report.look", Sort.PLAIN),
    ],
)
def test_consents_and_promises_are_told_from_plain_words(key: str, sort: Sort) -> None:
    assert sentences()[key].sort is sort


@pytest.mark.parametrize("kind", Box.Kind)
def test_a_box_speaks_its_own_heading_and_choices_and_no_other_kinds(kind: str) -> None:
    keys = {one.key for one in spoken_in(kind)}
    assert {key for key in keys if key.startswith("page.heading.")} == {f"page.heading.{kind}"}
    assert {key.split(".")[2] for key in keys if key.startswith("page.choice.")} == {kind}
    assert ("page.locked" in keys) == (kind != Box.Kind.COMPLAINT)
    assert len(keys) >= 40


def test_the_words_that_the_scripts_say_are_what_the_sources_build(tmp_path: Path) -> None:
    subprocess.run(["tools/node_modules.sh"], cwd=ROOT, check=True, capture_output=True)
    subprocess.run(["node", "browser/build.mjs", tmp_path], cwd=ROOT, check=True, capture_output=True)
    built = (tmp_path / "keng/mailbox/languages/bundle.json").read_text()
    assert built == (ROOT / "keng/mailbox/languages/bundle.json").read_text()
