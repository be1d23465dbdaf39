"""An officer's errand with posters in a browser, from a pasted list to replacing what carries an old code; and how the pages look."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import expect

from tests.e2e.conftest import NewPage
from tests.e2e.officers_stage import FETCHED, Officers
from tests.e2e.reporter_stage import fits, violations

SETTING = """
import json, sys
sys.path.insert(0, ".")
from datetime import timedelta
from keng.core.ids import this_hour
from keng.desk.posters import services
from keng.mailbox.models import State, Thread
from tests.accounts.signing_in import give_phone
from tests.cast import Cast
cast = Cast()
box = cast.box
for number in range(3):
    late = this_hour() - timedelta(days=number + 1)
    Thread.objects.create(key=f"{number:064x}", box=box, holder=box, open_due=late, resolve_due=late, pin="", pin_mac="")
services.import_places(office=cast.province_police, text="Trụ sở tiếp dân", by=cast.quan)
print(json.dumps({"phones": {login: give_phone(getattr(cast, login)) for login in ("hoa", "quan", "minh")}}))
"""
OTHER_ROOT = """
import sys
sys.path.insert(0, ".")
from config.demo.client import BoxKeys
from keng.mailbox.models import Box
Box.objects.filter(slug="na-co-sa").update(root=BoxKeys("na-co-sa").statement()["root"])
"""
LIST = "Trạm y tế Quảng Lâm, cửa phát thuốc\nTrường Tiểu học Na Cô Sa\nChợ phiên"


@pytest.fixture(scope="module")
def province(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Officers]:
    stage = Officers.staged(tmp_path_factory.mktemp("posters"), SETTING)
    yield stage
    stage.server.stop()


def test_an_officer_lists_places_prints_hangs_and_replaces(province: Officers, new_screen: NewPage) -> None:
    page = province.enter(new_screen, "hoa", "/boxes/na-co-sa/")
    page.get_by_role("link", name="Xem chỗ treo").click()
    page.get_by_role("link", name="Thêm chỗ treo").click()
    page.get_by_label("Danh sách chỗ treo").fill(LIST)
    page.get_by_role("button", name="Thêm cả danh sách").click()
    expect(page.locator(".messages")).to_contain_text("Đã thêm 3 chỗ.")
    page.get_by_role("link", name="Áp phích của Đồn Biên phòng Na Cô Sa").click()

    for name, head in (("In áp phích", "posters.pdf"), ("In danh sách treo", "list.pdf")):
        with page.expect_request(f"**/{head}?**") as asked:
            page.get_by_role("button", name=name).click(no_wait_after=True)
        page.goto(f"{province.server.desk}/boxes/na-co-sa/hangings/")
        assert page.evaluate(FETCHED, asked.value.url) == ["application/pdf", "%PDF-"]

    page.get_by_label("Chợ phiên").check()
    page.get_by_label("Trường Tiểu học Na Cô Sa").check()
    page.locator("form[method=post] [name=copies]").fill("2")
    page.get_by_role("button", name="Ghi đã treo").click()
    expect(page.locator(".messages")).to_contain_text("treo ở 2 chỗ")
    expect(page.get_by_role("row", name="Chợ phiên")).to_contain_text("Đúng mã")

    province.server.python(OTHER_ROOT)
    page.goto(f"{province.server.desk}/boxes/")
    page.get_by_role("link", name="Phải thay 4 tờ").click()
    expect(page.locator("tbody tr")).to_have_count(2)
    page.get_by_label("Chợ phiên").check()
    page.locator("form[method=post] [name=copies]").fill("2")
    page.get_by_role("button", name="Ghi đã treo").click()
    expect(page.get_by_text("đã thay 2/4")).to_be_visible()
    page.get_by_label("Trường Tiểu học Na Cô Sa").check()
    page.get_by_role("button", name="Thấy tem giả, đã gỡ").click()
    expect(page.locator(".messages")).to_contain_text("báo ngay người giữ khoá")
    expect(page.get_by_text("Khoá gốc đã đổi")).to_have_count(0)


PAGES = {
    "hoa": ["/boxes/na-co-sa/", "/boxes/na-co-sa/hangings/", "/boxes/places/@bp-na-co-sa/", "/boxes/false-stickers/"],
    "quan": ["/boxes/", "/boxes/places/", "/boxes/ca-dien-bien/hangings/", "/people/digest/", "/people/@hoa/email/", "/people/@hoa/"],
    "minh": ["/figures/late/"],
}  # fmt: skip


@pytest.mark.parametrize(
    ("width", "scheme", "language"), [(320, "light", "vi"), (320, "dark", "en"), (1280, "dark", "vi")]
)
@pytest.mark.parametrize("login", PAGES)
def test_the_pages_fit_and_axe_finds_nothing(
    province: Officers, new_screen: NewPage, login: str, width: int, scheme: str, language: str
) -> None:
    looks = {"viewport": {"width": width, "height": 740}, "color_scheme": scheme, "bypass_csp": True}
    page = province.enter(new_screen, login, PAGES[login][0], **looks)
    page.context.add_cookies([{"name": "django_language", "value": language, "url": province.server.desk}])
    for path in PAGES[login]:
        page.goto(f"{province.server.desk}{path}")
        page.evaluate("() => document.querySelectorAll('details').forEach((one) => { one.open = true })")
        assert page.locator("h1").count() == 1, path
        assert fits(page), path
        assert violations(page) == [], path
