"""A server whose box speaks a language of nonsense words, so that nobody takes them for a real one; officers with phones."""

from collections.abc import Iterator

import pytest

from tests.e2e.officers_stage import Officers

SETTING = """
import json, sys
sys.path.insert(0, ".")
from tests.accounts.signing_in import give_phone
from tests.cast import Cast
from keng.mailbox.languages import wordings
from keng.mailbox.languages.sentences import sentences
from keng.mailbox.models import Box
cast = Cast()
box, who = cast.box, {"by": "quan", "office": "ca-dien-bien"}
language = wordings.add_language(code="hmv", name="Zabu", name_in_vietnamese="Thử", **who)
for key, text in {
    "page.heading.crime": "Zubolo kimta", "page.what": "Vako zu?", "page.choice.crime.theft": "Bolomi", "page.tell": "Rabu tako vemi solo",
    "page.when": "Tavo?", "page.time.now": "Nuva zo", "page.forward": "Zalimo vatu kopa", "page.locked": "Kolomu zati vo ralo",
    "page.look": "Vizu lomo", "report.preview": "Zami vizu", "report.keep": "Rozi kamo talu", "report.located": "Toki zo {metres} m.",
    "report.empty": "Nazu kiro vo!", "page.sections": "Lirazo", "guide.scan": "Skazu pitamo rolo", "return.noAnswers": "Navu zol rike",
}.items():
    wordings.write(language=language, key=key, text=text, **who)
for key, text in {"page.choice.crime.drugs": "Zemiko", "page.tell": "Rabu tako vemi solo", "page.when": "Tavo?",
                  "page.look": "Vizu lomo"}.items():
    wordings.write(language=language, key=key, text=text, **who)
    wordings.review(language=language, key=key, text=text, reader="Bà Zabu", vouches=True, **who)
Box.objects.filter(pk=box.pk).update(languages=["vi", "en", "hmv"])
phones = {login: give_phone(getattr(cast, login)) for login in ("hoa", "nam", "quan")}
print(json.dumps({"phones": phones, "root": cast.keys.root.fingerprint, "identity": cast.keys.identity}))
"""


class Voices(Officers):
    @property
    def page(self) -> str:
        return f"{self.server.public}/b/na-co-sa"

    @property
    def root(self) -> str:
        return str(self.known["root"])

    def desk(self, path: str) -> str:
        return f"{self.server.desk}{path}"


@pytest.fixture(scope="session")
def voices(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Voices]:
    """Shared: each test records sentences of its own."""
    stage = Voices.staged(tmp_path_factory.mktemp("voices"), SETTING)
    yield stage
    stage.server.stop()
