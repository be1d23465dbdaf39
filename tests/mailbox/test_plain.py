"""`/b/<slug>/plain`: a report without JavaScript; that it is forgotten: test_plain_forgets.py."""

import io
import json
import re
from threading import Thread as PythonThread
from urllib.parse import urlencode

import pytest
from django.db import connections
from django.utils import timezone

from keng.ledger.models import Entry
from keng.mailbox import bodies, plain, proof, sealing
from keng.mailbox.models import Box, Part, Thread
from tests.cast import Cast
from tests.conftest import FaceClient

MARK = "dấu-vết-con-trâu-khoang-cổ"
FORM = "application/x-www-form-urlencoded"


def post(public: FaceClient, path: str = "/b/na-co-sa/plain", **fields: str):
    return public.post(path, urlencode(fields), content_type=FORM)


def receipt_on(response) -> str:
    found = re.search(r'id="receipt">([\d ]+)<', response.content.decode())
    assert found, response.content.decode()
    return sealing.read_receipt(found[1])


def form_on(response) -> str:
    return re.search(r'name="form" value="([^"]+)"', response.content.decode())[1]


def opened(cast: Cast, receipt: str, index: int = 0, identity: str = "") -> sealing.OpenedPart:
    keys = sealing.derive(receipt)
    part = Part.objects.get(thread__key=keys.thread, direction="reporter", index=index)
    return sealing.open_part(
        sealed=bytes(part.header) + bytes(part.payload), identity=identity or cast.keys.identity, thread=keys.thread,
        sender="reporter", index=index, secret=keys.secret if index else None,
    )  # fmt: skip


def test_the_form_has_the_ids_that_a_script_looks_for_and_goes_nowhere_but_home(cast: Cast, public: FaceClient) -> None:
    _ = cast.box
    response = public.get("/b/na-co-sa/plain")
    html = response.content.decode()
    assert response.status_code == 200
    assert 'id="text"' in html
    assert 'id="send"' in html
    assert 'action="/b/na-co-sa/plain"' in html
    assert 'href="tel:113"' in html
    assert "form-action 'self'" in response.headers["Content-Security-Policy"]
    assert "script" not in response.headers["Content-Security-Policy"]
    assert response.headers["Cache-Control"] == "no-store"
    assert response.headers["Referrer-Policy"] == "no-referrer"
    assert html.count('autocomplete="off"') >= 3
    assert "<script" not in html


def test_it_says_in_one_sentence_what_it_protects_and_what_not(cast: Cast, public: FaceClient) -> None:
    _ = cast.box
    html = public.get("/b/na-co-sa/plain").content.decode()
    assert (
        "Ai lấy được dữ liệu sau này cũng không đọc được; nhưng người đang nắm máy chủ lúc này thì có thể đọc." in html
    )


def test_a_text_becomes_a_sealed_report_and_the_receipt_is_shown_once(cast: Cast, public: FaceClient) -> None:
    _ = cast.box
    response = post(public, text="Mất trâu\r\nở bản 1.", forward="yes")
    assert response.status_code == 200
    assert response.headers["Cache-Control"] == "no-store"
    receipt = receipt_on(response)
    part = opened(cast, receipt)
    assert (part.name, part.body.decode(), part.foreign) == ("text.txt", "Mất trâu\nở bản 1.", False)
    keys = sealing.derive(receipt)
    said = part.json
    assert (said["path"], said["pinned"], said["kind"], said["forward"]) == ("plain", "", "report", True)
    assert (said["secret"], said["reply"]) == (sealing.b64u(keys.secret), keys.reply)
    assert (said["root"], said["statement"], said["lang"]) == (cast.keys.root.fingerprint, 1, "vi")
    entry = Entry.objects.get(verb="mailbox.part.received")
    assert bytes(entry.salt or b"") == keys.log_tag


def test_it_has_the_keys_of_a_sealed_first_part_and_no_others(cast: Cast, public: FaceClient) -> None:
    receipt = receipt_on(post_after(cast, public))
    reporter = cast.reporter()
    reporter.first("Tin.")
    sealed = reporter.first("Tin.").split(b"\n", 1)[1]
    model = sealing.open_part(sealed=sealed, identity=cast.keys.identity, thread="", sender="reporter", index=0)
    assert opened(cast, receipt).json.keys() == model.json.keys()


def post_after(cast: Cast, public: FaceClient, text: str = "Tin."):
    _ = cast.box
    return post(public, text=text)


def test_the_pin_record_holds_by_the_receipt(cast: Cast, public: FaceClient) -> None:
    keys = sealing.derive(receipt_on(post_after(cast, public)))
    thread = Thread.objects.get()
    digest = Part.objects.get().digest
    expected = sealing.pin_record(
        pin_key=keys.pin_key,
        box="na-co-sa",
        root=cast.keys.root.fingerprint,
        seq=1,
        parts=[digest],
        hour=json.loads(thread.pin)["hour"],
    )
    assert (thread.pin, thread.pin_mac) == expected


def test_without_the_tick_the_report_may_not_be_forwarded(cast: Cast, public: FaceClient) -> None:
    assert opened(cast, receipt_on(post_after(cast, public))).json["forward"] is False


def test_the_same_form_sent_twice_is_one_report_with_one_receipt(cast: Cast, public: FaceClient) -> None:
    _ = cast.box
    form = form_on(public.get("/b/na-co-sa/plain"))
    first, again = (post(public, form=form, text="Mất trâu.") for _ in range(2))
    assert receipt_on(first) == receipt_on(again)
    assert (Thread.objects.count(), Part.objects.count()) == (1, 1)


def test_the_same_text_on_another_form_or_another_text_on_the_same_form_is_another_report(
    cast: Cast, public: FaceClient
) -> None:
    _ = cast.box
    forms = [form_on(public.get("/b/na-co-sa/plain")) for _ in range(2)]
    receipts = [
        receipt_on(post(public, form=forms[0], text="Một.")),
        receipt_on(post(public, form=forms[1], text="Một.")),
        receipt_on(post(public, form=forms[0], text="Hai.")),
        receipt_on(post(public, form=forms[0], text="Hai.", forward="yes")),
        receipt_on(post(public, text="Một.")),
        receipt_on(post(public, text="Một.")),
    ]
    assert len(set(receipts)) == Thread.objects.count() == 6


def test_nobody_works_out_a_receipt_from_the_form_and_the_text_without_the_process_key(
    cast: Cast, public: FaceClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    _ = cast.box
    form = form_on(public.get("/b/na-co-sa/plain"))
    first = receipt_on(post(public, form=form, text="Tin."))
    monkeypatch.setattr(plain, "_process_key", bytes(32))
    assert receipt_on(post(public, form=form, text="Tin.")) != first


@pytest.mark.django_db(transaction=True)
def test_the_same_form_sent_at_once_is_one_report(cast: Cast, public: FaceClient) -> None:
    _ = cast.box
    form = form_on(public.get("/b/na-co-sa/plain"))
    receipts = []

    def send() -> None:
        try:
            receipts.append(receipt_on(post(FaceClient("public"), form=form, text="Mất trâu.")))
        finally:
            connections.close_all()

    threads = [PythonThread(target=send) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(receipts) == 6
    assert len(set(receipts)) == Thread.objects.count() == 1


@pytest.mark.parametrize("text", ["", "   ", "\r\n\t "])
def test_an_empty_text_is_asked_for(cast: Cast, public: FaceClient, text: str) -> None:
    response = post_after(cast, public, text)
    assert response.status_code == 400
    assert "Bà con viết vài chữ rồi bấm gửi." in response.content.decode()
    assert not Thread.objects.exists()


def test_a_text_of_twenty_thousand_characters_is_taken_and_one_more_is_not_and_is_kept_in_its_field(
    cast: Cast, public: FaceClient
) -> None:
    longest = "ế" * 20_000
    assert opened(cast, receipt_on(post_after(cast, public, longest))).body.decode() == longest
    response = post_after(cast, public, longest + "ế")
    assert response.status_code == 400
    assert "20.000 chữ cái" in response.content.decode()
    assert longest + "ế" in response.content.decode()
    assert Thread.objects.count() == 1


@pytest.mark.parametrize("text", ["<script>alert(1)</script><b>", "\u202eđảo ngược", "a\0b", "x" * 19_999, "😀" * 500])
def test_any_text_is_sealed_as_it_is_and_shown_inert(cast: Cast, public: FaceClient, text: str) -> None:
    receipt = receipt_on(post_after(cast, public, text))
    assert opened(cast, receipt).body.decode() == text
    refused = post_after(cast, public, text * 20_001)
    assert refused.status_code in (400, 413)
    assert "<script>" not in refused.content.decode()


def test_an_unknown_a_closed_and_an_unopened_box_are_told_apart_in_a_sentence(cast: Cast, public: FaceClient) -> None:
    assert public.get("/b/khong-co/plain").status_code == 404
    _ = cast.box
    assert public.get("/b/na-co-sa/plain/hmn").status_code == 404
    Box.objects.filter(slug="na-co-sa").update(languages=["vi"])
    assert public.get("/b/na-co-sa/plain/en").status_code == 404
    Box.objects.filter(slug="na-co-sa").update(closed_on=timezone.localdate())
    for response in (public.get("/b/na-co-sa/plain"), post(public, text="Tin.")):
        assert response.status_code == 410
        assert "đã đóng" in response.content.decode()
    Box.objects.filter(slug="na-co-sa").update(closed_on=None, opened_on=None)
    assert post(public, text="Tin.").status_code == 404
    assert not Thread.objects.exists()


def test_the_english_page_is_english_whole(cast: Cast, public: FaceClient) -> None:
    _ = cast.box
    html = public.get("/b/na-co-sa/plain/en").content.decode()
    assert '<html lang="en">' in html
    assert 'action="/b/na-co-sa/plain/en"' in html
    assert 'href="/r/plain/en"' in html
    receipt = receipt_on(post(public, "/b/na-co-sa/plain/en", text="A buffalo was stolen."))
    assert opened(cast, receipt).json["lang"] == "en"


def test_r6_files_and_other_encodings_are_refused_unread(
    cast: Cast, public: FaceClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    _ = cast.box
    monkeypatch.setattr(bodies, "read", None)
    sent = [
        public.post("/b/na-co-sa/plain", {"text": MARK, "photo": io.BytesIO(b"x" * 100)}),
        public.post("/b/na-co-sa/plain", {"text": MARK}, content_type="application/json"),
        public.post("/b/na-co-sa/plain", MARK, content_type="text/plain"),
    ]
    for response in sent:
        assert response.status_code == 400
        assert MARK not in response.content.decode()


@pytest.mark.parametrize(
    "body", [b"\xff=\xfe", b"text=%ff%fe", b"&".join(b"a=1" for _ in range(50)), b"text=" + b"a" * (1024 * 1024)]
)
def test_s3_a_form_that_is_none_is_a_sentence(cast: Cast, public: FaceClient, body: bytes) -> None:
    _ = cast.box
    response = public.post("/b/na-co-sa/plain", body, content_type=FORM)
    assert response.status_code in (400, 413)
    assert "Bà con" in response.content.decode()
    assert not Thread.objects.exists()


def test_other_methods_are_refused(cast: Cast, public: FaceClient) -> None:
    _ = cast.box
    response = public.put("/b/na-co-sa/plain", b"")
    assert (response.status_code, response.headers["Allow"]) == (405, "GET, POST")
    assert public.head("/b/na-co-sa/plain").status_code == 200


def test_so_many_at_once_that_sealed_reports_would_wait_are_asked_to_press_again_and_keep_their_text(
    cast: Cast, public: FaceClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(plain, "senders", bodies.Places(1, plain.CROWDED))
    with plain.senders.hold():
        response = post_after(cast, public, MARK)
    assert response.status_code == 503
    assert MARK in response.content.decode()
    assert "bấm gửi lại" in response.content.decode()
    assert post(public, text=MARK).status_code == 200


def test_r10_a_crowd_on_the_return_page_keeps_no_report_out(
    cast: Cast, public: FaceClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Neither by the places it holds nor by the cores it keeps busy."""
    monkeypatch.setattr(plain, "returners", bodies.Places(1, plain.CROWDED))
    with plain.returners.hold(), plain._deriving["return"]:
        assert post(public, "/r/plain", code=sealing.make_receipt()).status_code == 503
        assert post_after(cast, public, MARK).status_code == 200


def test_r5_a_desk_cookie_changes_nothing(cast: Cast, public: FaceClient) -> None:
    _ = cast.box
    marked = public.get("/b/na-co-sa/plain", HTTP_COOKIE="sessionid=dauvet", HTTP_ACCEPT_LANGUAGE="en")
    plain_one = public.get("/b/na-co-sa/plain")
    assert without_form(marked) == without_form(plain_one)
    assert dict(marked.headers) == dict(plain_one.headers)
    assert not marked.cookies


def without_form(response) -> str:
    return re.sub(r'name="form" value="[^"]+"', "", response.content.decode())


def test_a_plain_report_makes_no_sealed_report_dearer(
    cast: Cast, public: FaceClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(proof, "demand", proof.Demand())
    post_after(cast, public)
    assert not proof.demand._loads
