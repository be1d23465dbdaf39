"""What procedures refuse, each with a code for scripts and one sentence for the person."""

from collections.abc import Sequence
from http import HTTPStatus
from typing import Any

from django.utils.functional import Promise


class Refused(Exception):
    """Nothing was changed. `status` is an HTTP status; `sentence` is shown as it stands, in the language of whoever reads it.

    `values` are set into the sentence (`%(name)s`) when it is read: it may be raised in a thread that knows no language.
    """

    status = int(HTTPStatus.BAD_REQUEST)

    def __init__(
        self, sentence: str | Promise, code: str = "refused", status: int | None = None, **values: Any
    ) -> None:
        super().__init__(code)
        self._sentence, self.code, self.values = sentence, code, values
        self.status = int(status) if status is not None else type(self).status

    @property
    def sentence(self) -> str:
        return str(self._sentence) % self.values if self.values else str(self._sentence)

    def as_json(self) -> dict[str, str]:
        return {"error": self.code, "message": self.sentence}


class Conflict(Refused):
    """Somebody else changed it meanwhile, or it no longer stands where this is possible: look again, then decide again."""

    status = int(HTTPStatus.CONFLICT)


class NotAllowed(Refused):
    """Not this person's to do."""

    status = int(HTTPStatus.FORBIDDEN)


class Invalid(Refused):
    """The form's answers are not in order: `problems` says which (`keng.procedures.forms.Problem`)."""

    def __init__(self, sentence: str | Promise, problems: Sequence[Any]) -> None:
        super().__init__(sentence, "invalid")
        self.problems = list(problems)
