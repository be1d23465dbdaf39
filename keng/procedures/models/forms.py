"""Electronic forms: a JSON Schema that says what is asked for, a display layer that says how, in numbered versions."""

from typing import Any

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from keng.accounts.models import User
from keng.procedures.errors import Conflict

FIXED = _("Bản này đã công bố nên không sửa được. Đồng chí soạn bản mới.")


class Form(models.Model):
    slug = models.SlugField(max_length=60, unique=True)
    title = models.CharField(max_length=200)

    def __str__(self) -> str:
        return self.title


class FormVersion(models.Model):
    """One version. `schema` is JSON Schema 2020-12 in the dialect of `keng.procedures.forms.dialect`, `display` its pages and wording.

    It may be edited until it is published, and never again.
    """

    form = models.ForeignKey(Form, on_delete=models.PROTECT, related_name="versions")
    number = models.PositiveSmallIntegerField()
    schema = models.JSONField(default=dict)
    display = models.JSONField(default=dict)
    published_at = models.DateTimeField(null=True, blank=True)
    published_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["form", "number"], name="form_version_once"),
            models.UniqueConstraint(fields=["form"], condition=Q(published_at=None), name="form_draft_once"),
            models.CheckConstraint(
                condition=Q(published_at=None, published_by=None)
                | Q(published_at__isnull=False, published_by__isnull=False),
                name="form_published_by_somebody",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.form} ({self.number})"

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Raises Conflict for a change of a published version."""
        there = FormVersion.objects.filter(pk=self.pk, published_at__isnull=False)
        if not self._state.adding and there.exists():
            raise Conflict(FIXED, "fixed")
        super().save(*args, **kwargs)
