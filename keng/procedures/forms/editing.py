"""What an officer does to a draft: pages and fields added, changed, moved, taken away. From pages to pages; nothing here saves.

A *spot* says where: `2` a page, `2.0` an item on it, `2.0.1` a field in that group or row; counted from 0.
What stands in a new item is Vietnamese whatever language the officer reads: it is for residents.
"""

from collections.abc import Sequence
from dataclasses import replace
from typing import TypeVar

from django.utils.translation import gettext as _

from keng.core.text import fold
from keng.procedures.forms.dialect import read
from keng.procedures.forms.fields import (
    HOLDERS,
    LONGEST_NAME,
    Field,
    Heading,
    Item,
    Kind,
    Note,
    Page,
    all_fields,
    every_field,
)
from keng.procedures.forms.reading import Malformed
from keng.procedures.forms.writing import write

Pages = list[Page]
T = TypeVar("T")
HEADING, NOTE = "heading", "note"  # kinds of items that are no fields


class NoSuchSpot(LookupError):
    """The form has nothing there."""


def checked(pages: Sequence[Page]) -> Pages:
    """The pages as the dialect reads them; raises Malformed for what it would refuse."""
    return read(*write(pages))


def spot_of(text: str) -> tuple[int, ...]:
    parts = text.split(".")
    if not 1 <= len(parts) <= 3 or not all(part.isascii() and part.isdigit() and len(part) <= 3 for part in parts):
        raise NoSuchSpot(text)
    return tuple(map(int, parts))


def at(pages: Sequence[Page], spot: tuple[int, ...]) -> Page | Item:
    """What stands there."""
    try:
        page = pages[spot[0]]
        if len(spot) == 1:
            return page
        item = page.items[spot[1]]
        if len(spot) == 2:
            return item
        if isinstance(item, Field):
            return item.fields[spot[2]]
    except IndexError:
        pass
    raise NoSuchSpot(spot)


def put(pages: Sequence[Page], spot: tuple[int, ...], new: Page | Item | None) -> Pages:
    """The pages with `new` there instead; None takes away what is there."""
    at(pages, spot)
    made = list(pages)
    if len(spot) == 1:
        made[spot[0] : spot[0] + 1] = [new] if isinstance(new, Page) else []
        return made
    page = pages[spot[0]]
    items = list(page.items)
    if len(spot) == 2:
        items[spot[1] : spot[1] + 1] = [] if new is None or isinstance(new, Page) else [new]
    else:
        holder = items[spot[1]]
        if isinstance(holder, Field):
            inner = list(holder.fields)
            inner[spot[2] : spot[2] + 1] = [new] if isinstance(new, Field) else []
            items[spot[1]] = replace(holder, fields=tuple(inner))
    made[spot[0]] = replace(page, items=tuple(items))
    return made


def move(pages: Sequence[Page], spot: tuple[int, ...], by: int) -> Pages:
    """Up (-1) or down (1) among its neighbours; over a page's edge an item comes to the next page."""
    there = at(pages, spot)
    if len(spot) == 1:
        return _swapped(list(pages), spot[0], by)
    page = pages[spot[0]]
    if len(spot) == 3:
        holder = page.items[spot[1]]
        if not isinstance(holder, Field):
            raise NoSuchSpot(spot)
        return put(pages, spot[:2], replace(holder, fields=tuple(_swapped(list(holder.fields), spot[2], by))))
    if 0 <= spot[1] + by < len(page.items):
        return put(pages, spot[:1], replace(page, items=tuple(_swapped(list(page.items), spot[1], by))))
    beside = spot[0] + by
    if isinstance(there, Page) or not 0 <= beside < len(pages):
        return list(pages)
    made = put(pages, spot, None)
    items = made[beside].items
    made[beside] = replace(made[beside], items=(there, *items) if by > 0 else (*items, there))
    return made


def _swapped(things: list[T], place: int, by: int) -> list[T]:
    other = place + by
    if 0 <= other < len(things):
        things[place], things[other] = things[other], things[place]
    return things


def add_page(pages: Sequence[Page], title: str) -> Pages:
    return [*pages, Page(title or f"Trang {len(pages) + 1}")]


def add(pages: Sequence[Page], spot: tuple[int, ...], kind: str, label: str) -> tuple[Pages, tuple[int, ...]]:
    """A new item at the end of the page (before its pledge) or group at `spot`, and where it came to stand."""
    holder = at(pages, spot)
    if isinstance(holder, Page):
        item = new_item(kind, label, {field.name for field in all_fields(pages)})
        place = before_pledges(holder.items) if kind != Kind.PLEDGE else len(holder.items)
        items = (*holder.items[:place], item, *holder.items[place:])
        return put(pages, spot, replace(holder, items=items)), (*spot, place)
    if not isinstance(holder, Field) or holder.kind not in HOLDERS or kind not in INNER_KINDS:
        raise Malformed(_("Chỗ này không thêm được loại ô đó."))
    field = new_field(Kind(kind), label, {field.name for field in holder.fields})
    return put(pages, spot, replace(holder, fields=(*holder.fields, field))), (*spot, len(holder.fields))


def before_pledges(items: Sequence[Item]) -> int:
    """The place after everything but the pledges with which a page ends."""
    place = len(items)
    while place and isinstance(last := items[place - 1], Field) and last.kind is Kind.PLEDGE:
        place -= 1
    return place


INNER_KINDS = frozenset(kind.value for kind in Kind if kind not in HOLDERS | {Kind.FILE, Kind.PLEDGE})


def new_item(kind: str, label: str, taken: set[str]) -> Item:
    if kind in (HEADING, NOTE):
        text = label or ("Tiêu đề" if kind == HEADING else "Lời dặn bà con")
        return Heading(text) if kind == HEADING else Note(text)
    if kind not in set(Kind):
        raise Malformed(_("Chỗ này không thêm được loại ô đó."))
    return new_field(Kind(kind), label, taken)


def new_field(kind: Kind, label: str, taken: set[str]) -> Field:
    """A field that can be used as it is: what its kind needs has a first value."""
    label = label or DEFAULT_LABELS.get(kind, "Ô mới")
    made = Field(name_of(label, taken), kind, label, required=kind in (Kind.PLEDGE,))
    if kind in (Kind.ONE, Kind.SEVERAL):
        return replace(made, choices=PLACEHOLDERS)
    if kind is Kind.GROUP:
        return replace(made, fields=person()[:2])
    if kind is Kind.ROWS:
        return replace(made, row="Người", high=10, fields=person())
    if kind is Kind.FILE:
        return replace(made, high=3)
    return replace(made, autocomplete=REMEMBERED.get(kind, ""))


PLACEHOLDERS = (("a", "Lựa chọn thứ nhất"), ("b", "Lựa chọn thứ hai"))  # to be written over before anybody is asked
REMEMBERED = {Kind.PHONE: "tel", Kind.EMAIL: "email"}
DEFAULT_LABELS: dict[Kind, str] = {
    Kind.PERSONAL_ID: "Số định danh cá nhân",
    Kind.PHONE: "Số điện thoại",
    Kind.EMAIL: "Thư điện tử",
    Kind.PLEDGE: "Tôi cam đoan những điều đã khai là đúng sự thật.",
    Kind.ROWS: "Người cùng đi",
    Kind.FILE: "Giấy tờ kèm theo",
}


def person() -> tuple[Field, ...]:
    return (
        Field("name", Kind.TEXT, "Họ, chữ đệm và tên", required=True, high=100),
        Field("number", Kind.PERSONAL_ID, "Số định danh cá nhân", required=True),
        Field("relation", Kind.TEXT, "Quan hệ", help="Ví dụ: vợ, con, mẹ.", high=60),
    )


def first_pages() -> Pages:
    """What an empty form begins with: who files, and that it is true."""
    return [
        Page(
            "Người nộp",
            items=(
                Field("name", Kind.TEXT, "Họ, chữ đệm và tên", required=True, high=100, autocomplete="name"),
                Field("number", Kind.PERSONAL_ID, "Số định danh cá nhân", required=True),
                Field("phone", Kind.PHONE, "Số điện thoại", required=True, autocomplete="tel"),
            ),
        ),
        Page("Nội dung đề nghị", items=(Field("pledge", Kind.PLEDGE, DEFAULT_LABELS[Kind.PLEDGE], required=True),)),
    ]


def unwritten(pages: Sequence[Page]) -> Field | None:
    """The first field whose choices still hold one that nobody has written."""
    first_words = {words for _value, words in PLACEHOLDERS}
    fields = (field for _path, field in every_field(all_fields(pages)))
    return next((field for field in fields if first_words & {words for _value, words in field.choices}), None)


def name_of(label: str, taken: set[str]) -> str:
    """A name for a field or the value of a choice, from its words: ASCII, beginning with a letter, not yet taken."""
    words = "".join(char if char.isascii() else "" for char in fold(label)).split()
    base = "_".join(words)[: LONGEST_NAME - 4].strip("_") or "o"
    base = base if base[0].isalpha() else f"o_{base}"[: LONGEST_NAME - 4]
    name, number = base, 2
    while name in taken:
        name, number = f"{base}_{number}", number + 1
    return name


def choices_of(lines: str, before: Sequence[tuple[str, str]]) -> tuple[tuple[str, str], ...]:
    """Choices from one a line; those that were there keep their value, so that what was answered means the same."""
    values = {words: value for value, words in before}
    taken = set(values.values())
    made: list[tuple[str, str]] = []
    for line in dict.fromkeys(one.strip() for one in lines.splitlines() if one.strip()):
        value = values.get(line) or name_of(line, taken)
        taken.add(value)
        made.append((value, line))
    return tuple(made)
