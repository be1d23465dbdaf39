"""One step of a draft as a page: shown, saved, checked. For any face; whoever calls has let the person in and opened the draft."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any

from django.db import IntegrityError
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.timezone import localtime
from django.utils.translation import gettext_lazy

from keng.core import ids
from keng.procedures import consents, forms
from keng.procedures.errors import Refused
from keng.procedures.filing import drafts, files
from keng.procedures.filing.steps import Steps, file_fields, limits
from keng.procedures.forms import Page, Problem
from keng.procedures.models import Attachment, Draft

SEEN, LATER, REMOVE, AGAIN, REUSE = "_seen", "_later", "_remove", "_again", "_reuse"
MOST_PAPERS = 20
NO_CONSENT = gettext_lazy("Bà con đánh dấu ô đồng ý trước, rồi bấm “Dùng giấy này”.")


@dataclass(frozen=True)
class Place:
    """A face's addresses and page: names of its urls begin with `prefix` (`_step`, `_review`, `_save`, `_upload`, `_list`, `_delete`,
    `_file`), each with the draft's id, but `_list`; `_step`, `_save` and `_upload` with the step's number, `_file` with the file's id.

    `reuse`: whether papers given before are offered, under the consent that the resident presses there.
    """

    base: str
    prefix: str
    reuse: bool = False
    supplement: str = ""  # the url of the page on which a request for more is answered; "" where the face has none

    def of_supplement(self, draft: Draft) -> str:
        """Where a draft that answers a request for more is sent from; "" for any other."""
        return reverse(self.supplement, args=[draft.supplements.code]) if self.supplement and draft.supplements else ""

    def address(self, what: str, *args: object) -> str:
        return reverse(f"{self.prefix}_{what}", args=args)

    def step(self, steps: Steps, number: int) -> str:
        if number >= steps.last:
            return self.address("review", steps.draft.pk)
        return self.address("step", steps.draft.pk, number)


@dataclass
class Turn:
    """One page of one draft in one request; what came of saving it."""

    request: HttpRequest
    draft: Draft
    place: Place
    number: int
    problems: list[Problem] = field(default_factory=list)
    status: int = HTTPStatus.OK
    elsewhere: Draft | None = None

    def __post_init__(self) -> None:
        self.steps = Steps(self.draft)
        page = self.steps.page(self.number)
        if page is None or self.draft.form is None:
            raise Http404
        self.page: Page = page
        self.form = self.draft.form
        self.fields = file_fields(page)
        self.names = [one.name for one in page.fields if one.name not in self.fields]
        self.answers: dict[str, Any] = dict(self.draft.answers)

    def save(self) -> None:
        """Keeps what was typed; where another window was quicker, both versions are shown."""
        typed = forms.read_post(self.form, self.page, self.request.POST)
        self.answers |= typed
        try:
            drafts.save(draft=self.draft, answers=typed, seen=self.request.POST.get(SEEN, ""), step=self.number)
        except drafts.Elsewhere as error:
            self.elsewhere, self.status = error.draft, HTTPStatus.CONFLICT

    def take_files(self) -> None:
        """Raises Gone where the draft was filed or deleted while a file was looked at, which takes its seconds."""
        for name, asked in self.fields.items():
            for upload in self.request.FILES.getlist(name):
                try:
                    files.store(
                        upload=upload, citizen=self.draft.citizen, draft=self.draft, field=name, title=asked.label, limits=limits(asked)
                    )  # fmt: skip
                except Refused as refused:
                    said = f"{upload.name}: {refused.sentence}" if upload.name else refused.sentence
                    self.wrong(name, said, refused.status)
                except Draft.DoesNotExist:
                    raise drafts.Gone from None
        self.steps.refresh()

    def remove(self, which: str) -> None:
        kept = self.draft.attachments.filter(pk=number_of(which)).first()
        if kept is not None:
            files.take_away(attachment=kept)

    def use_again(self, name: str) -> None:
        """A paper given before, under a consent that stands or is given with this press."""
        asked = self.fields.get(name)
        paper = next((one for one in self.papers() if str(one.pk) == self.request.POST.get(f"{AGAIN}.{name}")), None)
        if asked is None or paper is None or self.draft.citizen is None:
            return
        if not consents.holds(citizen=self.draft.citizen, purpose="reuse"):
            if self.request.POST.get(REUSE) != "yes":
                self.wrong(name, str(NO_CONSENT), HTTPStatus.UNPROCESSABLE_ENTITY)
                return
            consents.give(citizen=self.draft.citizen, purpose="reuse", dossier=None, how="online", witness=None)
        try:
            files.use_again(paper=paper, draft=self.draft, field=name, title=asked.label, limits=limits(asked))
        except Refused as refused:
            self.wrong(name, refused.sentence, refused.status)
        except Draft.DoesNotExist:
            raise drafts.Gone from None
        except IntegrityError:  # erased while it was chosen: the page comes again without it
            return

    def papers(self) -> list[Attachment]:
        """What the resident gave before, newest first, each once. One query."""
        if not self.place.reuse or not self.fields or self.draft.citizen is None:
            return []
        # What needed a higher level of e-identity to be given needs it to be read, and this draft would show it without.
        level = self.draft.version.identity_level
        given = Attachment.objects.filter(
            citizen=self.draft.citizen, dossier__version__identity_level__lte=level, result=False
        )
        once = {one.sha256: one for one in given.select_related("dossier").order_by("given_at")[:200]}
        return list(once.values())[::-1][:MOST_PAPERS]

    def wrong(self, name: str, sentence: str, status: int) -> None:
        label = self.fields[name].label if name in self.fields else ""
        self.problems.append(Problem(name, sentence, label))
        self.status = max(self.status, status)

    def html(self, problems: Iterable[Problem]) -> str:
        return forms.render_page(self.form, self.page, self.answers, problems, self.steps.files)

    def render(self) -> HttpResponse:
        fresh = self.elsewhere or self.draft
        other = {name: fresh.answers[name] for name in self.names if name in fresh.answers}
        papers = self.papers()
        context = {
            **about(self.steps, self.place, self.number), "title": self.page.title, "form_page": self.html(self.problems),
            "seen": drafts.mark(fresh, self.names), "elsewhere": self.elsewhere,
            "other": forms.shown(self.form, other) if self.elsewhere else [],
            "again": [one for one in self.fields.values() if papers and len(self.steps.files.get(one.name, ())) < one.most],
            "papers": papers, "consented": bool(papers) and consents.holds(citizen=self.draft.citizen, purpose="reuse"),
            "save": self.place.address("save", self.draft.pk, self.number),
            "upload": self.place.address("upload", self.draft.pk, self.number),
            "saved_at": localtime(self.draft.updated_at),
        }  # fmt: skip
        return render(self.request, "procedures/filing/step.html", context, status=self.status)


def step(request: HttpRequest, *, draft: Draft, number: int, place: Place) -> HttpResponse:
    """A page of the form. POST saves it, and goes on only where nothing on it is wrong."""
    turn = Turn(request, draft, place, number)
    if request.method != "POST":
        return turn.render() if turn.steps.asked(number) else go(place.step(turn.steps, turn.steps.after(number)))
    turn.save()
    if turn.elsewhere:
        return turn.render()
    turn.take_files()
    if stays(turn):
        return turn.render() if turn.problems else go(place.step(turn.steps, number))
    if LATER in request.POST and not turn.problems:
        return go(place.of_supplement(draft) or place.address("list"))
    turn.problems += [one for one in turn.steps.of_step(number) if one.top not in {bad.top for bad in turn.problems}]
    if turn.problems:
        turn.status = max(turn.status, HTTPStatus.UNPROCESSABLE_ENTITY)
        return turn.render()
    return go(place.step(turn.steps, turn.steps.after(number)))


def stays(turn: Turn) -> bool:
    """Whether a button of the page itself was pressed: a row, a file, a paper. Does what it says."""
    post = turn.request.POST
    if REMOVE in post:
        turn.remove(post[REMOVE])
    if AGAIN in post:
        turn.use_again(post[AGAIN])
    turn.steps.refresh()
    return forms.stays(post) or REMOVE in post or AGAIN in post


def save(request: HttpRequest, *, draft: Draft, number: int, place: Place) -> JsonResponse:
    """What the page's script sends while somebody types: {"saved": "10:32", "seen"} or {"error", "message"}."""
    turn = Turn(request, draft, place, number)
    turn.save()
    if turn.elsewhere:
        return JsonResponse(drafts.Elsewhere(turn.elsewhere).as_json(), status=HTTPStatus.CONFLICT)
    return saved(turn)


def upload(request: HttpRequest, *, draft: Draft, number: int, place: Place) -> JsonResponse:
    """Files alone, sent by the page's script with a progress bar: {"html": the page's fields anew, "saved"} or {"error", "message"}."""
    turn = Turn(request, draft, place, number)
    turn.take_files()
    if turn.problems:
        message = "\n".join(problem.sentence for problem in turn.problems)
        return JsonResponse({"error": "file", "message": message}, status=turn.status)
    return saved(turn, html=turn.html(()))


def saved(turn: Turn, **more: str) -> JsonResponse:
    at = localtime(ids.now())
    return JsonResponse({"saved": f"{at:%H:%M}", "seen": drafts.mark(turn.draft, turn.names), **more})


def about(steps: Steps, place: Place, number: int) -> dict[str, Any]:
    """What the heading of every step shows: which procedure, how far one is, the way back."""
    shown = steps.shown()
    here = min(number, steps.last)
    before = steps.before(number)
    return {
        "base": place.base, "draft": steps.draft, "version": steps.draft.version, "steps_total": len(shown),
        "steps_done": shown.index(here) + 1 if here in shown else 1,
        "back": place.step(steps, before) if before is not None else "",
        "here": place.step(steps, number), "delete": place.address("delete", steps.draft.pk),
        "file_prefix": f"{place.prefix}_file", "of_supplement": place.of_supplement(steps.draft),
    }  # fmt: skip


def number_of(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 20 else 0


def go(address: str) -> HttpResponseRedirect:
    return HttpResponseRedirect(address)
