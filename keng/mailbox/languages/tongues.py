"""In which language a page is: Vietnamese or English, which are compiled, or one added from the desk, which is laid over the Vietnamese."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from django.utils import translation

from keng.mailbox.languages.catalogue import COMPILED, Catalogue
from keng.mailbox.languages.marking import marking, spell
from keng.mailbox.models import Language


@dataclass(frozen=True)
class Tongue:
    """`code` as in the address and in `<html lang>`; `catalogue` for an added language alone."""

    code: str
    catalogue: Catalogue | None

    @classmethod
    def of(cls, code: str) -> "Tongue":
        return cls(code, None if code in COMPILED else Catalogue.of(code))

    @property
    def bundle(self) -> str:
        """Whose scripts and whose plain pages serve it."""
        return "vi" if self.catalogue else self.code

    @contextmanager
    def rendering(self) -> Iterator[None]:
        with marking() if self.catalogue else translation.override(self.code):
            yield

    def spell(self, page: str) -> str:
        if self.catalogue is None:
            return page
        with translation.override("vi"):
            return spell(page, self.catalogue)

    def context(self, *names: str) -> dict[str, object]:
        """What the templates need of it; `names` are the scripts and pages whose sentences are shown."""
        return {
            "lang": self.code,
            "added": self.catalogue is not None,
            "drafts": self.catalogue is not None and self.catalogue.has_drafts(*names),
        }


def version_of(code: str) -> int | None:
    """0 for a compiled language, for an added one the number of its changes, None where there is no such language."""
    if code in COMPILED:
        return 0
    return Language.objects.filter(code=code).values_list("version", flat=True).first()
