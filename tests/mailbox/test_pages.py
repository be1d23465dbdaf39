"""The reporter's pages as the server gives them: small, the same for everybody, allowed to do little, changed when the box is."""

import base64
import gzip
import hashlib
import json
import re
from datetime import timedelta

import brotli
import pytest
from django.contrib.staticfiles import finders
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from keng.mailbox import pages
from keng.mailbox.models import Box, KeyStatement
from keng.mailbox.places import places_of
from keng.units.models import Coverage, Village
from tests.cast import FOUNDED, Cast, office, unit
from tests.conftest import FaceClient

BUNDLES = [f"mailbox/{name}.{lang}.js" for name in ("report", "return") for lang in ("vi", "en")]


@pytest.fixture(autouse=True)
def forget_pages() -> None:
    """Boxes of different tests have the same name and version."""
    pages._report_page.cache_clear()
    pages._return_page.cache_clear()


def page(public: FaceClient, path: str = "/b/na-co-sa", **headers: str) -> str:
    answer = public.get(path, **headers)  # type: ignore[arg-type]
    assert answer.status_code == 200
    return answer.content.decode()


def test_the_page_is_at_most_5_kb_brotli_and_its_bundle_30_and_the_return_page_40_in_all(
    cast: Cast, public: FaceClient
) -> None:
    """The budget of a phone on 2G (`mailbox.html_br_bytes`, `bundle_br_bytes`, `return_br_bytes`)."""
    _ = cast.box
    for suffix in ("", "/en"):
        html = public.get(f"/b/na-co-sa{suffix}", HTTP_ACCEPT_ENCODING="br").content
        back = public.get(f"/r{suffix}", HTTP_ACCEPT_ENCODING="br").content
        assert len(html) <= 5000
        lang = suffix.strip("/") or "vi"
        assert len(compressed(f"mailbox/report.{lang}.js")) <= 30_000
        assert len(compressed(f"mailbox/return.{lang}.js")) + len(back) <= 40_000


def compressed(name: str) -> bytes:
    return brotli.compress(raw(name), quality=11)


def raw(name: str) -> bytes:
    path = finders.find(name)
    assert path
    with open(path, "rb") as file:
        return file.read()


@pytest.mark.parametrize("name", BUNDLES)
def test_a_bundle_names_no_machine_path_and_has_no_eval(name: str) -> None:
    source = raw(name).decode()
    for word in (
        "node_modules",
        "/home/",
        "/root/",
        "sourceMappingURL",
        "eval(",
        "new Function",
        "localStorage",
        "document.cookie",
    ):
        assert word not in source


def test_r5_the_policy_lets_the_page_do_only_what_it_needs(cast: Cast, public: FaceClient) -> None:
    _ = cast.box
    for path in ("/b/na-co-sa", "/r"):
        answer = public.get(path)
        html = answer.content.decode()
        policy = dict(part.split(" ", 1) for part in answer["Content-Security-Policy"].split("; "))
        assert policy["default-src"] == "'none'"
        assert policy["form-action"] == policy["base-uri"] == policy["frame-ancestors"] == "'none'"
        assert policy["connect-src"] == "'self'"
        assert "unsafe" not in answer["Content-Security-Policy"]
        assert hash_of(inline("style", html)) in policy["style-src"]
        assert hash_of(inline("script", html)) in policy["script-src"]
        assert answer["Referrer-Policy"] == "no-referrer"
        assert answer["X-Content-Type-Options"] == "nosniff"
        assert answer["X-Frame-Options"] == "DENY"
        assert "Set-Cookie" not in answer


def inline(tag: str, html: str) -> str:
    found = re.search(f"<{tag}>(.*?)</{tag}>", html, re.DOTALL)
    assert found
    return found[1]


def hash_of(text: str) -> str:
    return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"


def test_the_bundle_is_named_with_the_hash_of_its_bytes(cast: Cast, public: FaceClient) -> None:
    _ = cast.box
    for path, name in (("/b/na-co-sa", "report.vi"), ("/b/na-co-sa/en", "report.en"), ("/r", "return.vi")):
        html = page(public, path)
        found = re.search(r'src="([^"]+)" integrity="([^"]+)"', html)
        assert found
        assert name in found[1]
        digest = hashlib.sha256(raw(f"mailbox/{name}.js")).digest()
        assert found[2] == "sha256-" + base64.b64encode(digest).decode()


def test_r3_no_page_has_a_form_or_an_inline_handler(cast: Cast, public: FaceClient) -> None:
    _ = cast.box
    for path in ("/b/na-co-sa", "/b/na-co-sa/en", "/r", "/r/en"):
        html = page(public, path)
        assert "<form" not in html
        assert not re.search(r"\son\w+=", html)
        assert "style=" not in html


def test_r5_the_answer_is_the_same_for_everybody(cast: Cast, public: FaceClient) -> None:
    _ = cast.box
    plain = public.get("/b/na-co-sa")
    other = public.get(
        "/b/na-co-sa?utm=poster-7",
        HTTP_COOKIE="sessionid=officer; csrftoken=x",
        HTTP_USER_AGENT="Zalo",
        HTTP_ACCEPT_LANGUAGE="hmv",
        HTTP_REFERER="https://facebook.example/",
        HTTP_X_FORWARDED_FOR="198.51.100.7",
    )
    assert plain.content == other.content
    assert dict(plain.headers) == dict(other.headers)


def test_serving_either_page_costs_one_query(
    cast: Cast, public: FaceClient, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    _ = cast.box
    public.get("/b/na-co-sa")
    public.get("/b/na-co-sa/en")
    with django_assert_num_queries(1):
        public.get("/b/na-co-sa")
    with django_assert_num_queries(1):
        public.get("/b/na-co-sa/en")
    with django_assert_num_queries(1):  # the log's keys
        public.get("/r")


def test_each_coding_gives_the_same_page(cast: Cast, public: FaceClient) -> None:
    _ = cast.box
    whole = public.get("/b/na-co-sa")
    br = public.get("/b/na-co-sa", HTTP_ACCEPT_ENCODING="gzip, deflate, br, zstd")
    gz = public.get("/b/na-co-sa", HTTP_ACCEPT_ENCODING="gzip, deflate")
    none = public.get("/b/na-co-sa", HTTP_ACCEPT_ENCODING="br;q=0, gzip;q=0.0")
    assert (br["Content-Encoding"], gz["Content-Encoding"]) == ("br", "gzip")
    assert "Content-Encoding" not in none
    assert brotli.decompress(br.content) == gzip.decompress(gz.content) == whole.content == none.content
    assert whole["Vary"] == "Accept-Encoding"
    assert br["Content-Length"] == str(len(br.content))


def test_a_page_seen_before_is_not_sent_again(cast: Cast, public: FaceClient) -> None:
    _ = cast.box
    etag = public.get("/b/na-co-sa")["ETag"]
    again = public.get("/b/na-co-sa", HTTP_IF_NONE_MATCH=etag)
    assert (again.status_code, again.content) == (304, b"")


def test_head_is_answered_and_posting_is_refused_with_a_sentence(cast: Cast, public: FaceClient) -> None:
    _ = cast.box
    assert public.head("/b/na-co-sa").status_code == 200
    for path in ("/b/na-co-sa", "/r"):
        answer = public.post(path, {"text": "marker"})
        assert answer.status_code == 405
        assert answer["Allow"] == "GET, HEAD"
        assert "Không gửi được gì vào địa chỉ này." in answer.content.decode()


def said(html: str) -> dict[str, object]:
    found = re.search(r'id="box">(.*?)</script>', html)
    assert found
    return dict(json.loads(found[1]))


def test_r4_the_page_carries_the_newest_statement_exactly_as_signed(cast: Cast, public: FaceClient) -> None:
    box = cast.box
    first = KeyStatement.objects.get(box=box)
    assert said(page(public))["signed"] == {"statement": first.text, "signature": first.signature, "root": box.root}
    newer = cast.keys.statement(seq=2)
    until = timezone.localdate() + timedelta(days=365)
    KeyStatement.objects.create(box=box, seq=2, text=newer["statement"], signature=newer["signature"], until=until)
    assert said(page(public))["signed"] == newer


def test_a_title_with_markup_is_text(cast: Cast, public: FaceClient) -> None:
    box = cast.box
    Box.objects.filter(pk=box.pk).update(title='<script>alert("1")</script>')
    html = page(public)
    assert "<script>alert" not in html
    assert "&lt;script&gt;alert" in html


def test_a_statement_with_markup_stays_inside_its_script(cast: Cast, public: FaceClient) -> None:
    box = cast.box
    KeyStatement.objects.filter(box=box).update(text="</script><script>alert(1)</script>")
    html = page(public)
    assert "</script><script>alert" not in html
    signed = said(html)["signed"]
    assert isinstance(signed, dict)
    assert signed["statement"] == "</script><script>alert(1)</script>"


@pytest.mark.parametrize(
    ("path", "status", "sentence"),
    [
        ("/b/nothing", 404, "Không có hộp thư này"),
        ("/b/na-co-sa/hmn", 404, "Không có hộp thư này"),
        ("/b/na-co-sa/EN", 404, "Không có hộp thư này"),
        ("/r/xx", 404, "Không có hộp thư này"),
    ],
)
def test_s3_an_unknown_box_or_language_is_told_in_a_sentence(
    cast: Cast, public: FaceClient, path: str, status: int, sentence: str
) -> None:
    _ = cast.box
    answer = public.get(path)
    assert answer.status_code == status
    assert sentence in answer.content.decode()
    assert answer["Referrer-Policy"] == "no-referrer"


def test_a_closed_box_and_one_without_a_key_are_told_apart(cast: Cast, public: FaceClient) -> None:
    box = cast.box
    Box.objects.filter(pk=box.pk).update(closed_on=timezone.localdate())
    answer = public.get("/b/na-co-sa")
    assert answer.status_code == 410
    assert "đã đóng" in answer.content.decode()
    Box.objects.create(slug="moi", office=cast.post, title="Mới")
    answer = public.get("/b/moi")
    assert answer.status_code == 404
    assert "chưa mở" in answer.content.decode()


def test_a_box_without_english_has_no_english_page_and_no_link_to_one(cast: Cast, public: FaceClient) -> None:
    box = cast.box
    assert 'hreflang="en"' in page(public)
    Box.objects.filter(pk=box.pk).update(languages=["vi"], version=box.version + 1)
    assert 'hreflang="en"' not in page(public)
    assert public.get("/b/na-co-sa/en").status_code == 404


def test_training_and_demo_boxes_say_so(cast: Cast, public: FaceClient) -> None:
    box = cast.box
    assert "tập huấn" not in page(public)
    Box.objects.filter(pk=box.pk).update(training=True, demo_keys=True, version=box.version + 1)
    html = page(public)
    assert "Hộp thư tập huấn" in html
    assert "đừng gửi tin thật" in html


def test_other_kinds_of_boxes_ask_for_no_crime(cast: Cast, public: FaceClient) -> None:
    box = cast.box
    assert 'value="theft"' in page(public)
    Box.objects.filter(pk=box.pk).update(kind=Box.Kind.DEMOCRACY, version=box.version + 1)
    html = page(public)
    assert 'value="theft"' not in html
    assert "Góp ý kín" in html


def test_the_places_are_the_villages_of_the_communes_served_today(cast: Cast) -> None:
    assert places_of(cast.post).villages == [("", ["Bản Na Cô Sa 1", "Bản Na Cô Sa 2"])]
    assert places_of(cast.post).title == "Xã Quảng Lâm, Điện Biên"
    Village.objects.filter(name="Bản Na Cô Sa 2").update(valid_to=timezone.localdate())
    Village.objects.create(unit=cast.thanh_yen, name="Bản Khác", valid_from=FOUNDED)
    assert places_of(cast.post).villages == [("", ["Bản Na Cô Sa 1"])]
    Coverage.objects.create(office=cast.post, unit=cast.thanh_yen, valid_from=FOUNDED)
    assert places_of(cast.post).villages == [("Xã Quảng Lâm", ["Bản Na Cô Sa 1"]), ("Xã Thanh Yên", ["Bản Khác"])]
    Coverage.objects.filter(unit=cast.thanh_yen).update(valid_from=timezone.localdate() + timedelta(days=1))
    assert places_of(cast.post).villages == [("", ["Bản Na Cô Sa 1"])]


def test_an_office_of_the_whole_province_offers_its_communes(cast: Cast) -> None:
    _ = (cast.quang_lam, cast.thanh_yen)
    places = places_of(cast.province_police)
    assert places.villages == [("", ["Xã Quảng Lâm", "Xã Thanh Yên"])]
    assert not places.fine
    assert places.title == "Tỉnh Điện Biên"


def test_an_office_that_covers_many_communes_names_three(cast: Cast) -> None:
    many = [unit(f"0999{i}", f"Xã số {i}", parent=cast.province) for i in range(5)]
    many_served = office("nhieu", "Nhiều xã", "border_post", *many)
    assert places_of(many_served).title == "Xã số 0, Xã số 1, Xã số 2…, Điện Biên"
    assert places_of(many_served).villages == []


def test_a_box_is_closed_from_its_day_on_by_the_same_rule_as_for_sending(cast: Cast, public: FaceClient) -> None:
    reporter, today = cast.reporter(), timezone.localdate()
    for day, shown, taken in ((today + timedelta(days=1), 200, 201), (today, 410, 410)):
        Box.objects.filter(slug="na-co-sa").update(closed_on=day)
        assert public.get("/b/na-co-sa").status_code == shown
        body = cast.reporter().first("Tin.") if taken == 410 else reporter.first("Tin.")
        assert public.post("/b/na-co-sa/parts", body, content_type="application/octet-stream").status_code == taken
