"""The desk's pages and addresses for prompts: who records where, what is refused, who approves."""

from datetime import date
from typing import Any

import pytest

from keng.mailbox.languages import prompts, wordings
from keng.mailbox.languages.sound import MOST
from keng.mailbox.models import Box, Prompt
from tests.accounts.signing_in import straight_in
from tests.cast import Cast
from tests.mailbox.languages.conftest import WHO
from tests.mailbox.languages.speech import film, wav

pytestmark = pytest.mark.django_db
SPEECH = wav(1)
API = "/languages/boxes/na-co-sa/api"


@pytest.fixture
def cast() -> Cast:
    made = Cast()
    _ = made.box
    return made


def record(desk: Any, raw: bytes = SPEECH, *, key: str = "page.what", language: str = "vi") -> Any:
    address = f"{API}/record/?language={language}&key={key}"
    return desk.post(address, raw, content_type="application/octet-stream")


def approve(desk: Any, **said: str) -> Any:
    asked = {"language": "vi", "key": "page.what", **said}
    return desk.post(f"{API}/approve/", asked, content_type="application/json")


def test_an_officer_records_and_the_custodian_listens_and_approves(desk, cast):
    straight_in(desk, cast.hoa)
    answer = record(desk)
    assert answer.status_code == 201
    assert answer.json()["state"] == "waiting"
    assert "chờ người khác duyệt" in answer.json()["words"]
    heard = desk.get(f"{API}/sound/?language=vi&key=page.what")
    assert (heard["Content-Type"], heard.content) == ("audio/webm", bytes(Prompt.objects.get().sound))
    straight_in(desk, cast.nam)
    assert desk.get(f"{API}/heard/?language=vi&key=page.what").content == heard.content
    answer = approve(desk, digest=answer.json()["digest"])
    assert answer.json()["state"] == "approved"
    assert Prompt.objects.get().approved_by == "nam"


def test_a_custodian_who_recorded_is_not_the_one_who_approves(desk, cast):
    straight_in(desk, cast.nam)
    digest = record(desk).json()["digest"]
    answer = approve(desk, digest=digest)
    assert (answer.status_code, answer.json()["error"]) == (409, "own")
    assert "Người ghi không tự duyệt được" in answer.json()["message"]
    straight_in(desk, cast.quan)  # the administrator above
    assert approve(desk, digest=digest).status_code == 200


def test_an_officer_approves_nothing_and_an_administrator_records_nothing(desk, cast):
    straight_in(desk, cast.hoa)
    digest = record(desk).json()["digest"]
    assert approve(desk, digest=digest).status_code == 403
    straight_in(desk, cast.quan)
    assert record(desk).status_code == 403


def test_o2_the_neighbours_officer_meets_no_such_box(desk, cast):
    straight_in(desk, cast.lan)
    assert record(desk).status_code == 404
    assert desk.get("/languages/boxes/na-co-sa/").status_code == 404
    assert not Prompt.objects.exists()


@pytest.mark.parametrize(
    ("raw", "status", "code"),
    [
        (b"", 400, "malformed"),
        (b"MZ" + bytes(900), 400, "unreadable"),
        (b"\x1aE\xdf\xa3" + bytes(900), 400, "unreadable"),
        (wav(0.1), 400, "short"),
        (wav(2, loud=0), 400, "silent"),
        (film(), 400, "video"),
        (wav(32, rate=8000), 400, "long"),
        (bytes(MOST + 1), 413, "large"),
        (bytes(3 * MOST), 413, "large"),
    ],
    ids=[
        "nothing",
        "a program",
        "a torn webm",
        "0.1 s",
        "silence",
        "a film",
        "32 s",
        "over 1 MB",
        "over the server's limit",
    ],
)
def test_s3_what_is_no_prompt_is_refused_with_a_code_and_a_sentence(desk, cast, raw, status, code):
    straight_in(desk, cast.hoa)
    answer = record(desk, raw)
    assert (answer.status_code, answer.json()["error"]) == (status, code)
    assert answer.json()["message"].endswith((".", "”."))
    assert not Prompt.objects.exists()


@pytest.mark.parametrize(
    ("asked", "status", "code"),
    [
        ({"key": "page.nothing"}, 404, "no_sentence"),
        ({"key": "page.exit"}, 404, "no_sentence"),
        ({"language": "zzz"}, 409, "not_spoken"),
        ({"language": "hmv"}, 409, "not_spoken"),  # a language, but not this box's
        ({"key": ""}, 400, "malformed"),
        ({"language": "%00"}, 400, "malformed"),
    ],
)
def test_s3_an_unknown_sentence_or_language_is_refused(desk, cast, asked, status, code):
    wordings.add_language(code="hmv", name="Zabu", name_in_vietnamese="Thử", **WHO)
    straight_in(desk, cast.hoa)
    answer = record(desk, **asked)
    assert (answer.status_code, answer.json()["error"]) == (status, code)


@pytest.mark.parametrize(
    "body", [b"", b"[]", b"{", b'{"language":1}', b'{"language":"vi","key":"page.what","digest":null}']
)
def test_s3_an_approval_that_says_nothing_is_malformed(desk, cast, body):
    straight_in(desk, cast.nam)
    for verb in ("approve", "refuse", "remove"):
        answer = desk.post(f"{API}/{verb}/", body, content_type="application/json")
        assert answer.status_code in (400, 409)
    assert desk.get(f"{API}/heard/?language=vi&key=page.what").status_code == 409


def test_who_listens_and_finds_it_wrong_takes_it_away(desk, cast):
    straight_in(desk, cast.hoa)
    record(desk)
    straight_in(desk, cast.nam)
    answer = desk.post(f"{API}/refuse/", {"language": "vi", "key": "page.what"}, content_type="application/json")
    assert answer.json()["state"] == "none"
    assert not Prompt.objects.exists()


def test_the_page_of_recording_shows_every_sentence_with_what_to_read(desk, cast):
    language = wordings.add_language(code="hmv", name="Zabu", name_in_vietnamese="Thử", **WHO)
    Box.objects.update(languages=["vi", "hmv"])
    wordings.write(language=language, key="page.what", text="Vako zu?", **WHO)
    straight_in(desk, cast.hoa)
    page = desk.get("/languages/boxes/na-co-sa/?language=hmv").content.decode()
    assert '<p class="big" lang="hmv">Vako zu?</p>' in page
    assert "lời dịch chưa được người bản ngữ duyệt" in page
    assert "chỉ ghi âm khi lời dịch đã được người bản ngữ duyệt" in page  # consents
    assert "Chưa có lời dịch viết" in page
    assert desk.get("/languages/boxes/na-co-sa/?language=zzz").context["code"] == "vi"


def test_the_page_of_approving_shows_what_there_is_to_hear(desk, cast):
    straight_in(desk, cast.nam)
    assert "Chưa có bản ghi nào" in desk.get("/languages/boxes/na-co-sa/approve/").content.decode()
    Prompt.objects.create(
        box=cast.box, language="vi", key="page.what", source="Chuyện chi?", sound=b"x", seconds=1, recorded_by="hoa",
        recorded_on=date(2026, 11, 22),
    )  # fmt: skip
    page = desk.get("/languages/boxes/na-co-sa/approve/").content.decode()
    assert page.count('<li class="card"') == 1
    assert "câu chữ đã đổi, cần ghi lại" in page
    answer = approve(desk, digest=prompts.digest_of(Prompt.objects.get()))
    assert (answer.status_code, answer.json()["error"]) == (409, "stale")
