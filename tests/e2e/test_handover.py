"""The end of a shift in browsers: one officer offers, the other takes, both may print; and how register, hand-overs and absences look."""

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
from django.utils.timezone import localdate
from keng.core.ids import this_hour
from keng.accounts.models import Absence
from keng.desk.models import Assessment, Intake
from keng.desk.register.services import enter
from keng.desk.sharing import services
from keng.mailbox.models import Passing, State, Thread
from tests.accounts.signing_in import give_phone
from tests.cast import Cast
cast = Cast()
box, due = cast.box, this_hour() + timedelta(days=9)
made = [
    Thread.objects.create(
        key=f"{number:064x}", box=box, holder=box, state=State.VERIFYING, open_due=due, resolve_due=due, pin="", pin_mac=""
    )
    for number in range(1, 7)
]
for one in made:
    enter(thread=one, by=cast.hoa)
    Assessment.objects.create(thread=one, category="theft", value="valuable", reason="new_fact")
Intake.objects.create(thread=made[0], channel="phone", named=True, by=cast.hoa)
Passing.objects.create(thread=made[4], from_box=box, to_box=cast.police)
Thread.objects.filter(pk=made[4].pk).update(holder=cast.police, state=State.FORWARDED)
Thread.objects.get(pk=made[5].pk).delete()
services.refuse(handover=services.give(box=box, threads=[made[3]], to=cast.nam, by=cast.hoa), by=cast.nam)
waits = services.give(box=box, threads=[made[3]], to=cast.hoa, by=cast.nam)
today = localdate()
Absence.objects.create(officer=cast.hoa, first=today, last=today, stand_in=cast.nam)
Absence.objects.create(officer=cast.nam, first=today + timedelta(days=1), last=today + timedelta(days=2))
phones = {login: give_phone(getattr(cast, login)) for login in ("hoa", "nam", "minh")}
print(json.dumps({"phones": phones, "waits": str(waits.pk)}))
"""
PAGES = (
    "/register/na-co-sa/",
    "/handovers/",
    "/handovers/give/na-co-sa/",
    "/handovers/{waits}/",
    "/absences/",
    "/absences/add/",
)


@pytest.fixture(scope="module")
def post(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Officers]:
    stage = Officers.staged(tmp_path_factory.mktemp("post"), SETTING)
    yield stage
    stage.server.stop()


@pytest.mark.parametrize("path", PAGES)
def test_the_pages_of_the_offices_day_fit_and_axe_finds_nothing(post: Officers, new_screen: NewPage, path: str) -> None:
    for width, dark in ((360, "light"), (1280, "light"), (1280, "dark")):
        page = post.enter(
            new_screen,
            "hoa",
            path.format(waits=post.known["waits"]),
            viewport={"width": width, "height": 800},
            color_scheme=dark,
        )
        page.wait_for_load_state()
        assert fits(page)
        assert violations(page) == []


def test_a_leader_reads_the_register_and_axe_finds_nothing(post: Officers, new_screen: NewPage) -> None:
    page = post.enter(new_screen, "minh", "/register/")
    page.click("text=Đồn Biên phòng Na Cô Sa >> nth=0")
    expect(page.locator("h1")).to_have_text("Sổ tiếp nhận tin")
    expect(page.get_by_text("đã xoá theo ý người báo")).to_be_visible()
    assert violations(page) == []


def test_a_shift_is_handed_over_from_one_browser_to_the_other_and_the_minutes_print(
    post: Officers, new_screen: NewPage
) -> None:
    """The errand of the evening: hand over everything that is open, take it, print what both sign."""
    hoa = post.enter(new_screen, "hoa", "/handovers/")
    hoa.click("main >> text=Bàn giao ca")
    expect(hoa.locator("table.choose tbody tr")).to_have_count(3)
    hoa.select_option("#id_to", label="Lò Văn Nam (nam)")
    hoa.click("text=Đề nghị bàn giao")
    expect(hoa.get_by_text("Chờ đồng chí Lò Văn Nam nhận")).to_be_visible()
    nam = post.enter(new_screen, "nam", "/handovers/")
    nam.click("text=Xem và nhận")
    nam.click("text=Nhận 3 tin")
    expect(nam.locator("main .state.good").first).to_have_text("đã nhận")
    address = nam.get_attribute("text=In biên bản (PDF)", "href")
    assert nam.evaluate(FETCHED, address) == ["application/pdf", "%PDF-"]
    hoa.goto(f"{post.server.desk}/register/na-co-sa/")
    expect(hoa.locator("tr", has_text="001/")).to_contain_text("Lò Văn Nam")
    assert hoa.evaluate(FETCHED, hoa.get_attribute("text=In sổ (PDF)", "href")) == ["application/pdf", "%PDF-"]
