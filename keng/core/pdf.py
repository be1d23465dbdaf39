"""Printed pages: a typst template and plain values in, PDF or PNG out. No system library and no system font is used."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Literal

import fontpkg_be_vietnam_pro
import typst

# What templates share stands below it, as `/core/print/official.typ`.
OURS = Path(__file__).resolve().parents[1]
FONTS = fontpkg_be_vietnam_pro.ROOT / "files"


def pdf(template: Path, values: Mapping[str, object], *, plain: bool = False) -> bytes:
    """The document as one PDF. `template` reads `values` by `json(bytes(sys.inputs.values))`: as data, never as markup.

    `plain`: for `keng.core.pdf_join`, which puts many together; without the tags that tell a screen reader what is what.
    """
    more: dict[str, Any] = {"pdf_standards": ["1.4"], "pdf_tags": False} if plain else {}
    made: bytes = _compile(template, values, format="pdf", **more)
    return made


def pages_as_png(template: Path, values: Mapping[str, object], *, ppi: float) -> list[bytes]:
    """One PNG a page, at `ppi` pixels an inch (A4 at 150: 1240 x 1754)."""
    made = _compile(template, values, format="png", ppi=ppi)
    return made if isinstance(made, list) else [made]


def _compile(
    template: Path,
    values: Mapping[str, object],
    *,
    format: Literal["pdf", "png"],
    ppi: float | None = None,
    **more: Any,
) -> Any:
    """A template reaches our own code's files only, one from elsewhere those beside and below it, and no network: packages are not used."""
    return typst.compile(
        str(template),
        root=str(OURS if template.is_relative_to(OURS) else template.parent),
        font_paths=[str(FONTS)],
        ignore_system_fonts=True,
        format=format,
        ppi=ppi,
        sys_inputs={"values": json.dumps(values, ensure_ascii=False)},
        timestamp=0,
        **more,
    )
