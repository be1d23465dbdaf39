"""The one request for more is answered whole: what is asked for, files and corrected answers, sent once."""

from datetime import timedelta

import pytest
from django.utils.timezone import localdate

from keng.procedures.dossiers import services
from keng.procedures.filing import drafts, kinds, review
from keng.procedures.models import Dossier, Draft
from tests.procedures.citizens import as_citizen
from tests.procedures.filing import made
from tests.procedures.filing.conftest import Filing

ITEMS = [
    {"title": "Hợp đồng rõ chữ", "why": "Bản đã gửi bị mờ", "field": "contract"},
    {"title": "Tên chủ nhà", "why": "", "field": "owner"},
    {"title": "Giấy khác", "why": "Theo yêu cầu", "field": ""},
]


@pytest.fixture
def waiting(cast: Filing) -> Dossier:
    dossier = review.file(draft=cast.filled(), by=None)
    services.take(dossier=dossier, by=cast.thu)
    services.ask_supplement(dossier=dossier, items=ITEMS, by_day=localdate() + timedelta(days=20), by=cast.thu)
    return dossier


def test_what_is_asked_for_is_listed_with_its_reasons(an, waiting: Dossier) -> None:
    html = an.get(f"/dossiers/{waiting.code}/supplement").content.decode()
    for said in ("Hợp đồng rõ chữ", "Bản đã gửi bị mờ", "Tên chủ nhà", "Giấy khác", waiting.code):
        assert said in html
    assert html.count('type="file"') == 2
    draft = Draft.objects.get()
    assert f"/drafts/{draft.pk}/1#f-owner" in html
    assert drafts.of(draft.citizen) == []


def test_files_and_a_corrected_answer_are_sent_together(an, waiting: Dossier) -> None:
    address = f"/dossiers/{waiting.code}/supplement"
    an.get(address)
    draft = Draft.objects.get()
    step = f"/drafts/{draft.pk}/1"
    assert "Bản Noong Hẹt" in an.get(step).content.decode()
    mark = drafts.mark(draft, ["address", "owner"])
    an.post(step, {"_seen": mark, "address": "Bản Noong Hẹt", "owner": "Lò Văn Pánh"})
    kept = an.post(
        address, {"contract": made.upload(made.pdf(2), "ro.pdf"), "supplement_2": made.upload(made.png(), "khac.png")}
    )
    assert kept["Location"] == address
    assert "ro.pdf" in an.get(address).content.decode()
    assert an.get(f"/drafts/{draft.pk}/review")["Location"] == address
    sent = an.post(address, {"_send": "1"})
    assert sent["Location"] == f"/dossiers/{waiting.code}/receipt"
    waiting.refresh_from_db()
    assert waiting.answers["owner"] == "Lò Văn Pánh"
    assert {one.name for one in waiting.attachments.all()} == {"hop dong.pdf", "ro.pdf", "khac.png"}
    assert not Draft.objects.exists()
    assert an.get(address)["Location"] == sent["Location"]  # answered once


def test_left_for_later_the_form_leads_back_to_what_is_asked_for(an, waiting: Dossier) -> None:
    address = f"/dossiers/{waiting.code}/supplement"
    an.get(address)
    draft = Draft.objects.get()
    step = f"/drafts/{draft.pk}/1"
    assert f'href="{address}"' in an.get(step).content.decode()
    later = {"_seen": drafts.mark(draft, ["address", "owner"]), "address": "Bản Noong Hẹt", "_later": "1"}
    assert an.post(step, later)["Location"] == address


def test_nothing_new_is_refused_and_a_bad_file_is_said_beside_its_item(an, waiting: Dossier) -> None:
    address = f"/dossiers/{waiting.code}/supplement"
    empty = an.post(address, {"_send": "1"})
    assert empty.status_code >= 400
    assert "Chưa có gì mới" in empty.content.decode()
    bad = an.post(address, {"_send": "1", "contract": made.upload(b"GIF89a", "a.gif")})
    assert bad.status_code == 422
    assert "a.gif: Chỉ nhận PDF" in bad.content.decode()
    waiting.refresh_from_db()
    assert waiting.state == "waiting"


def test_a_file_is_taken_away_again(an, waiting: Dossier) -> None:
    address = f"/dossiers/{waiting.code}/supplement"
    an.post(address, {"contract": made.upload(made.pdf(), "ro.pdf")})
    kept = Draft.objects.get().attachments.get()
    an.post(address, {"_remove": str(kept.pk)})
    assert not Draft.objects.get().attachments.exists()


def test_s3_a_file_on_its_way_while_another_window_sends_the_answer_leads_to_the_receipt(
    an, waiting: Dossier, monkeypatch
):
    address = f"/dossiers/{waiting.code}/supplement"
    an.get(address)
    looked_at = kinds.clean

    def sent_meanwhile(raw: bytes, *, most: int) -> kinds.Clean:
        Draft.objects.all().delete()
        return looked_at(raw, most=most)

    monkeypatch.setattr(kinds, "clean", sent_meanwhile)
    answer = an.post(address, {"contract": made.upload(made.pdf())})
    assert answer["Location"] == f"/dossiers/{waiting.code}/receipt"


def test_c2_nobody_answers_for_another(my, cast: Filing, waiting: Dossier) -> None:
    client = as_citizen(my, cast.ba_sua)
    assert client.get(f"/dossiers/{waiting.code}/supplement").status_code == 404
    assert client.post(f"/dossiers/{waiting.code}/supplement", {"_send": "1"}).status_code == 404


def test_a_dossier_of_which_nothing_is_asked_leads_to_its_receipt(an, cast: Filing) -> None:
    dossier = review.file(draft=cast.filled(), by=None)
    assert an.get(f"/dossiers/{dossier.code}/supplement")["Location"] == f"/dossiers/{dossier.code}/receipt"
