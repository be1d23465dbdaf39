"""What the mailbox refuses, each with a code for scripts and one sentence for the person."""

from http import HTTPStatus
from typing import Any

from django.utils.functional import Promise


class Refused(Exception):
    """Nothing was changed. `status` is an HTTP status; `extra` goes along with the answer (the free index, the hour …)."""

    def __init__(self, code: str, status: int, sentence: str | Promise, **extra: Any) -> None:
        super().__init__(code)
        self.code, self.status, self.sentence, self.extra = code, int(status), sentence, extra

    def as_json(self) -> dict[str, Any]:
        return {"error": self.code, "message": str(self.sentence), **self.extra}


class Malformed(Refused):
    """What was sent is not what the protocol says."""

    def __init__(self, sentence: str | Promise, code: str = "malformed") -> None:
        super().__init__(code, HTTPStatus.BAD_REQUEST, sentence)


class Conflict(Refused):
    """Somebody else changed the report meanwhile: look again, then decide again."""

    def __init__(self, sentence: str | Promise, code: str = "conflict", **extra: Any) -> None:
        super().__init__(code, HTTPStatus.CONFLICT, sentence, **extra)


class NotAllowed(Refused):
    """The rules forbid it, whoever asks."""

    def __init__(self, sentence: str | Promise, code: str = "not_allowed", **extra: Any) -> None:
        super().__init__(code, HTTPStatus.CONFLICT, sentence, **extra)
