"""C1 over the whole desk, whatever will be added: no address shows anything of a resident to somebody who gave no reason, whatever
it names (a dossier, a draft, a request, a file) or if it names nothing; what it shows stands in the ledger and on their own page at once.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from django.db import transaction

from keng.core import at_rest
from keng.core.calendar.load import load_calendar
from keng.ledger.models import Entry
from keng.procedures.assisted import looking
from keng.procedures.dossiers import services
from keng.procedures.filing import drafts, files
from keng.procedures.models import Dossier, Draft
from keng.procedures.requests import services as requests
from keng.procedures.resident.looks import WHAT
from keng.signing import documents
from tests.accounts.signing_in import straight_in
from tests.desk.test_permissions import ADDRESSES, Address, named
from tests.procedures.citizens import as_citizen
from tests.procedures.queue.desk import MARKERS, Desk, picture
from tests.procedures.slips.reading import readable

pytestmark = pytest.mark.django_db
FILE_NAME, NOTE, WORDS, TYPED = (
    "Giấy Dấu Hiệu",
    "Bà Dấu nói thêm ở quầy",
    "Xin sửa tên đường Dấu Hiệu",
    "Bản Dấu Nháp 78",
)
LEAVES = ("logout", "password", "language")  # of one's own account: after them nobody is signed in


@dataclass
class Stage:
    cast: Desk
    dossier: Dossier
    draft: Draft
    things: dict[str, str]
    markers: list[bytes]

    def shown(self, answer: Any) -> list[bytes]:
        read = readable(answer)
        return [marker for marker in self.markers if marker in read]

    @property
    def cases(self) -> tuple[str, str]:
        return self.dossier.code, str(self.draft.pk)

    def looks(self, *cases: str) -> list[str]:
        found = Entry.objects.filter(case__in=cases or self.cases, verb__in=WHAT)
        return list(found.values_list("by", flat=True))

    def case_of(self, address: Address, shown: list[bytes]) -> str:
        """What was shown at the address is of: the draft, where it names one or shows what was typed in it, or else the dossier."""
        return self.cases["draft" in address.names or TYPED.encode() in shown]

    def on_own_page(self, my: Any, case: str) -> bool:
        """Whether the resident's page has looks of exactly that."""
        looks = my.get("/looks").context["looks"]
        code, about = (self.dossier.code, "") if case == self.dossier.code else ("", self.draft.version.name)
        return any((look.code, look.about) == (code, about) for look in looks)


@pytest.fixture
def stage() -> Stage:
    """Thu's dossier of the marked resident, with all that one can hold, and Thu's draft for the same person; everything else that the desk
    has lies at the post."""
    load_calendar()
    at_rest.ensure()
    cast = Desk()
    _ = (
        cast.centre,
        cast.other_centre,
        cast.neighbour,
        cast.province_police,
        cast.thu,
        cast.khoa,
        cast.ly,
        cast.version,
    )
    things = dict(named(cast))
    dossier = cast.accepted()
    paper = files.store(upload=picture(f"{FILE_NAME}.jpg"), citizen=cast.marked, dossier=dossier, title="Giấy thuê nhà")
    asked = requests.file(dossier=dossier, kind="correction", text=WORDS, citizen=cast.marked)
    draft = drafts.start(
        version=cast.version, citizen=cast.marked, unit=cast.thanh_yen, filed_by=cast.thu, office=cast.centre, channel="counter",
        agreed="spoken",
    )  # fmt: skip
    drafts.save(draft=draft, answers={"address": TYPED}, seen=drafts.mark(draft, ["address"]), step=1)
    typed = files.store(upload=picture(f"{FILE_NAME}.jpg"), citizen=cast.marked, draft=draft, field="contract")
    services.give_back(dossier=dossier, by=cast.thu, note=NOTE)
    services.take(dossier=dossier, by=cast.thu)
    things |= {
        "dossier": dossier.code, "attachment": str(paper.pk), "document": str(documents.of_case(dossier.code)[0].pk),
        "asked": str(asked.pk), "draft": str(draft.pk), "paper": str(typed.pk), "procedure": cast.version.procedure.code,
        "username": cast.khoa.username, "office": cast.centre.code, "unit": cast.thanh_yen.pk,
    }  # fmt: skip
    markers = [text.encode() for text in (*MARKERS, FILE_NAME, NOTE, WORDS, TYPED)]
    return Stage(
        cast,
        dossier,
        draft,
        things,
        [*markers, files.plain(paper)[:60], documents.pdf(documents.of_case(dossier.code)[0])[:1500]],
    )


def whole() -> list[Address]:
    return [one for one in ADDRESSES if not any(word in one.path for word in LEAVES)]


def answers(desk: Any, address: Address, things: dict[str, str]) -> Iterator[Any]:
    """To a GET, to the number in whatever box searches, and to an empty POST; what was done is undone."""
    there = address.filled(things)
    for ask in (
        lambda: desk.get(there, follow=True),
        lambda: desk.get(there, SEARCHES, follow=True),
        lambda: desk.post(there, follow=True),
    ):
        with transaction.atomic():
            yield ask()
            transaction.set_rollback(True)


SEARCHES = dict.fromkeys(("q", "query", "search", "code", "name", "owner", "number"), "Dấu")


@pytest.mark.parametrize("who", ["ly", "khoa", "minh", "quan"])
def test_c1_no_address_of_the_desk_shows_anything_of_a_resident_to_somebody_who_gave_no_reason(desk, stage, who):
    """A colleague at the office, one at another, the leader, who keeps the catalogue. A press that is the reason leaves its entry."""
    straight_in(desk, getattr(stage.cast, who))
    for address in whole():
        for answer in answers(desk, address, stage.things):
            assert stage.shown(answer) == [] or who in stage.looks(), address.path
    assert stage.looks() == []


def unexplained(desk: Any, my: Any, stage: Stage, addresses: list[Address]) -> list[str]:
    """Addresses that show something of the dossier or the draft to Thu, who works on both, with no entry that the resident's page shows."""
    found = []
    straight_in(desk, stage.cast.thu)
    as_citizen(my, stage.cast.marked)
    for address in addresses:
        for answer in answers(desk, address, stage.things):
            shown = stage.shown(answer)
            case = stage.case_of(address, shown)
            if shown and not ("thu" in stage.looks(case) and stage.on_own_page(my, case)):
                found.append(address.path)
    return found


def test_c1_whatever_the_desk_shows_of_a_resident_stands_on_their_own_page_at_once(desk, my, stage):
    """Also what an officer types for somebody beside them, before it is filed and open to that officer alone."""
    assert stage.looks() == []
    assert unexplained(desk, my, stage, whole()) == []


def test_c1_a_draft_that_opens_without_a_look_is_found(desk, my, stage, monkeypatch):
    """Broken on purpose: nothing is written down."""
    monkeypatch.setattr(looking, "opened", lambda **_given: None)
    ours = [one for one in whole() if "draft" in one.names]
    found = unexplained(desk, my, stage, ours)
    assert {"dossiers/new/<int:draft>/review/", "dossiers/new/<int:draft>/<int:step>/"} <= set(found)


def test_c1_views_that_forget_to_ask_are_found(desk, my, stage, monkeypatch):
    """Broken on purpose: every view believes that whoever asks has looked."""
    monkeypatch.setattr(services, "opened", lambda **_given: True)
    ours = [one for one in whole() if {"dossier", "asked"} & set(one.names)]
    found = unexplained(desk, my, stage, ours)
    assert {
        "dossiers/<str:dossier>/",
        "dossiers/<str:dossier>/slips/<int:document>.pdf",
        "requests/<int:asked>/",
    } <= set(found)
