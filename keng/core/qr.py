"""QR codes for paper, as SVG."""

import io
from typing import Literal

import segno


def qr(text: str, *, error: Literal["l", "m", "q", "h"] = "q") -> str:
    """An SVG of the QR, by default level Q (a quarter may be damaged), with the quiet zone that the standard asks for."""
    out = io.BytesIO()
    segno.make(text, error=error, micro=False, boost_error=False).save(
        out, kind="svg", border=4, xmldecl=False, svgns=True, omitsize=True, light="#fff"
    )
    return out.getvalue().decode()
