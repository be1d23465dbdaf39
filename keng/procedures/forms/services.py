"""What an administrator of the province does about forms: begins, edits, publishes. Each act is in the ledger.

A published version stays as it is; what should change becomes the next version.
"""

import hashlib
import json
from typing import Any

from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext_lazy as _

from keng.accounts.models import User
from keng.core import ids
from keng.core.text import fold
from keng.ledger.services import append
from keng.procedures.catalogue.keeping import must_keep
from keng.procedures.errors import Conflict, Refused
from keng.procedures.forms import editing, samples
from keng.procedures.forms.dialect import parse, read, refuse_sensitive
from keng.procedures.forms.fields import Page
from keng.procedures.forms.reading import Malformed
from keng.procedures.forms.writing import write
from keng.procedures.models import Draft, Form, FormVersion
from keng.procedures.models.forms import FIXED

LONGEST_TITLE = 200
NO_TITLE = _("Xin đặt tên cho biểu mẫu, không quá %(most)s ký tự.")
NO_TEMPLATE = _("Không có mẫu này.")
CHANGED = _("Biểu mẫu vừa được sửa ở một cửa sổ khác. Đồng chí xem lại rồi sửa tiếp.")
EMPTY = _("Biểu mẫu chưa có ô nào nên chưa công bố được.")
EMPTY_PAGE = _("Trang “%(title)s” chưa có ô nào. Thêm ô hoặc bỏ trang này rồi công bố.")
NO_CHOICES = _("Ô “%(label)s” còn lựa chọn đặt sẵn. Mở ô ấy, viết các lựa chọn của đồng chí rồi công bố.")
IN_USE = _("Đang có người điền bản này nên không bỏ được.")
ONLY = _("Biểu mẫu chưa có bản nào khác nên không bỏ được bản này.")
NOT_A_FORM = _("Tệp không phải biểu mẫu của Kẻng: cần “schema” và “display”.")


def token(version: FormVersion) -> str:
    """Names a draft's present state: what is edited was seen as it stands."""
    said = json.dumps([version.schema, version.display], sort_keys=True, ensure_ascii=False)
    return hashlib.sha256(said.encode()).hexdigest()[:16]


@transaction.atomic
def begin(*, title: str, template: str = "", by: User) -> FormVersion:
    """A new form's first draft: a copy of a sample or of a form's newest version, by slug, or ("") pages to begin with. Raises Refused."""
    office = must_keep(by)
    title = _title(title)
    pages = pages_of_template(template)
    form = Form.objects.create(slug=_free_slug(title), title=title)
    schema, display = write(pages)
    made = FormVersion.objects.create(form=form, number=1, schema=schema, display=display)
    append(verb="procedures.form.drafted", subject=form.slug, office=office, by=by.username, purpose="1")
    return made


def pages_of_template(template: str) -> list[Page]:
    if not template:
        return editing.first_pages()
    newest = FormVersion.objects.filter(form__slug=template).order_by("-number").first()
    if newest is not None:
        return read(newest.schema, newest.display)
    try:
        said = samples.sample(template)
    except KeyError:
        raise Refused(NO_TEMPLATE, "template") from None
    return read(said["schema"], said["display"])


@transaction.atomic
def rename(*, form: Form, title: str, by: User) -> None:
    """Another title, from now on; the slug stays. Raises Refused."""
    office = must_keep(by)
    title = _title(title)
    if Form.objects.filter(pk=form.pk).exclude(title=title).update(title=title):
        append(verb="procedures.form.edited", subject=form.slug, office=office, by=by.username, purpose="title")


@transaction.atomic
def draft(*, form: Form, by: User) -> FormVersion:
    """The draft of the next version: the one there is, or a copy of the newest."""
    office = must_keep(by)
    Form.objects.select_for_update().get(pk=form.pk)
    there = form.versions.filter(published_at=None).first()
    if there is not None:
        return there
    newest = form.versions.order_by("-number")[0]
    number = (form.versions.aggregate(most=Max("number"))["most"] or 0) + 1
    append(verb="procedures.form.drafted", subject=form.slug, office=office, by=by.username, purpose=f"{number}")
    return FormVersion.objects.create(form=form, number=number, schema=newest.schema, display=newest.display)


@transaction.atomic
def edit(*, version: FormVersion, pages: list[Page], seen: str, by: User) -> FormVersion:
    """The draft becomes `pages`; `seen` is the token of what the officer saw.

    Raises Conflict where it was changed or published meanwhile, Malformed for what is not in the dialect.
    """
    office = must_keep(by)
    schema, display = write(pages)
    read(schema, display)
    fresh = _draft(version)
    if seen != token(fresh):
        raise Conflict(CHANGED, "changed")
    if (fresh.schema, fresh.display) != (schema, display):
        fresh.schema, fresh.display = schema, display
        fresh.save(update_fields=["schema", "display"])
        subject = fresh.form.slug
        append(verb="procedures.form.edited", subject=subject, office=office, by=by.username, purpose=f"{fresh.number}")
    return fresh


@transaction.atomic
def publish(*, version: FormVersion, seen: str, by: User) -> FormVersion:
    """Freezes the draft as it was `seen`. Raises Refused for an empty form or page or choices that nobody wrote, Conflict."""
    office = must_keep(by)
    fresh = _draft(version)
    if seen != token(fresh):
        raise Conflict(CHANGED, "changed")
    pages = read(fresh.schema, fresh.display)
    if not any(page.fields for page in pages):
        raise Refused(EMPTY, "empty")
    for page in pages:
        if not page.items:
            raise Refused(EMPTY_PAGE, "empty_page", title=page.title)
    if (unwritten := editing.unwritten(pages)) is not None:
        raise Refused(NO_CHOICES, "choices", label=unwritten.label)
    fresh.published_at, fresh.published_by = ids.now(), by
    fresh.save(update_fields=["published_at", "published_by"])
    subject = fresh.form.slug
    append(verb="procedures.form.published", subject=subject, office=office, by=by.username, purpose=f"{fresh.number}")
    return fresh


@transaction.atomic
def discard(*, version: FormVersion, by: User) -> None:
    """Throws a draft away. Raises Refused where it is the form's only version or somebody is trying it."""
    office = must_keep(by)
    fresh = _draft(version)
    if not fresh.form.versions.exclude(pk=fresh.pk).exists():
        raise Refused(ONLY, "only")
    if Draft.objects.filter(form=fresh).exists():
        raise Refused(IN_USE, "in_use")
    number, subject = fresh.number, fresh.form.slug
    fresh.delete()
    append(verb="procedures.form.discarded", subject=subject, office=office, by=by.username, purpose=f"{number}")


def pages_of_json(raw: bytes) -> list[Page]:
    """The pages of an exported form. Raises Malformed."""
    said = parse(raw)
    if not isinstance(said, dict) or not {"schema", "display"} <= set(said):
        raise Malformed(str(NOT_A_FORM))
    return read(said["schema"], said["display"])


def as_json(version: FormVersion) -> dict[str, Any]:
    return {"title": version.form.title, "schema": version.schema, "display": version.display}


def _title(title: str) -> str:
    title = " ".join(title.split())
    if not title or len(title) > LONGEST_TITLE:
        raise Refused(NO_TITLE, "title", most=LONGEST_TITLE)
    refuse_sensitive(title)
    return title


def _free_slug(title: str) -> str:
    base = (
        "-".join("".join(char if char.isascii() else "" for char in fold(title)).split())[:50].strip("-") or "bieu-mau"
    )
    slug, number = base, 2
    while slug in TAKEN or Form.objects.filter(slug=slug).exists():
        slug, number = f"{base}-{number}", number + 1
    return slug


TAKEN = frozenset({"new"})  # words of the editor's own addresses


def _draft(version: FormVersion) -> FormVersion:
    fresh = FormVersion.objects.select_for_update(of=("self",)).select_related("form").filter(pk=version.pk).first()
    if fresh is None or fresh.published_at is not None:
        raise Conflict(FIXED, "fixed")
    return fresh
