"""Compiles every catalogue under locale/, the same bytes each time: run by `make messages`; the compiled ones are committed."""

import sys
from pathlib import Path

import polib

LOCALE = Path(__file__).resolve().parents[1] / "locale"


def compiled(written: Path) -> bytes:
    return bytes(polib.pofile(str(written)).to_binary())


def outdated(folder: Path) -> list[Path]:
    """The catalogues whose compiled form is missing or of other bytes."""
    return [
        po
        for po in sorted(folder.rglob("*.po"))
        if not (mo := po.with_suffix(".mo")).is_file() or mo.read_bytes() != compiled(po)
    ]


def main() -> None:
    for written in outdated(LOCALE):
        written.with_suffix(".mo").write_bytes(compiled(written))
        print(f"{written.relative_to(LOCALE)}: compiled", file=sys.stderr)


if __name__ == "__main__":
    main()
