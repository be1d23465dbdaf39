"""`/r/plain`: returning without JavaScript."""

import json
import re
from html import unescape
from threading import Thread as PythonThread

import pytest
from django.db import OperationalError, connections
from django.utils import timezone

from config.demo.client import hour_text
from keng.mailbox import plain_thread, sealing
from keng.mailbox.models import Box, KeyStatement, Part, State, Thread
from keng.mailbox.services import answer
from tests.cast import Cast
from tests.conftest import FaceClient
from tests.mailbox.services.test_answers import sealed_answer
from tests.mailbox.services.test_parts import send
from tests.mailbox.test_plain import form_on, opened, post, receipt_on


@pytest.fixture
def receipt(cast: Cast, public: FaceClient) -> str:
    _ = cast.box
    return receipt_on(post(public, text="Mất trâu."))


def show(public: FaceClient, receipt: str, lang: str = ""):
    return post(public, f"/r/plain{lang}", code=receipt)


def words(response) -> str:
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", response.content.decode().split("</style>")[1])).split())


class Holder:
    """A receipt's keys, in the shape that makers of answers expect."""

    def __init__(self, receipt: str) -> None:
        self.keys = sealing.derive(receipt)


def say(cast: Cast, receipt: str, text: str, index: int = 0, box: Box | None = None, hour: str = "") -> None:
    sealed = sealed_answer(cast, Holder(receipt), index=index, text=text, hour=hour)
    answer(thread=Thread.objects.get(), box=box or cast.box, index=index, sealed=sealed, by="hoa", office="bp-na-co-sa")


def vouch(cast: Cast, receipt: str, secret: bytes | None = None, root: str = "") -> None:
    """The officers' word that the police's box is to be trusted, and the thread with the police."""
    keys = sealing.derive(receipt)
    part = {
        "v": 1, "box": "na-co-sa", "from": "officer", "index": 0, "kind": "forward", "hour": hour_text(), "to": "ca-dien-bien",
        "root": root or cast.police_keys.root.fingerprint,
    }  # fmt: skip
    sealed = sealing.seal_part(
        json_part=part, name="", body=b"", thread=keys.thread, recipients=[keys.reply], secret=secret or keys.secret
    )
    answer(thread=Thread.objects.get(), box=cast.box, index=0, sealed=sealed, by="hoa", office="bp-na-co-sa")
    Thread.objects.update(holder=cast.police, state=State.FORWARDED)


def test_the_form_has_the_ids_that_a_script_looks_for(public: FaceClient) -> None:
    response = public.get("/r/plain")
    html = response.content.decode()
    assert response.status_code == 200
    assert 'id="code"' in html
    assert 'id="open"' in html
    assert response.headers["Cache-Control"] == "no-store"
    assert "form-action 'self'" in response.headers["Content-Security-Policy"]


def test_a_receipt_shows_state_and_answers(cast: Cast, public: FaceClient, receipt: str) -> None:
    assert "Tin đã vào hộp thư, cán bộ chưa mở." in words(show(public, receipt))
    assert "Chưa có trả lời." in words(show(public, receipt))
    Thread.objects.update(state=State.VERIFYING)
    say(cast, receipt, "Trâu <b>màu gì</b>?")
    response = show(public, receipt)
    assert "Cán bộ đang xác minh tin." in words(response)
    assert "Trâu &lt;b&gt;màu gì&lt;/b&gt;?" in response.content.decode()


@pytest.mark.parametrize(
    ("hour", "told"),
    [
        ("2026-11-22T16", "Cán bộ trả lời, ngày 22/11/2026"),
        ("2026-11-22T17", "Cán bộ trả lời, ngày 23/11/2026"),
        ("9999-12-31T23", "Cán bộ trả lời"),
        ("hôm qua", "Cán bộ trả lời"),
    ],
)
def test_an_answers_day_is_the_one_in_viet_nam(
    cast: Cast, public: FaceClient, receipt: str, hour: str, told: str
) -> None:
    """The protocol writes hours in UTC: from midnight to seven in the morning theirs is the day before."""
    say(cast, receipt, "Đã rõ.", hour=hour)
    assert f"{told} Đã rõ." in words(show(public, receipt))


def test_spaces_dashes_and_full_width_digits_are_tolerated(public: FaceClient, receipt: str) -> None:
    groups = [receipt[at : at + 4] for at in range(0, 24, 4)]
    wide = receipt.translate({ord(str(digit)): 0xFF10 + digit for digit in range(10)})
    for typed in (" ".join(groups), "-".join(groups), "–".join(groups), wide, f"  {receipt}\t"):
        assert show(public, typed).status_code == 200, typed


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ("1234 5678 abcd", "Mã chỉ gồm các chữ số."),
        ("1234", "Mã có đủ 24 chữ số"),
        ("1" * 25, "Mã có đủ 24 chữ số"),
        ("0" * 24, "Có chữ số gõ nhầm."),
        ("", "Mã"),
        ("\0" * 24, "Mã chỉ gồm các chữ số."),
        ("٣" * 24, "Mã chỉ gồm các chữ số."),
        ("²" * 24, "Có chữ số gõ nhầm."),
    ],
)
def test_a_typing_error_is_told_and_the_code_stays_in_its_field(
    public: FaceClient, db: None, typed: str, sentence: str
) -> None:
    response = show(public, typed)
    assert response.status_code == 400
    assert sentence in words(response)
    assert 'id="code"' in response.content.decode()


def test_r7_unknown_and_deleted_receipts_are_answered_alike(cast: Cast, public: FaceClient, receipt: str) -> None:
    gone = receipt
    assert post(public, "/r/plain/delete", code=gone, sure="yes").status_code == 200
    pages = [show(public, code) for code in (gone, sealing.make_receipt())]
    assert {page.status_code for page in pages} == {404}
    assert len({page.content.decode().replace(gone, "") for page in pages}) <= 2
    assert all("Không tìm thấy tin nào với mã này." in words(page) for page in pages)


def test_writing_again_is_a_message_that_the_officers_can_prove(cast: Cast, public: FaceClient, receipt: str) -> None:
    response = post(public, "/r/plain/write", code=receipt, form=form_on(show(public, receipt)), text="Con trâu đực.")
    assert response.status_code == 200
    assert "Đã đến nơi." in words(response)
    assert "Con trâu đực." not in response.content.decode()
    part = opened(cast, receipt, index=1)
    assert (part.body.decode(), part.json["kind"], part.foreign) == ("Con trâu đực.", "message", False)
    keys, thread = sealing.derive(receipt), Thread.objects.get()
    digests = [digest for (digest,) in thread.parts.order_by("index").values_list("digest")]
    pinned = sealing.pin_record(
        pin_key=keys.pin_key,
        box="na-co-sa",
        root=cast.keys.root.fingerprint,
        seq=1,
        parts=digests,
        hour=json.loads(thread.pin)["hour"],
    )
    assert (thread.pin, thread.pin_mac) == pinned


def test_the_same_message_form_sent_twice_is_one_message(cast: Cast, public: FaceClient, receipt: str) -> None:
    form = form_on(show(public, receipt))
    for _time in range(2):
        assert post(public, "/r/plain/write", code=receipt, form=form, text="Thêm.").status_code == 200
    assert Part.objects.count() == 2
    post(public, "/r/plain/write", code=receipt, form=form_on(show(public, receipt)), text="Thêm.")
    assert Part.objects.count() == 3, "the same words on another form are another message"


def test_a_message_that_failed_may_be_sent_again_from_the_same_form(
    cast: Cast, public: FaceClient, receipt: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    form = form_on(show(public, receipt))

    def full(**_asked: object) -> None:
        raise OperationalError("disk full")

    with monkeypatch.context() as broken:
        broken.setattr(plain_thread, "accept", full)
        response = post(public, "/r/plain/write", code=receipt, form=form, text="Thêm.")
    assert response.status_code == 500
    assert "Thêm." in response.content.decode()
    assert post(public, "/r/plain/write", code=receipt, form=form, text="Thêm.").status_code == 200
    assert Part.objects.count() == 2


def test_an_empty_message_is_asked_for_beside_the_thread(public: FaceClient, receipt: str) -> None:
    response = post(public, "/r/plain/write", code=receipt, text=" ")
    assert response.status_code == 400
    assert "Bà con viết vài chữ" in words(response)
    assert "Tin đã vào hộp thư" in words(response)


@pytest.mark.django_db(transaction=True)
def test_messages_written_at_once_each_get_a_place(cast: Cast, public: FaceClient, receipt: str) -> None:
    answers = []

    def write(number: int) -> None:
        try:
            response = post(
                FaceClient("public"), "/r/plain/write", code=receipt, form=str(number), text=f"Thêm {number}."
            )
            answers.append(response.status_code)
        finally:
            connections.close_all()

    threads = [PythonThread(target=write, args=(number,)) for number in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert answers == [200, 200, 200]
    assert sorted(Part.objects.values_list("index", flat=True)) == [0, 1, 2, 3]


def test_after_a_forwarding_that_officers_vouch_for_a_message_goes_to_the_new_box(
    cast: Cast, public: FaceClient, receipt: str
) -> None:
    vouch(cast, receipt)
    response = show(public, receipt)
    assert f"Tin được chuyển tới {cast.police.title}." in words(response)
    assert post(public, "/r/plain/write", code=receipt, text="Thêm.").status_code == 200
    assert opened(cast, receipt, index=1, identity=cast.police_keys.identity).body == "Thêm.".encode()
    assert '"box":"na-co-sa"' in Thread.objects.get().pin, "what the reporter trusted first stays on record"


@pytest.mark.parametrize("how", ["no word", "no secret", "other root"])
def test_r4_a_new_box_that_nobody_vouched_for_gets_nothing(
    cast: Cast, public: FaceClient, receipt: str, how: str
) -> None:
    if how == "no word":
        Thread.objects.update(holder=cast.police, state=State.FORWARDED)
    elif how == "no secret":
        vouch(cast, receipt, secret=bytes(32))
    else:
        vouch(cast, receipt, root="0" * 26)
    assert "chưa có cán bộ nào xác nhận khoá" in words(show(public, receipt))
    response = post(public, "/r/plain/write", code=receipt, text="Thêm.")
    assert response.status_code == 409
    assert not Part.objects.filter(direction="reporter", index=1).exists()


def test_r4_a_pin_record_that_was_altered_is_told_and_nothing_is_sealed(
    cast: Cast, public: FaceClient, receipt: str
) -> None:
    thread = Thread.objects.get()
    Thread.objects.update(pin=thread.pin.replace(cast.keys.root.fingerprint, cast.police_keys.root.fingerprint))
    assert "đã bị sửa" in words(show(public, receipt))
    assert 'id="text"' not in show(public, receipt).content.decode()
    assert post(public, "/r/plain/write", code=receipt, text="Thêm.").status_code == 409
    assert Part.objects.count() == 1


def test_r4_an_expired_statement_is_told_and_nothing_is_sealed(cast: Cast, public: FaceClient, receipt: str) -> None:
    old = cast.keys.statement(seq=2, since=timezone.localdate().replace(year=2024), days=10)
    KeyStatement.objects.create(
        box=cast.box, seq=2, text=old["statement"], signature=old["signature"], until="2024-12-31"
    )
    assert "đã hết hạn hoặc không đúng" in words(show(public, receipt))
    assert post(public, "/r/plain/write", code=receipt, text="Thêm.").status_code == 409


def test_r12_an_answer_without_the_thread_secret_is_shown_as_foreign(
    cast: Cast, public: FaceClient, receipt: str
) -> None:
    holder = Holder(receipt)
    part = {"v": 1, "box": "na-co-sa", "from": "officer", "index": 0, "kind": "answer", "hour": hour_text()}
    forged = sealing.seal_part(
        json_part=part, name="text.txt", body="Ra suối gặp tôi.".encode(), thread=holder.keys.thread,
        recipients=[holder.keys.reply], secret=bytes(32),
    )  # fmt: skip
    answer(thread=Thread.objects.get(), box=cast.box, index=0, sealed=forged, by="x", office="")
    assert "Không rõ ai viết. Đừng tin lời này: Ra suối gặp tôi." in words(show(public, receipt))


def test_an_answer_that_does_not_open_is_shown_as_foreign(cast: Cast, public: FaceClient, receipt: str) -> None:
    other = cast.reporter()
    send("na-co-sa", other.first("Tin."))
    sealed = sealed_answer(cast, other)
    thread = Thread.objects.get(key=sealing.derive(receipt).thread)
    answer(thread=thread, box=cast.box, index=0, sealed=sealed, by="x", office="")
    assert "Không rõ ai viết." in words(show(public, receipt))


def test_deleting_needs_the_tick_and_is_final_while_unopened(cast: Cast, public: FaceClient, receipt: str) -> None:
    unsure = post(public, "/r/plain/delete", code=receipt)
    assert unsure.status_code == 400
    assert Thread.objects.exists()
    done = post(public, "/r/plain/delete", code=receipt, sure="yes")
    assert "Tin đã bị xoá." in words(done)
    assert not Thread.objects.exists()


def test_deleting_an_opened_report_tells_the_day(cast: Cast, public: FaceClient, receipt: str) -> None:
    Thread.objects.update(state=State.OPENED)
    done = post(public, "/r/plain/delete", code=receipt, sure="yes")
    day = f"{Thread.objects.get().erase_on:%d/%m/%Y}"
    assert f"Tin sẽ bị xoá ngày {day}." in words(done)
    assert f"Tin sẽ bị xoá ngày {day}." in words(show(public, receipt))
    assert 'id="delete"' not in show(public, receipt).content.decode()


def test_the_pages_are_english_under_en(public: FaceClient, receipt: str) -> None:
    html = show(public, receipt, "/en").content.decode()
    assert '<html lang="en">' in html
    assert 'action="/r/plain/write/en"' in html
    assert 'action="/r/plain/delete/en"' in html


def test_a_sealed_report_of_the_other_page_opens_here_too(cast: Cast, public: FaceClient) -> None:
    reporter = cast.reporter()
    send("na-co-sa", reporter.first("Tin."))
    assert "Tin đã vào hộp thư" in words(show(public, reporter.receipt))
    assert post(public, "/r/plain/write", code=reporter.receipt, text="Thêm.").status_code == 200
    assert not opened(cast, reporter.receipt, index=1).foreign


def test_writing_and_deleting_are_only_posted(public: FaceClient) -> None:
    for path in ("/r/plain/write", "/r/plain/delete"):
        response = public.get(path)
        assert (response.status_code, response.headers["Allow"]) == (405, "POST")


def test_r1_the_receipt_is_in_no_address(public: FaceClient, receipt: str) -> None:
    html = show(public, receipt).content.decode()
    assert not re.search(r'(href|action)="[^"]*\d{4}', html)
