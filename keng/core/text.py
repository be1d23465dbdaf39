"""Search without accents: "dien bien" finds Điện Biên."""

import unicodedata


def fold(text: str) -> str:
    """Lower case, no diacritics, single spaces; what search keys are made of and queries are turned into."""
    decomposed = unicodedata.normalize("NFD", text.replace("Đ", "D").replace("đ", "d"))
    bare = "".join(char for char in decomposed if not unicodedata.combining(char))
    return " ".join(bare.lower().split())
