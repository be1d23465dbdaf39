"""Trying a form as a resident would: what would be received, and a test dossier that is in no figure."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.core.files.base import File
from django.db.models import Case, When
from django.utils.translation import gettext_lazy as _

from keng.accounts.models import User
from keng.accounts.permissions import offices
from keng.procedures import forms
from keng.procedures.catalogue.keeping import PERM
from keng.procedures.dossiers.services import submit
from keng.procedures.errors import Refused
from keng.procedures.filing import files
from keng.procedures.models import Dossier, Draft, FormVersion, ProcedureVersion
from keng.procedures.scope import of_province

NOT_PUBLISHED = _("Bản nháp chỉ điền thử được. Công bố rồi mới nộp thử thành hồ sơ.")
UNUSED = _("Chưa thủ tục nào đang áp dụng dùng biểu mẫu này, nên chưa nộp thử thành hồ sơ được.")

Uploads = Mapping[str, Sequence["File[bytes]"]]


def filed_under(version: FormVersion) -> ProcedureVersion | None:
    """A posted procedure that this form serves: one with this very version first."""
    serves = ProcedureVersion.objects.in_force().filter(form__form=version.form)
    return serves.order_by(Case(When(form=version, then=0), default=1), "pk").first()


def file_test(*, version: FormVersion, answers: dict[str, Any], uploads: Uploads, by: User) -> Dossier:
    """Files the answers as a test dossier of `by`'s own office. Raises Refused (Invalid where the form says so)."""
    if version.published_at is None:
        raise Refused(NOT_PUBLISHED, "draft")
    under = filed_under(version)
    if under is None:
        raise Refused(UNUSED, "unused")
    office = offices(by, PERM).filter(pk__in=of_province()).order_by("pk")[0]
    draft = Draft.objects.create(
        version=under, form=version, filed_by=by, office=office, channel="counter", test=True, answers=answers
    )
    try:
        for name, field in forms.file_fields(version).items():
            limits = files.Limits(most=field.megabytes * 1024 * 1024, many=field.most, kinds=field.accept)
            for upload in uploads.get(name, ()):
                files.store(upload=upload, citizen=None, draft=draft, field=name, title=field.label, limits=limits)
        return submit(draft=draft, by=by)
    except Refused:
        draft.delete()
        raise
