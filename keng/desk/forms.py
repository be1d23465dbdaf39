"""What several of the desk's forms share."""

from typing import Any, cast

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _


class DeskForm(forms.Form):
    """A form whose standing errors are in our words."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            field.error_messages["required"] = _("Đồng chí chưa điền ô này.")
            field.error_messages["invalid_choice"] = _("Đồng chí chọn lại: mục này không dùng được.")


def offer(form: forms.Form, name: str, rows: QuerySet[Any]) -> None:
    """Makes a field offer these rows and no others."""
    cast("forms.ModelChoiceField[Any]", form.fields[name]).queryset = rows
