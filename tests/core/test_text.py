"""Search keys."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from keng.core.text import fold


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("Điện Biên", "dien bien"),
        ("ĐIỆN  BIÊN\n", "dien bien"),
        ("Xuân Hương - Đà Lạt", "xuan huong da lat"),
        ("Ea H'Leo", "ea hleo"),
        ("Ea H’Leo", "ea hleo"),
        ("Quảng Lâm, Điện Biên.", "quang lam dien bien"),
        ("bản 1", "ban 1"),
        ("Lò\x00Văn", "lo van"),
        ("", ""),
        ("   ,.;", ""),
    ],
)
def test_diacritics_case_and_punctuation_do_not_matter(text: str, key: str) -> None:
    assert fold(text) == key


@given(st.text())
def test_folding_twice_is_folding_once_and_leaves_clean_words(text: str) -> None:
    key = fold(text)
    assert fold(key) == key
    assert key == " ".join(key.split())
    assert "\x00" not in key


@given(st.text())
def test_composed_and_decomposed_spelling_give_one_key(text: str) -> None:
    assert fold(unicodedata.normalize("NFC", text)) == fold(unicodedata.normalize("NFD", text))
