"""The file as typst lays it out, without a signature: what proves it is the code on it, asked for at `/verify/<code>`."""

from collections.abc import Mapping
from pathlib import Path

from keng.core.pdf import pdf


def render(template: Path, values: Mapping[str, object]) -> bytes:
    return pdf(template, values)
