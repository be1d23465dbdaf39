"""What several of the desk's forms share."""

from typing import Any, cast

from django import forms
from django.db.models import QuerySet

from keng.accounts.forms import in_our_words


class DeskForm(forms.Form):
    """A form whose standing errors are in our words."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            in_our_words(field)


def offer(form: forms.Form, name: str, rows: QuerySet[Any]) -> None:
    """Makes a field offer these rows and no others."""
    cast("forms.ModelChoiceField[Any]", form.fields[name]).queryset = rows
