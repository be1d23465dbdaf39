"""Asking for a deed that needs two people: what, with which box, why; and the second person's code."""

from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from keng.accounts.approvals import KINDS, REASON_MOST
from keng.accounts.forms import CodeForm
from keng.desk.forms import DeskForm, offer
from keng.mailbox.models import Box


def _choice(kind: str) -> tuple[str, SafeString]:
    return kind, format_html("<b>{}</b> <small>{}</small>", KINDS[kind].title, KINDS[kind].means)


class AskForm(DeskForm):
    """`kinds` are those that the person may ask for; `boxes` those that they concern, none for an export."""

    kind = forms.ChoiceField(label=_("Việc cần làm"), widget=forms.RadioSelect)
    box = forms.ModelChoiceField(
        Box.objects.none(), label=_("Hộp thư"), to_field_name="slug", empty_label=_("Chọn hộp thư"), required=False
    )
    reason = forms.CharField(
        max_length=REASON_MOST,
        label=_("Lý do"),
        help_text=_("Người duyệt đọc lý do này, và nó được ghi vào nhật ký. Không viết tên bà con."),
        widget=forms.Textarea({"rows": 3}),
    )

    def __init__(self, *args: Any, kinds: list[str], boxes: QuerySet[Box], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["kind"].choices = [_choice(kind) for kind in kinds]  # type: ignore[attr-defined]
        if boxes.exists():
            offer(self, "box", boxes)
        else:
            del self.fields["box"]
        if len(kinds) == 1:
            self.initial["kind"] = kinds[0]

    def clean(self) -> dict[str, Any]:
        kind = self.cleaned_data.get("kind", "")
        if kind.startswith("box.") and not self.errors and not self.cleaned_data.get("box"):
            self.add_error("box", _("Đồng chí chọn hộp thư."))
        return self.cleaned_data


class ApproveForm(CodeForm):
    """The second factor given for one deed. The field takes the focus when the code was wrong alone: a phone would scroll past what is
    to be approved."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not self.is_bound:
            self.fields["code"].widget.attrs.pop("autofocus")
