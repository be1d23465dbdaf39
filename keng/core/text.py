"""Search without accents: "dien bien" finds Điện Biên."""

import unicodedata

APOSTROPHES = "'’‘ʼ`´"


def fold(text: str) -> str:
    """Lower case, no diacritics, words apart by single spaces; what search keys are made of and queries are turned into.

    Apostrophes vanish ("Ea H'Leo" is "ea hleo"), every other character that is neither letter nor digit is a space.
    """
    decomposed = unicodedata.normalize("NFKD", text.replace("Đ", "D").replace("đ", "d").casefold())
    return " ".join("".join(_folded(char) for char in decomposed).split())


def _folded(char: str) -> str:
    if char.isalnum():
        return char
    return "" if unicodedata.combining(char) or char in APOSTROPHES else " "
