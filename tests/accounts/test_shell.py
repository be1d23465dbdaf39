"""What stands round every page of the desk: who, where, which sections, the language, and the pages for what went wrong."""

import pytest
from django.urls import path

from config.urls import desk as desk_urls
from keng.accounts import errors
from keng.accounts.permissions import open_to_all
from tests.accounts.signing_in import straight_in
from tests.cast import Cast, user

pytestmark = pytest.mark.django_db


@pytest.fixture
def cast() -> Cast:
    return Cast()


def text(answer) -> str:
    return answer.content.decode()


@pytest.mark.parametrize(
    ("who", "sections"),
    [
        ("hoa", ["/mailbox/", "/register/", "/keys/", "/boxes/", "/languages/", "/figures/"]),
        (
            "nam",
            ["/mailbox/", "/register/", "/keys/", "/boxes/", "/languages/", "/figures/", "/approvals/", "/keys/all/"],
        ),
        ("quan", ["/boxes/", "/languages/", "/people/", "/units/", "/procedures/", "/approvals/", "/keys/all/"]),
        ("minh", ["/register/", "/figures/", "/dossiers/", "/dossiers/figures/", "/approvals/", "/keys/all/"]),
    ],
)
def test_the_navigation_offers_what_the_role_opens_and_home_leads_to_the_first(desk, cast, who, sections):
    straight_in(desk, getattr(cast, who))
    answer = desk.get("/accounts/")
    assert [section.address for section in answer.context["shell"].sections] == sections
    # A leader begins with the figures, not with a book.
    assert desk.get("/")["Location"] == next(one for one in sections if one != "/register/")


def test_the_section_one_is_in_is_marked(desk, cast):
    straight_in(desk, cast.quan)
    assert '<a href="/people/" aria-current="page">' in text(desk.get("/people/add/"))
    assert 'aria-current="page"' not in text(desk.get("/accounts/"))


@pytest.mark.parametrize("address", ["/register/na-co-sa/", "/handovers/", "/absences/"])
def test_hand_overs_and_absences_belong_to_the_section_of_the_register(desk, cast, address):
    _ = cast.box
    straight_in(desk, cast.hoa)
    assert '<a href="/register/" aria-current="page">' in text(desk.get(address))


def test_the_register_of_dossiers_belongs_to_their_figures(desk, cast):
    straight_in(desk, cast.minh)
    assert '<a href="/dossiers/figures/" aria-current="page">' in text(desk.get("/dossiers/register/"))


@pytest.mark.parametrize("menu", [True, False])
def test_more_than_four_sections_stand_behind_one_line_on_a_phone_that_names_the_open_one(desk, cast, menu):
    _ = cast.box
    straight_in(desk, cast.quan if menu else user("it", "Ít Mục", (cast.post, "caseworker")))
    page = text(desk.get("/people/add/" if menu else "/accounts/"))
    assert ("<summary>Các phần: <b>Cán bộ</b>" in page) == menu
    assert ("<summary>Các phần" in page) == menu


def test_two_roles_at_two_offices_are_both_named(desk, cast):
    straight_in(desk, user("both", "Hai Nơi", (cast.post, "officer"), (cast.neighbour, "leader")))
    page = text(desk.get("/accounts/"))
    assert "Công an xã Thanh Yên, Đồn Biên phòng Na Cô Sa" in page
    assert "cán bộ, lãnh đạo" in page


def test_of_three_offices_the_header_names_the_first_and_counts_the_others(desk, cast):
    offices = (cast.post, cast.neighbour, cast.province_police)
    straight_in(desk, user("many", "Nhiều Nơi", *((office, "administrator") for office in offices)))
    answer = desk.get("/accounts/")
    assert f">{answer.context['shell'].offices[0]} +2</span>" in text(answer)
    assert all(office.name in text(answer) for office in offices)


def test_somebody_without_a_role_is_told_whom_to_ask(desk, cast):
    straight_in(desk, user("moi", "Người Mới"))
    assert "chưa được giao vai trò nào" in text(desk.get("/"))
    assert "chưa được giao vai trò nào" in text(desk.get("/accounts/"))


def test_the_demo_says_on_every_page_that_its_keys_are_for_trying(desk, cast, settings):
    assert "các khoá đều là khoá thử" in text(desk.get("/accounts/login/"))
    settings.DEMO = False
    assert "các khoá đều là khoá thử" not in text(desk.get("/accounts/login/"))


def test_a_page_costs_six_queries_at_most(desk, cast, django_assert_max_num_queries):
    straight_in(desk, cast.hoa)
    desk.get("/accounts/")
    # the session, the user, what the session is good for, and the shell
    with django_assert_max_num_queries(6):
        desk.get("/khong-co/")


# -- language ----------------------------------------------------------------------------------------------------------


def test_the_desk_speaks_vietnamese_whatever_the_browser_wishes(desk):
    answer = desk.get("/accounts/login/", headers={"accept-language": "en-US,en"})
    assert '<html lang="vi">' in text(answer)
    assert answer["Content-Language"] == "vi"


def test_the_switch_changes_the_language_and_comes_back_to_the_page(desk):
    answer = desk.post("/language", {"language": "en", "next": "/accounts/login/?next=/boxes/"})
    assert answer["Location"] == "/accounts/login/?next=/boxes/"
    page = text(desk.get("/accounts/login/"))
    assert '<html lang="en">' in page
    assert 'value="vi" lang="vi">Tiếng Việt<' in page
    desk.post("/language", {"language": "vi", "next": "/"})
    assert '<html lang="vi">' in text(desk.get("/accounts/login/"))


def test_the_switch_leads_nowhere_else_and_knows_no_other_language(desk):
    answer = desk.post("/language", {"language": "xx", "next": "https://evil.example/"})
    assert answer["Location"] == "/"
    desk.cookies["django_language"] = "../../etc"
    assert '<html lang="vi">' in text(desk.get("/accounts/login/"))
    assert desk.get("/language").status_code == 405


# -- what went wrong ---------------------------------------------------------------------------------------------------


@open_to_all
def breaks(request):
    raise RuntimeError("a secret of the inside")


@pytest.fixture
def broken(monkeypatch):
    monkeypatch.setattr(
        desk_urls, "urlpatterns", [*desk_urls.urlpatterns, path("breaks", breaks), path("x/api/breaks", breaks)]
    )
    from django.urls import clear_url_caches

    clear_url_caches()
    yield
    clear_url_caches()


def test_a_failure_is_told_without_its_inside_and_without_the_database(desk, broken, django_assert_num_queries):
    desk.raise_request_exception = False
    with django_assert_num_queries(0):
        answer = desk.get("/breaks")
    assert answer.status_code == 500
    assert "Máy chủ gặp lỗi" in text(answer)
    assert "secret" not in text(answer)
    answer = desk.get("/x/api/breaks")
    assert answer.json() == {"error": "failed", "message": answer.json()["message"]}


def test_a_page_that_is_not_there_and_one_that_is_not_for_the_role_say_so(desk, cast):
    straight_in(desk, cast.minh)
    missing, closed = desk.get("/khong-co/"), desk.get("/people/")
    assert (missing.status_code, closed.status_code) == (404, 403)
    assert "Không có trang này" in text(missing)
    assert "Vai trò của đồng chí không mở được trang này" in text(closed)


def test_a_script_gets_json_with_a_code_and_a_sentence(desk, cast):
    straight_in(desk, cast.minh)
    answer = desk.get("/mailbox/api/threads")
    assert answer.status_code == 403
    assert answer.json()["error"] == "forbidden"
    assert "Vai trò" in answer.json()["message"]
    assert desk.get("/mailbox/api/khong-co").json()["error"] == "not_found"


def test_every_sentence_for_what_went_wrong_has_a_heading_and_advice():
    for code, heading, advice in [*errors.SENTENCES.values(), errors.CSRF]:
        assert code
        assert str(heading)
        assert str(advice).endswith(".")


@pytest.mark.parametrize(
    ("path", "name"), [("/keys/", "keys"), ("/keys/all/", "all-keys"), ("/handovers/", "register")]
)
def test_a_page_belongs_to_one_section(desk, cast, path, name):
    straight_in(desk, cast.nam)
    shown = desk.get(path).context["shell"].sections
    assert [section.name for section in shown if section.current] == [name]
