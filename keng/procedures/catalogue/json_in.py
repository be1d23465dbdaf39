"""A catalogue from JSON: {"fields": […], "life_events": […], "procedures": [{code, field, …, name, steps, …}]}."""

import json
from typing import Any

from django.utils.translation import gettext as _

from keng.procedures.catalogue.columns import Bad, Column
from keng.procedures.catalogue.incoming import MOST_PROCEDURES, Catalogue, Incoming
from keng.procedures.catalogue.sections import CONTENT, FRAME, ICON, NAMED, Content, clean, read_frame
from keng.procedures.errors import Refused

MOST_DEPTH = 12  # of lists and groups in each other; ours have five
PARTS = ("fields", "life_events", "procedures")
FRAME_NAMES = [column.name for column in FRAME]


def read(body: bytes) -> Catalogue:
    """What the bytes say, errors by place (`procedures[0].steps[2].hours`). Raises Refused for what is no such file."""
    whole = _parsed(body)
    if not isinstance(whole, dict) or not isinstance(whole.get("procedures"), list):
        raise Refused(_("Tệp JSON phải có danh sách “procedures”; tải tệp mẫu về để xem."), "shape")
    found = Catalogue(errors=[(name, _("Không có mục này.")) for name in whole if name not in PARTS])
    if len(whole["procedures"]) > MOST_PROCEDURES:
        raise Refused(_("Tệp có quá %(most)d thủ tục: chia làm nhiều tệp.") % {"most": MOST_PROCEDURES}, "long")
    found.fields = _named(whole.get("fields", []), "fields", NAMED, found)
    found.life_events = _named(whole.get("life_events", []), "life_events", (*NAMED, ICON), found)
    for index, raw in enumerate(whole["procedures"]):
        _procedure(raw, f"procedures[{index}]", found)
    return found


def _parsed(body: bytes) -> Any:
    try:
        text = body.decode("utf-8-sig")
        if _depth(text) > MOST_DEPTH:
            raise Refused(_("Tệp JSON lồng nhau quá sâu."), "deep")
        return json.loads(text, object_pairs_hook=_group)
    except UnicodeDecodeError as error:
        raise Refused(_("Tệp không phải chữ UTF-8."), "encoding") from error
    except (ValueError, RecursionError) as error:
        line = getattr(error, "lineno", 1)
        raise Refused(_("Tệp không phải JSON đúng: sai ở dòng %(line)d.") % {"line": line}, "json") from error


def _group(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """Raises Refused for a name that stands twice, of which one would be lost unseen, or that can't be printed beside its error."""
    group = dict(pairs)
    if len(group) != len(pairs):
        twice = next(name for number, (name, _value) in enumerate(pairs) if name in dict(pairs[:number]))
        raise Refused(_("Tệp JSON có mục “%(name)s” hai lần trong một nhóm."), "twice", name=twice[:60])
    if not all(name.isprintable() for name in group):
        raise Refused(_("Tệp JSON có tên mục chứa ký tự lạ, không in ra được."), "name")
    return group


def _depth(text: str) -> int:
    """How deep brackets stand in each other; those inside strings count too, which only makes it stricter than need be."""
    deepest = depth = 0
    for char in text:
        if char in "[{":
            depth += 1
            deepest = max(deepest, depth)
        elif char in "]}":
            depth -= 1
    return deepest


def _named(raw: Any, part: str, columns: tuple[Column, ...], found: Catalogue) -> list[Content]:
    if not isinstance(raw, list):
        found.errors.append((part, _("Phải là một danh sách.")))
        return []
    rows = []
    for index, row in enumerate(raw):
        try:
            if not isinstance(row, dict):
                raise Bad(_("Mỗi dòng phải là một nhóm các mục."))
            rows.append({column.name: column.read(row.get(column.name)) for column in columns})
        except Bad as error:
            found.errors.append((f"{part}[{index}]", error.sentence))
    return rows


def _procedure(raw: Any, where: str, found: Catalogue) -> None:
    if not isinstance(raw, dict):
        found.errors.append((where, _("Mỗi thủ tục phải là một nhóm các mục.")))
        return
    frame, problems = read_frame({name: raw.get(name) for name in FRAME_NAMES})
    content, more = clean({name: value for name, value in raw.items() if name not in FRAME_NAMES})
    for problem in problems + more:
        found.errors.append((f"{where}{_path(problem.path)}", problem.sentence))
    found.procedures.append(Incoming(frame, content, _places(where), where))


def _places(where: str) -> dict[tuple[str | int, ...], str]:
    return {(name,): f"{where}.{name}" for name in (*FRAME_NAMES, *CONTENT)}


def _path(path: tuple[str | int, ...]) -> str:
    return "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in path)
