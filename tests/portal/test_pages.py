"""The public pages: what they say, how little they weigh, what they never do."""

import re
from html.parser import HTMLParser
from pathlib import Path

import pytest
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.test import override_settings
from django.urls import path

from keng.portal.advice import ADVICE, NUMBERS
from keng.portal.views import home
from tests.conftest import FaceClient

pytestmark = pytest.mark.django_db
CSS = Path(settings.BASE_DIR, "static/public.css")
PAGES = ["/", "/en", "/services", "/services/en", "/warnings", "/warnings/en"]
FIFTEEN_KB = 15_000
VOID = {"meta", "link", "input", "br", "path", "circle", "rect"}


class Outline(HTMLParser):
    """The tags of a page, checked for balance, with their attributes and the text outside of them."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.tags: list[tuple[str, dict[str, str]]] = []
        self.text = ""
        self.feed(html)
        assert self.open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, {name: value or "" for name, value in attrs}))
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if tag not in VOID:
            assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.text += data

    def all(self, tag: str) -> list[dict[str, str]]:
        return [attributes for name, attributes in self.tags if name == tag]


@pytest.mark.parametrize("address", PAGES)
def test_a_page_is_small_and_whole_and_has_one_heading_and_a_way_out(public: FaceClient, address: str) -> None:
    answer = public.get(address)
    assert answer.status_code == 200
    html = answer.content.decode()
    assert len(answer.content) + CSS.stat().st_size <= FIFTEEN_KB
    page = Outline(html)
    assert len(page.all("h1")) == 1
    assert page.all("html")[0]["lang"] == ("en" if address.endswith("en") else "vi")
    assert {"href": "https://nchmf.gov.vn/", "rel": "noreferrer", "class": "x"} in page.all("a")
    assert "tel:113" in [link["href"] for link in page.all("a")]
    labelled = {label["for"] for label in page.all("label")}
    assert {field["id"] for field in page.all("input")} == labelled


@pytest.mark.parametrize("address", PAGES)
def test_r5_nothing_is_set_stored_run_or_asked_of_others(public: FaceClient, address: str) -> None:
    answer = public.get(address, HTTP_COOKIE="sessionid=abc", HTTP_ACCEPT_LANGUAGE="en", HTTP_USER_AGENT="x")
    assert answer.content == public.get(address).content
    assert not answer.cookies
    assert "Vary" not in answer.headers
    assert "default-src 'none'" in answer.headers["Content-Security-Policy"]
    assert answer.headers["Referrer-Policy"] == "no-referrer"
    page = Outline(answer.content.decode())
    assert not page.all("script")
    assert not [attributes for _tag, attributes in page.tags if "style" in attributes or "src" in attributes]
    assert all(link["href"].startswith("/static/") for link in page.all("link"))


@pytest.mark.parametrize("address", PAGES)
def test_the_demo_says_so_on_every_page(public: FaceClient, address: str) -> None:
    if not address.endswith("en"):
        assert "Bản dùng thử: khoá thử, không dùng để báo tin thật" in public.get(address).content.decode()
    with override_settings(DEMO=False):
        assert 'class="demo"' not in public.get(address).content.decode()


@pytest.mark.parametrize(
    ("address", "other"), [("/", "/en"), ("/services", "/services/en"), ("/warnings", "/warnings/en")]
)
def test_each_page_leads_to_itself_in_the_other_language(public: FaceClient, address: str, other: str) -> None:
    here = Outline(public.get(address).content.decode())
    there = Outline(public.get(other).content.decode())
    assert {"href": other, "lang": "en", "hreflang": "en"} in here.all("a")
    assert {"href": address, "lang": "vi", "hreflang": "vi"} in there.all("a")
    assert public.get(other + "?q=quang%20lam&x=1").status_code == 200
    assert 'href="/?q=quang+lam"' in public.get("/en?q=quang%20lam").content.decode()


def test_the_front_page_has_three_doors_with_a_picture_each(public: FaceClient) -> None:
    page = Outline(public.get("/").content.decode())
    hrefs = [link["href"] for link in page.all("a")]
    assert {"#bao-tin", "/services", "/warnings", "/r"} <= set(hrefs)
    assert len(page.all("svg")) == 4
    assert all(icon["aria-hidden"] == "true" for icon in page.all("svg"))


def test_the_current_door_is_marked(public: FaceClient) -> None:
    for address in ("/services", "/warnings"):
        marked = [link for link in Outline(public.get(address).content.decode()).all("a") if "aria-current" in link]
        assert [link["href"] for link in marked] == [address]


def test_the_warnings_have_numbers_to_touch_and_six_pieces_of_advice(public: FaceClient) -> None:
    html = public.get("/warnings").content.decode()
    page = Outline(html)
    assert [number.number for number in NUMBERS] == ["113", "114", "115", "111", "112"]
    assert {f"tel:{number.number}" for number in NUMBERS} <= {link["href"] for link in page.all("a")}
    assert len(ADVICE) == 6
    for each in ADVICE:
        assert str(each.title) in page.text
        assert str(each.text) in page.text
        assert each.icon in html
        assert len(str(each.text)) <= 120, "a villager reads it at a glance"


def test_public_services_name_the_national_portal_in_text(public: FaceClient) -> None:
    page = Outline(public.get("/services").content.decode())
    assert "dichvucong.gov.vn" in page.text
    assert not [link for link in page.all("a") if "dichvucong" in link["href"]]


# Refusals


@pytest.mark.parametrize(
    "address",
    [
        "/nothing",
        "/services/fr",
        "/fr",
        "/a/b/c",
        "/..",
        "/%ff",
        "/%00",
        "/" + "x" * 3000,
        "/services/",
        "/index.php",
        "/.env",
    ],
)
def test_s3_an_address_that_is_not_there_gets_a_page_with_a_sentence(public: FaceClient, address: str) -> None:
    answer = public.get(address)
    assert answer.status_code == 404
    page = Outline(answer.content.decode())
    assert "Không có trang này" in page.text
    assert "/" in [link["href"] for link in page.all("a")]


@pytest.mark.parametrize("method", ["post", "put", "delete", "patch", "options"])
def test_s3_pages_are_only_for_reading(public: FaceClient, method: str) -> None:
    answer = getattr(public, method)("/services", data="x=1", content_type="application/x-www-form-urlencoded")
    assert answer.status_code == 405
    assert answer.headers["Allow"] == "GET, HEAD"
    assert "Trang này chỉ để xem" in answer.content.decode()
    assert public.head("/services").status_code == 200


def fails(request: HttpRequest) -> HttpResponse:
    raise RuntimeError("with a marker: ZEBRA")


urlpatterns = [path("fails", fails), path("<slug:lang>", home)]
handler500 = "keng.portal.views.failed"
handler404 = "keng.portal.views.not_found"


def test_s3_a_failure_gets_a_page_that_tells_nothing_of_it() -> None:
    faces = {**settings.FACES, "public": (__name__, settings.FACES["public"][1])}
    with override_settings(FACES=faces):
        client = FaceClient("public", raise_request_exception=False)  # type: ignore[arg-type]
        answer = client.get("/fails")
    assert answer.status_code == 500
    html = answer.content.decode()
    assert "Máy chủ gặp lỗi" in html
    assert "ZEBRA" not in html
    assert not re.search(r"<link|/static/", html)
    Outline(html)


def test_the_public_face_has_our_pages_for_every_refusal() -> None:
    from config.urls import public as face

    assert {face.handler400, face.handler403, face.handler404, face.handler500} == {
        f"keng.portal.views.{name}" for name in ("bad_request", "forbidden", "not_found", "failed")
    }


VIETNAMESE = re.compile("[ăâđêôơưàáảãạằắẳẵặầấẩẫậèéẻẽẹềếểễệìíỉĩịòóỏõọồốổỗộờớởỡợùúủũụừứửữựỳýỷỹỵ]", re.IGNORECASE)


@pytest.mark.parametrize("address", ["/en", "/en?q=zzz", "/services/en?q=zzz", "/warnings/en", "/nothing/en"])
def test_the_english_pages_are_english_throughout(public: FaceClient, address: str) -> None:
    text = Outline(public.get(address).content.decode()).text.replace("Kẻng", "").replace("Tiếng Việt", "")
    assert [line for line in text.splitlines() if VIETNAMESE.search(line)] == []
