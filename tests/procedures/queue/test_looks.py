"""C1: an unexplained look at data fails. For every address of a dossier on the desk, whichever will be added: without a purpose nothing of
the resident is in the answer, and where something is, the ledger has an entry of whoever looked, with the purpose."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest
from django.db import transaction

from keng.accounts.models import Absence
from keng.core import ids
from keng.ledger.models import Entry
from keng.procedures.dossiers import services
from keng.procedures.dossiers.routing import today
from keng.procedures.models import Dossier, Event, State
from keng.procedures.queue import dossier_views, page
from keng.signing import documents
from tests.accounts.signing_in import straight_in
from tests.desk.test_permissions import ADDRESSES
from tests.procedures.queue.desk import MARKERS
from tests.procedures.slips.reading import readable

pytestmark = pytest.mark.django_db
OF_A_DOSSIER = [address for address in ADDRESSES if "dossier" in address.names]
LOOKS = ("procedures.dossier.read", "procedures.file.read")


@dataclass
class Stage:
    """One accepted dossier of the marked resident: Thu's, with a picture, slips and all that a page could show."""

    dossier: Dossier
    things: dict[str, str]
    markers: list[bytes]

    def shown(self, answer: Any) -> list[bytes]:
        read = readable(answer)
        return [marker for marker in self.markers if marker in read]


@pytest.fixture
def stage(cast):
    dossier = cast.accepted()
    paper, slip = cast.paper(dossier), documents.of_case(dossier.code)[0]
    picture = services.looking.files.plain(paper)
    return Stage(
        dossier,
        {"dossier": dossier.code, "attachment": str(paper.pk), "document": str(slip.pk)},
        [marker.encode() for marker in MARKERS] + [picture[:60]],
    )


def looks(dossier, login):
    return Entry.objects.filter(case=dossier.code, by=login, verb__in=LOOKS)


def answers(desk, address, things):
    """The answers to a GET and to an empty POST, with where they lead; what the POST did is undone."""
    there = address.filled(things)
    yield desk.get(there, follow=True)
    with transaction.atomic():
        yield desk.post(there, follow=True)
        transaction.set_rollback(True)


def unexplained(desk, address, stage, login):
    """What of the resident's came with no entry for it."""
    found = []
    for answer in answers(desk, address, stage.things):
        assert answer.status_code < 500, address.path
        if stage.shown(answer) and not looks(stage.dossier, login).exists():
            found += stage.shown(answer)
    return found


def test_the_addresses_of_a_dossier_are_all_here():
    paths = {address.path for address in OF_A_DOSSIER}
    assert {"dossiers/<str:dossier>/", "dossiers/<str:dossier>/files/<int:attachment>/"} <= paths
    assert len(paths) >= 4 + len(dossier_views.VIEWS)


@pytest.mark.parametrize("address", OF_A_DOSSIER, ids=lambda address: "/" + address.path)
@pytest.mark.parametrize("who", ["ly", "minh", "khoa"])
def test_c1_without_a_purpose_no_address_of_a_dossier_shows_anything_of_the_resident(desk, cast, stage, address, who):
    """Ly is a colleague at the very office; Minh leads another branch; Khoa will get it later."""
    straight_in(desk, getattr(cast, who))
    for answer in answers(desk, address, stage.things):
        assert answer.status_code < 500
        assert stage.shown(answer) == []
    assert not looks(stage.dossier, who).exists()


@pytest.mark.parametrize("address", OF_A_DOSSIER, ids=lambda address: "/" + address.path)
@pytest.mark.parametrize("who", ["thu", "ly"])
def test_c1_whatever_shows_something_of_the_resident_is_covered_by_an_entry(desk, cast, stage, address, who):
    """Thu owns it, Ly gives a reason; neither has looked when the address is asked for, but for Ly's reason."""
    straight_in(desk, getattr(cast, who))
    if who == "ly":
        services.look(dossier=stage.dossier, by=cast.ly, reason="verification")
    assert unexplained(desk, address, stage, who) == []


def test_c1_a_page_that_shows_data_without_a_look_is_found_by_the_tests_above(desk, cast, stage, monkeypatch):
    """Broken on purpose: the page believes that everybody has opened the dossier."""
    monkeypatch.setattr(services, "opened", lambda **_given: True)
    straight_in(desk, cast.ly)
    own = next(address for address in OF_A_DOSSIER if address.path == "dossiers/<str:dossier>/")
    assert unexplained(desk, own, stage, "ly") == [marker.encode() for marker in MARKERS]
    with pytest.raises(AssertionError):
        test_c1_without_a_purpose_no_address_of_a_dossier_shows_anything_of_the_resident(desk, cast, stage, own, "ly")


def test_c1_the_owners_own_page_leaves_one_look_a_sitting_with_its_purpose(desk, cast, stage):
    straight_in(desk, cast.thu)
    for _twice in range(2):
        assert stage.shown(desk.get(f"/dossiers/{stage.dossier.code}/")) == [marker.encode() for marker in MARKERS]
    entry = looks(stage.dossier, "thu").get()
    assert (entry.subject, entry.case, entry.office) == (stage.dossier.code, stage.dossier.code, "pvhcc-thanh-yen")
    assert entry.purpose == "caseworker:taken"


def test_after_a_reason_forgotten_the_same_page_takes_the_reason(desk, cast, stage):
    straight_in(desk, cast.ly)
    there = f"/dossiers/{stage.dossier.code}/"
    answer = desk.post(there + "look/", {"reason": "", "note": ""})
    assert answer.status_code == 400
    # The page stands under another address now; what it offers must lead where it did before.
    assert f'action="{there}look/"' in answer.content.decode()
    assert 'action="look/"' not in answer.content.decode()


def test_c1_a_reason_opens_it_for_a_sitting_and_the_note_stays_out_of_the_ledger(desk, cast, stage):
    straight_in(desk, cast.ly)
    there = f"/dossiers/{stage.dossier.code}/"
    answer = desk.post(there + "look/", {"reason": "counter", "note": "bà con hỏi ngày trả"})
    assert (answer.status_code, answer["Location"]) == (302, there)
    assert len(stage.shown(desk.get(there))) == len(MARKERS)
    entry = looks(stage.dossier, "ly").get()
    assert entry.purpose == "caseworker:counter"
    assert Event.objects.get(entry=entry.pk).note == "bà con hỏi ngày trả"
    Event.objects.filter(entry=entry.pk).update(at=ids.now() - services.looking.SITTING - timedelta(minutes=1))
    assert stage.shown(desk.get(there)) == []


@pytest.mark.parametrize(
    "said",
    [
        {}, {"reason": ""}, {"reason": "curiosity"}, {"reason": "taken"}, {"reason": "supervision"},
        {"reason": "counter", "note": "x" * 501},
    ],
)  # fmt: skip
def test_c1_without_a_reason_of_the_list_nothing_opens(desk, cast, stage, said):
    straight_in(desk, cast.ly)
    answer = desk.post(f"/dossiers/{stage.dossier.code}/look/", said)
    assert answer.status_code == 400
    assert stage.shown(answer) == []
    assert not looks(stage.dossier, "ly").exists()


def test_c1_each_file_that_is_opened_is_an_entry_of_its_own_and_can_do_nothing(desk, cast, stage):
    straight_in(desk, cast.thu)
    there = f"/dossiers/{stage.dossier.code}/files/{stage.things['attachment']}/"
    answer = desk.get(there)
    assert answer.getvalue().startswith(b"\xff\xd8")
    assert answer["Content-Type"] == "image/jpeg"
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["Cache-Control"] == "no-store"
    assert answer["Content-Security-Policy"].startswith("sandbox; default-src 'none'")
    assert looks(stage.dossier, "thu").filter(verb="procedures.file.read").count() == 1
    desk.get(there)
    assert looks(stage.dossier, "thu").filter(verb="procedures.file.read").count() == 2


def test_a_file_or_slip_of_another_dossier_is_not_under_this_ones_address(desk, cast, stage):
    other = cast.accepted()
    straight_in(desk, cast.thu)
    assert desk.get(f"/dossiers/{other.code}/files/{stage.things['attachment']}/").status_code == 404
    assert desk.get(f"/dossiers/{other.code}/slips/{stage.things['document']}.pdf").status_code == 404


def test_c1_without_a_purpose_a_file_leads_back_to_where_one_is_asked_for(desk, cast, stage):
    straight_in(desk, cast.ly)
    answer = desk.get(f"/dossiers/{stage.dossier.code}/files/{stage.things['attachment']}/", follow=True)
    assert answer.redirect_chain == [(f"/dossiers/{stage.dossier.code}/", 302)]
    assert "nêu lý do xem" in answer.content.decode()


def test_a_stand_in_opens_it_as_the_owner_would(desk, cast, stage):
    Absence.objects.create(officer=cast.thu, stand_in=cast.ly, first=today(), last=today())
    straight_in(desk, cast.ly)
    assert len(stage.shown(desk.get(f"/dossiers/{stage.dossier.code}/"))) == len(MARKERS)
    assert looks(stage.dossier, "ly").get().purpose == "caseworker:taken"


def test_c4_of_an_erased_dossier_the_page_says_so_and_shows_its_times(desk, cast, stage):
    Dossier.objects.filter(pk=stage.dossier.pk).update(
        citizen=None, answers={}, erased_at=ids.now(), state=State.REFUSED, closed_at=ids.now()
    )
    straight_in(desk, cast.thu)
    text = desk.get(f"/dossiers/{stage.dossier.code}/").content.decode()
    assert "Dữ liệu đã xoá" in text
    slip = desk.get(f"/dossiers/{stage.dossier.code}/slips/{stage.things['document']}.pdf", follow=True)
    assert (slip.status_code, stage.shown(slip)) == (200, [])
    assert not looks(stage.dossier, "thu").exists()


def test_notes_are_for_whoever_opened_it(cast, stage):
    services.give_back(dossier=stage.dossier, by=cast.thu, note="Bà Dấu chưa nộp đủ")
    assert [turn.note for turn in page.turns(stage.dossier, opened=False) if turn.note] == []
    assert [turn.note for turn in page.turns(stage.dossier, opened=True) if turn.note] == ["Bà Dấu chưa nộp đủ"]


def test_c4_a_slip_whose_dossier_is_erased_while_it_is_opened_is_said_to_be_erased(desk, stage, cast, monkeypatch):
    def erased(document):
        raise documents.Forgotten(document.code)

    straight_in(desk, cast.thu)
    desk.get(f"/dossiers/{stage.dossier.code}/")
    monkeypatch.setattr(documents, "pdf", erased)
    answer = desk.get(f"/dossiers/{stage.dossier.code}/slips/{stage.things['document']}.pdf", follow=True)
    assert answer.redirect_chain == [(f"/dossiers/{stage.dossier.code}/", 302)]
    assert "đã được xoá vì hết thời hạn lưu" in answer.content.decode()
