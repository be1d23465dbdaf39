"""The page on which the one request for more is answered: what is asked for, each with room for its files, sent whole.

For any face; whoever calls has let the person in and opened the draft.
"""

from dataclasses import dataclass
from http import HTTPStatus
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from keng.accounts.models import User
from keng.procedures.dossiers import services
from keng.procedures.errors import Invalid, Refused
from keng.procedures.filing import files
from keng.procedures.filing.pages import REMOVE, Place, go, number_of
from keng.procedures.filing.review import missing
from keng.procedures.filing.steps import Steps, limits
from keng.procedures.forms import Kind
from keng.procedures.models import Attachment, Dossier, Draft, Supplement

SEND = "_send"


@dataclass
class Item:
    """One thing that is asked for. `name` is of its file input, "" where an answer is to be corrected at `address`."""

    title: str
    why: str
    name: str
    accept: str
    address: str
    given: list[Attachment]
    problems: list[str]

    @property
    def done(self) -> bool:
        return bool(self.given)


@dataclass(frozen=True)
class Answer:
    """The answer that `draft` is to `asked`, in one request. `sent`: where it leads then; `by`: the officer who sends it for somebody."""

    request: HttpRequest
    dossier: Dossier
    asked: Supplement
    draft: Draft
    place: Place
    sent: str
    by: User | None = None

    def respond(self) -> HttpResponse:
        """GET lists what is asked for; POST keeps files that were chosen, takes one away, or sends the whole.

        Raises Draft.DoesNotExist where it was sent or taken back while a file was looked at.
        """
        if self.request.method != "POST":
            return self.page()
        if wrong := self.take():
            return self.page(wrong=wrong, status=HTTPStatus.UNPROCESSABLE_ENTITY)
        return self.send() if SEND in self.request.POST else go(self.request.path)

    def send(self) -> HttpResponse:
        try:
            services.answer_supplement(dossier=self.dossier, draft=self.draft, by=self.by)
        except Invalid as invalid:
            return self.page(refused=invalid, status=HTTPStatus.UNPROCESSABLE_ENTITY)
        except Refused as refused:
            return self.page(refused=refused, status=HTTPStatus(refused.status))
        messages.success(self.request, _("Đã gửi phần bổ sung. Thời hạn giải quyết tính tiếp từ bây giờ."))
        return go(self.sent)

    def take(self) -> dict[str, list[str]]:
        """Files as they came, and one taken away; what was wrong with them, by the input's name."""
        draft, request = self.draft, self.request
        if REMOVE in request.POST:
            kept = draft.attachments.filter(pk=number_of(request.POST[REMOVE])).first()
            if kept is not None:
                files.take_away(attachment=kept)
        wrong: dict[str, list[str]] = {}
        for item in self.items():
            for upload in request.FILES.getlist(item.name) if item.name else []:
                try:
                    files.store(
                        upload=upload, citizen=draft.citizen, draft=draft, field=item.name, title=item.title,
                        limits=limits_of(draft, item.name),
                    )  # fmt: skip
                except Refused as refused:
                    wrong.setdefault(item.name, []).append(f"{upload.name}: {refused.sentence}")
        return wrong

    def items(self, wrong: dict[str, list[str]] | None = None) -> list[Item]:
        known, given = fields(self.draft), files.by_field(self.draft)
        made = []
        for number, item in enumerate(self.asked.items):
            step, field = known.get(item.get("field", ""), (0, None))
            is_file = field is None or field.kind is Kind.FILE
            name = (field.name if field else f"supplement_{number}") if is_file else ""
            accept = ",".join(field.accept) if field and is_file else "application/pdf,image/jpeg,image/png"
            address = "" if is_file else f"{self.place.address('step', self.draft.pk, step)}#f-{field.name}"
            made.append(
                Item(item["title"], item.get("why", ""), name, accept, address, given.get(name, []), (wrong or {}).get(name, []))
            )  # fmt: skip
        return made

    def page(
        self,
        *,
        wrong: dict[str, list[str]] | None = None,
        refused: Refused | None = None,
        status: int = HTTPStatus.OK,
    ) -> HttpResponse:
        steps, place, draft = Steps(self.draft), self.place, self.draft
        context = {
            "base": place.base, "dossier": self.dossier, "supplement": self.asked, "items": self.items(wrong),
            "refused": refused, "missing": missing(steps, place) if isinstance(refused, Invalid) else [], "draft": draft,
            "forms": [(page.title, place.address("step", draft.pk, number)) for number, page in enumerate(steps.pages, 1)],
            "file_prefix": f"{place.prefix}_file", "delete": place.address("delete", draft.pk),
        }  # fmt: skip
        return render(self.request, "procedures/filing/supplement.html", context, status=status)


def limits_of(draft: Draft, name: str) -> files.Limits:
    field = fields(draft).get(name)
    return limits(field[1]) if field else files.Limits(many=5)


def fields(draft: Draft) -> dict[str, tuple[int, Any]]:
    """The form's fields by name, each with the step at which it is asked."""
    return {field.name: (step, field) for step, page in enumerate(Steps(draft).pages, 1) for field in page.fields}
