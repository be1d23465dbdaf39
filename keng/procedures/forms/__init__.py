"""Electronic forms: what is asked for, how it is shown, what is wrong with an answer. What others may call is here.

How a page is filled in, step by step:

    page = forms.pages(form)[step]
    answers = draft.answers | forms.read_post(form, page, request.POST)   # None where a field was emptied
    if forms.stays(request.POST):      # a row was added or dropped, or the page was only asked for anew
        …save, show the same page, without problems
    problems = forms.of_page(page, forms.check(form=form, answers=answers, files=counts))
    html = forms.render_page(form, page, answers, problems, files)        # inside the caller's <form> with its buttons

The script and the style of a page come by `{% include "procedures/forms/head.html" %}` in the head. File inputs are called as their field
is (`multiple`, so the <form> needs enctype="multipart/form-data"); a given file's “Bỏ tệp” is a submit called `_remove`, its value the
attachment's id. `answers` that were checked are kept as `forms.settled` gives them: normalised, nothing hidden, nothing unknown.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from django.http import QueryDict
from django.utils.safestring import SafeString

from keng.procedures.forms import checking, posts, rendering
from keng.procedures.forms.checking import Problem
from keng.procedures.forms.dialect import Malformed, read
from keng.procedures.forms.fields import Field, Kind, Page, all_fields
from keng.procedures.forms.posts import stays
from keng.procedures.forms.rendering import Given
from keng.procedures.models import FormVersion

__all__ = [
    "Field", "Given", "Kind", "Malformed", "Page", "Problem", "asked", "check", "file_fields", "instance", "of_page", "pages", "read_post",
    "render_page", "settled", "shown", "stays",
]  # fmt: skip


# What was read of published versions, which never change: reading one costs as much as the rest of a page.
_read: dict[tuple[int, datetime], list[Page]] = {}
MOST_READ = 512


def pages(form: FormVersion) -> list[Page]:
    """The form's steps. Raises Malformed for a draft that is not in the dialect; a published one always is."""
    if form.published_at is None:
        return read(form.schema, form.display)
    which = (form.pk, form.published_at)
    if which not in _read:
        if len(_read) >= MOST_READ:
            _read.clear()
        _read[which] = read(form.schema, form.display)
    return list(_read[which])


def file_fields(form: FormVersion) -> dict[str, Field]:
    """The form's file fields by name: `.label`, `.least`, `.most` files, `.accept` media types, `.megabytes` each."""
    return {field.name: field for page in pages(form) for field in page.files}


def check(*, form: FormVersion, answers: Mapping[str, Any], files: Mapping[str, int]) -> list[Problem]:
    """What is wrong with the whole; nothing: `instance(…)` is valid by the stored schema. `files`: how many each file field has."""
    return checking.problems(form.schema, pages(form), answers, files)


def settled(form: FormVersion, answers: Mapping[str, Any]) -> dict[str, Any]:
    """What is kept of answers when they are filed: normalised, without unknown, empty and hidden ones."""
    return checking.settled(tuple(all_fields(pages(form))), answers)


def instance(form: FormVersion, answers: Mapping[str, Any], files: Mapping[str, int]) -> dict[str, Any]:
    """What the stored schema judges: settled answers and the number of files of each file field that has any."""
    steps = pages(form)
    return checking.with_files(steps, checking.settled(tuple(all_fields(steps)), answers), files)


def of_page(page: Page, problems: Iterable[Problem]) -> list[Problem]:
    """Those problems that are to be mended on this page."""
    return [problem for problem in problems if problem.top in page.names]


def asked(form: FormVersion, page: Page, answers: Mapping[str, Any]) -> bool:
    """Whether anything on the page is asked for, after what was answered before; if not, the step may be left out."""
    kept = settled(form, answers)
    return not page.fields or any(
        field.when is None or field.when.field in page.names or field.when.met(kept) for field in page.fields
    )


def read_post(form: FormVersion, page: Page, post: QueryDict) -> dict[str, Any]:
    """The page's answers as posted; each field of the page is there, None when empty."""
    return posts.read_post(page, post)


def render_page(
    form: FormVersion,
    page: Page,
    answers: Mapping[str, Any],
    problems: Iterable[Problem] = (),
    files: Mapping[str, Sequence[Given]] | None = None,
) -> SafeString:
    """The page as HTML. `files`: the attachments given already, by field name."""
    return rendering.render_page(page, pages(form), answers, problems, files or {})


def shown(form: FormVersion, answers: Mapping[str, Any]) -> list[tuple[str, str]]:
    """(label, value) of each answer, in words, in the order of the form: for reading pages and slips."""
    return rendering.lines(pages(form), answers)
