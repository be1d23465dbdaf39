"""What a browser sends of a page, read into answers. Anything may come; nothing raises."""

from typing import Any

from django.http import QueryDict

from keng.procedures.forms.fields import Field, Kind, Page
from keng.procedures.forms.formats import typed

ADD, DROP, UPDATE = "_add", "_drop", "_update"
TRUE, FALSE = "yes", "no"


def stays(post: QueryDict) -> bool:
    """Whether the post adds or drops a row, or only wants the page anew: the same page comes again, unchecked, with what was typed."""
    return any(key in post for key in (ADD, DROP, UPDATE))


def read_post(page: Page, post: QueryDict) -> dict[str, Any]:
    """The page's answers as posted: normalised where they are of their kind, as typed where they aren't. Empty rows stay, to be filled in.

    A field of the page that is empty comes as None, so that `draft.answers | read_post(…)` forgets what was there before.
    """
    answers = fields_of(page.fields, "", post)
    added, dropped = str(post.get(ADD, "")), str(post.get(DROP, ""))
    for field in page.fields:
        if field.kind is not Kind.ROWS:
            continue
        there = [f"{field.name}.{number}" for number in row_numbers(field, field.name, post)]
        rows = answers[field.name] or []
        if dropped in there:
            del rows[there.index(dropped)]
        if added == field.name and len(rows) < field.most:
            rows.append({})
        answers[field.name] = rows or None
    return answers


def fields_of(fields: tuple[Field, ...], before: str, post: QueryDict) -> dict[str, Any]:
    return {field.name: value(field, before + field.name, post) for field in fields if field.kind is not Kind.FILE}


def value(field: Field, path: str, post: QueryDict) -> Any:
    if field.kind is Kind.GROUP:
        return without_blanks(fields_of(field.fields, f"{path}.", post)) or None
    if field.kind is Kind.ROWS:
        return [
            without_blanks(fields_of(field.fields, f"{path}.{row}.", post)) for row in row_numbers(field, path, post)
        ] or None
    if field.kind is Kind.SEVERAL:
        return list(dict.fromkeys(one for one in post.getlist(path)[:200] if isinstance(one, str))) or None
    given = post.get(path, "")
    if not isinstance(given, str):
        return None
    if field.kind in (Kind.YES_NO, Kind.PLEDGE):
        return {TRUE: True, FALSE: False if field.kind is Kind.YES_NO else None}.get(given)
    return typed(field, given)


def row_numbers(field: Field, path: str, post: QueryDict) -> list[int]:
    """The rows that were on the page, by the number in their inputs' names; each has a hidden input, so that an empty one is there too."""
    numbers = {
        part
        for key in post
        if isinstance(key, str) and key.startswith(f"{path}.")
        for part in [key.removeprefix(f"{path}.").split(".")[0]]
        if 0 < len(part) <= 3 and part.isascii() and part.isdigit()
    }
    return sorted(set(map(int, numbers)))[: field.most]


def without_blanks(answers: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in answers.items() if value is not None}
