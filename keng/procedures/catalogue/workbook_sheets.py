"""How a catalogue stands in a workbook: which sheet has which columns. One row a procedure, and a sheet a section, keyed by the code."""

from dataclasses import dataclass

from keng.procedures.catalogue.columns import Column
from keng.procedures.catalogue.sections import COLUMNS, FRAME, ICON, NAMED, PLAIN, TABLES

CODE = COLUMNS["code"]
# Names of sheets stay Vietnamese in every language: files travel.
MAIN, GUIDE, FIELDS, EVENTS = "Thủ tục", "Hướng dẫn", "Lĩnh vực", "Sự kiện"
OF_SECTIONS = {
    "ways": "Cách thức",
    "steps": "Các bước",
    "documents": "Hồ sơ",
    "costs": "Lệ phí",
    "bases": "Căn cứ",
    "papers": "Mẫu đơn",
}


@dataclass(frozen=True)
class Sheet:
    title: str
    columns: tuple[Column, ...]
    section: str = ""


SHEETS = (
    Sheet(MAIN, (*FRAME, *PLAIN)),
    *(Sheet(title, (CODE, *TABLES[name].columns), name) for name, title in OF_SECTIONS.items()),
    Sheet(FIELDS, NAMED, "fields"),
    Sheet(EVENTS, (*NAMED, ICON), "life_events"),
)
BY_TITLE = {sheet.title.casefold(): sheet for sheet in SHEETS}


def letter(index: int) -> str:
    """The letter of a column, from 0: A … Z, AA …"""
    return (letter(index // 26 - 1) if index >= 26 else "") + chr(ord("A") + index % 26)
