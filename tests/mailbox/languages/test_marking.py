"""A page in a language that was added at the desk: what is reviewed stands alone, a draft beside its Vietnamese, the rest in Vietnamese."""

import json
import re
from html.parser import HTMLParser

import pytest
from pytest_django import DjangoAssertNumQueries

from keng.mailbox.languages import wordings
from keng.mailbox.languages.catalogue import MID, OPEN, SHUT, Catalogue
from keng.mailbox.languages.marking import spell
from keng.mailbox.models import Box, Language, Wording
from tests.conftest import FaceClient
from tests.mailbox.languages.conftest import WHO

pytestmark = pytest.mark.django_db
MARKS = re.compile(f"[{OPEN}{MID}{SHUT}]")
VIETNAMESE = re.compile("[ăâđêôơưạảấầẩẫậắằẳẵặẹẻẽếềểễệịỉĩọỏốồổỗộớờởỡợụủũứừửữựỳỵỷỹ]", re.IGNORECASE)
VOID = {"meta", "link", "input", "br", "img", "path", "circle", "rect", "g"}


def write(language: Language, reviewed: bool = False, **texts: str) -> None:
    for name, text in texts.items():
        key = name.replace("__", ".")
        wordings.write(language=language, key=key, text=text, **WHO)
        if reviewed:
            wordings.review(language=language, key=key, text=text, reader="Bà Zabu", vouches=True, **WHO)


def page(public: FaceClient, path: str = "/b/na-co-sa/hmv") -> str:
    answer = public.get(path)
    assert answer.status_code == 200
    return answer.content.decode()


class Reader(HTMLParser):
    """Every piece of text with the language that it is in, as a screen reader would take it."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.open: list[tuple[str, str]] = [("", "")]
        self.said: list[tuple[str, str]] = []
        self.feed(html)

    def handle_starttag(self, tag, attrs):
        lang = dict(attrs).get("lang") or self.open[-1][1]
        self.said += [(lang, value) for name, value in attrs if name in ("aria-label", "label", "title") and value]
        if tag not in VOID:
            self.open.append((tag, lang))

    def handle_endtag(self, tag):
        if any(name == tag for name, _lang in self.open):
            while self.open.pop()[0] != tag:
                pass

    def handle_data(self, data):
        if data.strip() and self.open[-1][0] not in ("script", "style"):
            self.said.append((self.open[-1][1], data.strip()))


def said_on(html: str) -> dict[str, str]:
    """From text to its language."""
    return {text: lang for lang, text in Reader(html).said}


def test_a_reviewed_word_stands_in_the_language_alone(public: FaceClient, box: Box, language: Language) -> None:
    write(language, reviewed=True, page__what="Vako zu?")
    html = page(public)
    assert '<bdi lang="hmv">Vako zu?</bdi>' in html
    assert "Chuyện gì?" not in html
    assert "chưa được người bản ngữ duyệt" not in html


def test_a_draft_stands_with_its_vietnamese_and_the_page_says_what_the_sign_means(
    public: FaceClient, box: Box, language: Language
) -> None:
    write(language, page__what="Vako zu?")
    html = page(public)
    said = said_on(html)
    assert (said["Vako zu?"], said["Chuyện gì?"]) == ("hmv", "vi")
    assert 'role="img" aria-label="chưa được người bản ngữ duyệt">◇</sup>' in html
    assert "<b>chưa được người bản ngữ duyệt</b>" in html


def test_every_text_of_the_page_has_the_language_that_it_is_in(
    public: FaceClient, box: Box, language: Language
) -> None:
    write(language, page__what="Vako zu?", page__when="Tavo?", page__time__now="Nuva")
    write(language, reviewed=True, page__sections="Lirazo", page__look="Vizu", page__village="Zoru")
    for path in ("/b/na-co-sa/hmv", "/b/na-co-sa/guide/hmv", "/r/hmv"):
        texts = Reader(page(public, path)).said
        assert len(texts) > 12
        assert [
            (lang, text) for lang, text in texts if VIETNAMESE.search(text) and lang != "vi" and "◇" not in text
        ] == []
        assert not any(MARKS.search(text) for _lang, text in texts)
    said = said_on(page(public))
    assert (said["Lirazo"], said["Vizu"], said["Nuva ◇ Đang xảy ra"]) == ("hmv", "hmv", "hmv")
    assert said["Hôm nay"] == said["Bản Na Cô Sa 1"] == said["Đồn Biên phòng Na Cô Sa"] == "vi"


@pytest.mark.parametrize("key", ["page.forward", "page.no_answer", "page.locked", "page.danger", "page.hidden"])
def test_a_consent_or_promise_is_shown_only_when_reviewed(
    public: FaceClient, box: Box, language: Language, key: str
) -> None:
    write(language, **{key.replace(".", "__"): "Zalimo vatu"})
    vietnamese = Wording.objects.get().source
    html = page(public)
    assert "Zalimo vatu" not in html
    assert said_on(html)[vietnamese] == "vi"
    write(language, reviewed=True, **{key.replace(".", "__"): "Zalimo vatu"})
    html = page(public)
    assert said_on(html)["Zalimo vatu"] == "hmv"
    assert vietnamese not in html


def test_a_wording_whose_vietnamese_changed_is_not_shown(public: FaceClient, box: Box, language: Language) -> None:
    write(language, reviewed=True, page__what="Vako zu?")
    Wording.objects.update(source="Chuyện chi?")
    Language.objects.update(version=99)
    html = page(public)
    assert "Vako" not in html
    assert "Chuyện gì?" in html


def test_a_word_that_stands_in_two_places_takes_the_better_of_its_wordings(
    public: FaceClient, box: Box, language: Language
) -> None:
    write(language, reviewed=True, page__time__unknown="Nazo")
    html = page(public)
    assert html.count("Nazo") == 2  # the button and the choice


def test_a_wording_is_text_wherever_it_came_from(public: FaceClient, box: Box, language: Language) -> None:
    """The services refuse markup; a restored or altered database may hold some."""
    write(language, reviewed=True, page__what="a", page__sections="b", page__time__now="c", report__send="d")
    Wording.objects.filter(key="report.send").update(text="</script><script>alert(1)</script>")
    Wording.objects.exclude(key="report.send").update(text='"><script>alert(1)</script>')
    Language.objects.update(version=99)
    html = page(public)
    assert "<script>alert" not in html
    assert html.count("&lt;script&gt;alert") == 3


def test_the_scripts_words_travel_in_the_page_and_the_vietnamese_bundle_serves(
    public: FaceClient, box: Box, language: Language
) -> None:
    write(language, report__preview="Zami")
    write(language, reviewed=True, report__located="Toki {metres} m.", phone__stop="Ho", return__sent="Vu")
    html = page(public)
    data = json.loads(re.search(r'id="box">(.*?)</script>', html)[1])
    assert data["words"] == {
        "report.preview": f"{OPEN}Xem lại trước khi gửi{MID}Zami{SHUT}", "report.located": "Toki {metres} m.", "phone.stop": "Ho",
    }  # fmt: skip
    assert "mailbox/report.vi.js" in html
    back = page(public, "/r/hmv")
    assert json.loads(re.search(r'id="words">(.*?)</script>', back)[1]) == {"return.sent": "Vu", "phone.stop": "Ho"}
    assert "mailbox/return.vi.js" in back


def test_links_keep_the_language_where_there_is_a_page_and_lead_to_the_vietnamese_plain_page(
    public: FaceClient, box: Box, language: Language
) -> None:
    html = page(public)
    for address in ("/b/na-co-sa/plain", "/r/hmv", "/b/na-co-sa/guide/hmv"):
        assert f'href="{address}"' in html
    assert "/plain/hmv" not in html
    assert public.get("/b/na-co-sa/plain/hmv").status_code == 404


def test_the_other_pages_offer_the_language_by_its_own_name(public: FaceClient, box: Box, language: Language) -> None:
    for path in ("/b/na-co-sa", "/b/na-co-sa/en"):
        assert '<a class="l" href="/b/na-co-sa/hmv" hreflang="hmv" lang="hmv">Zabu</a>' in page(public, path)


@pytest.mark.parametrize(
    "path", ["/b/na-co-sa/hmv", "/b/na-co-sa/guide/hmv", "/b/na-co-sa/mww", "/r/mww", "/b/na-co-sa/x-marked"]
)
def test_a_language_that_the_box_or_nobody_has_is_told_in_a_sentence(
    public: FaceClient, cast, language: Language, path: str
) -> None:
    _ = cast.box  # vi and en
    answer = public.get(path)
    assert answer.status_code == 404
    assert "Không có hộp thư này" in answer.content.decode()


def test_a_change_shows_at_once_and_a_page_that_stands_costs_two_queries(
    public: FaceClient, box: Box, language: Language, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    assert "Vako" not in page(public)
    write(language, page__what="Vako zu?")
    assert "Vako" in page(public)
    with django_assert_num_queries(2):
        page(public)


def test_vietnamese_and_english_pages_are_untouched_by_any_wording(
    public: FaceClient, box: Box, language: Language
) -> None:
    before = [page(public, path) for path in ("/b/na-co-sa", "/b/na-co-sa/en", "/r", "/r/en")]
    write(language, reviewed=True, page__what="Vako zu?", return__sent="Vu")
    assert before == [page(public, path) for path in ("/b/na-co-sa", "/b/na-co-sa/en", "/r", "/r/en")]
    assert not any(MARKS.search(html) for html in before)


@pytest.mark.parametrize(
    "text",
    ["", "no mark", f"{OPEN}", f"{SHUT}{OPEN}", f"<p title='{OPEN}x'>{OPEN}<b>{SHUT}", f"<option>{OPEN}a{SHUT}{OPEN}"],
)
def test_stray_marks_leave_no_trace(text: str) -> None:
    assert not MARKS.search(spell(text, Catalogue("hmv", {})))
