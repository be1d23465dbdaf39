"""The steps of a draft: the commune first, then the form's pages, then the last look. Which come, and in what order."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

from keng.procedures import forms
from keng.procedures.dossiers import supplements
from keng.procedures.filing import files
from keng.procedures.filing.files import Limits
from keng.procedures.forms import Field, Page, Problem
from keng.procedures.models import Attachment, Draft

WHERE = 0  # the step that asks for the commune; the form's pages are 1, 2 …
MEGABYTE = 1024 * 1024


@dataclass
class Steps:
    draft: Draft

    @cached_property
    def pages(self) -> list[Page]:
        return forms.pages(self.draft.form) if self.draft.form else []

    @cached_property
    def files(self) -> dict[str, list[Attachment]]:
        return files.by_field(self.draft)

    @property
    def counts(self) -> dict[str, int]:
        """How many files each field has; where more is sent for a dossier, what it has already counts where nothing new comes."""
        given = {field: len(held) for field, held in self.files.items()}
        return self.filed | given

    @cached_property
    def filed(self) -> dict[str, int]:
        if self.draft.supplements is None:
            return {}
        return Counter(self.draft.supplements.attachments.filter(result=False).values_list("field", flat=True))

    @property
    def last(self) -> int:
        """The last look."""
        return len(self.pages) + 1

    def page(self, number: int) -> Page | None:
        return self.pages[number - 1] if 0 < number <= len(self.pages) else None

    def asked(self, number: int) -> bool:
        page = self.page(number)
        return page is None or self.draft.form is None or forms.asked(self.draft.form, page, self.draft.answers)

    def after(self, number: int) -> int:
        """The next step at which something is asked; `last` where none is left."""
        return next((step for step in range(number + 1, self.last) if self.asked(step)), self.last)

    def before(self, number: int) -> int | None:
        return next((step for step in range(number - 1, -1, -1) if self.asked(step)), None)

    def shown(self) -> list[int]:
        return [step for step in range(self.last + 1) if self.asked(step)]

    def problems(self) -> list[Problem]:
        """What keeps it from being filed, but for the commune."""
        if self.draft.form is None:
            return []
        problems = forms.check(form=self.draft.form, answers=self.draft.answers, files=self.counts)
        dossier = self.draft.supplements
        if dossier is None or not problems:
            return problems
        kept = forms.settled(self.draft.form, self.draft.answers)
        return supplements.judged(
            problems, before=dossier.answers | self.filed, after=kept | self.counts, asked=supplements.wanted(dossier)
        )

    def of_step(self, number: int) -> list[Problem]:
        page = self.page(number)
        return forms.of_page(page, self.problems()) if page else []

    def step_of(self, problem: Problem) -> int:
        """Where the problem is to be mended."""
        return next((at for at, page in enumerate(self.pages, 1) if problem.top in page.names), self.last)

    def refresh(self) -> None:
        """After files came or went."""
        self.__dict__.pop("files", None)


def file_fields(page: Page) -> Mapping[str, Field]:
    return {field.name: field for field in page.files}


def limits(field: Field) -> Limits:
    return Limits(most=field.megabytes * MEGABYTE, many=field.most, kinds=tuple(field.accept))
