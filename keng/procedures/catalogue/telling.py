"""Where in a file something is wrong, in words: an officer reads neither `procedures[0].documents[2].copy` nor `Hồ sơ!D4`."""

import re
from collections.abc import Mapping

from django.utils.translation import gettext as _

from keng.procedures.catalogue.sections import COLUMNS, TABLES

PATH = re.compile(r"(procedures|fields|life_events)\[(\d+)\](?:\.([^.\[]+))?(?:\[(\d+)\])?(?:\.(.+))?")
CELL = re.compile(r"(.+)!([A-Z]+\d+(?::[A-Z]+\d+)?)")


def place_in_words(where: str, codes: Mapping[str, str]) -> str:
    """“Thủ tục 1.004222, giấy tờ thứ 3, Bản sao”; “Trang “Hồ sơ”, ô D4”. `codes`: what the file's procedures are called, by their place."""
    if cell := CELL.fullmatch(where):
        return _("Trang “%(sheet)s”, ô %(cell)s") % {"sheet": cell[1], "cell": cell[2]}
    path = PATH.fullmatch(where)
    if path is None:
        return _("“%(name)s”") % {"name": where}
    part, number, section, row, column = path.groups()
    said = [_whose(part, int(number), codes.get(f"{part}[{number}]", ""))]
    if section:
        said.append(_section(section, row))
    if column:
        said.append(_column(section, column))
    return ", ".join(said)


def _whose(part: str, index: int, code: str) -> str:
    if part == "procedures" and code:
        return _("Thủ tục %(code)s") % {"code": code}
    what = {"procedures": _("Thủ tục"), "fields": _("Lĩnh vực"), "life_events": _("Sự kiện đời sống")}[part]
    return _("%(what)s thứ %(number)d trong tệp") % {"what": what, "number": index + 1}


def _section(section: str, row: str | None) -> str:
    if section in TABLES:
        table = TABLES[section]
        return (
            str(table.label)
            if row is None
            else _("%(row)s thứ %(number)d") % {"row": table.row, "number": int(row) + 1}
        )
    return str(COLUMNS[section].label) if section in COLUMNS else _("mục “%(name)s”") % {"name": section}


def _column(section: str, name: str) -> str:
    columns = TABLES[section].columns if section in TABLES else ()
    known = next((str(column.label) for column in columns if column.name == name), "")
    return known or _("mục “%(name)s”") % {"name": name}
