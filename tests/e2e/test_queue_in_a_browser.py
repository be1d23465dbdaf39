"""An officer at the end of a shift, with the keyboard alone: takes in what came, looks into one, hands the rest over; axe finds nothing."""

import json
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.officers_stage import NewScreen
from tests.e2e.reporter_stage import violations
from tests.e2e.server import Server

SETTING = """
import sys; sys.path.insert(0, '.')
import json
from datetime import timedelta
from keng.core import at_rest, ids
from keng.core.calendar.load import load_calendar
from keng.procedures.models import State
from tests.accounts.signing_in import straight_in
from tests.conftest import FaceClient
from tests.procedures.queue.desk import Desk
at_rest.ensure()
load_calendar()
cast = Desk()
_ = (cast.centre, cast.other_centre, cast.neighbour, cast.thu, cast.ly, cast.khoa, cast.version, cast.minh)
late = cast.row(-50, owner=cast.thu, code="03349-261110-0001")
new = [cast.filed() for _one in range(3)]
mine = cast.accepted()
apart = cast.row(900, step_due=ids.now() - timedelta(hours=1), owner=cast.thu, code="03349-261112-0900")
cast.row(5, state=State.DONE, closed_at=ids.now() - timedelta(minutes=3), code="03349-261119-0456")
sessions = {}
for who in ("thu", "ly", "minh"):
    client = FaceClient("desk")
    straight_in(client, getattr(cast, who))
    sessions[who] = client.cookies["sessionid"].value
print(json.dumps({"sessions": sessions, "new": [one.code for one in new], "mine": mine.code, "apart": apart.code, "late": late.code}))
"""


@pytest.fixture(scope="module")
def staged(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Server, dict[str, Any]]]:
    server = Server(tmp_path_factory.mktemp("queue") / "var").prepare()
    known = json.loads(server.python(SETTING).splitlines()[-1])
    yield server.start(), known
    server.stop()


def signed_in(new_screen: NewScreen, staged, who: str, width: int = 1280) -> Page:
    server, known = staged
    page = new_screen(viewport={"width": width, "height": 800}, bypass_csp=True)
    page.context.add_cookies([{"name": "sessionid", "value": known["sessions"][who], "url": server.desk}])
    return page


@pytest.mark.parametrize("width", [320, 1280])
def test_the_pages_of_the_queue_fit_and_axe_finds_nothing(new_screen: NewScreen, staged, width: int) -> None:
    server, known = staged
    page = signed_in(new_screen, staged, "ly", width)
    one = f"/dossiers/{known['mine']}/"
    for address in ("/dossiers/?tab=office&step_warn=late", "/dossiers/?tab=closed", "/dossiers/wall/", one):
        page.goto(server.desk + address)
        assert not page.evaluate("document.documentElement.scrollWidth > innerWidth"), address
        assert violations(page) == [], address


@pytest.mark.parametrize("width", [320, 1920])
def test_a_wall_hangs_on_a_screen_on_which_nobody_is_signed_in(new_screen: NewScreen, staged, width: int) -> None:
    server, known = staged
    page = signed_in(new_screen, staged, "ly", width)
    page.goto(f"{server.desk}/dossiers/wall/")
    there = page.get_attribute("text=Mở bảng của", "href")
    screen = new_screen(viewport={"width": width, "height": 800}, bypass_csp=True)
    screen.goto(f"{server.desk}{there}")
    assert "0456" in screen.inner_text("main")
    assert screen.locator("a").count() == 0
    assert not screen.evaluate("document.documentElement.scrollWidth > innerWidth")
    assert violations(screen) == []


def test_a_shift_ends_by_keyboard(new_screen: NewScreen, staged) -> None:
    server, known = staged
    page = signed_in(new_screen, staged, "thu")
    page.goto(f"{server.desk}/dossiers/?tab=office")
    page.keyboard.press("?")
    assert "Enter mở" in page.inner_text("[data-keys]")
    page.keyboard.press("?")
    page.click("text=Phím tắt")
    assert "Enter mở" in page.inner_text("[data-keys]"), "the button opens the same"
    # The first is the one overdue; what came in today is chosen with x.
    page.keyboard.press("j")
    assert known["late"] in page.inner_text("tr.here")
    chosen = 0
    for _row in range(page.locator("[data-row]").count() - 1):
        page.keyboard.press("j")
        if page.locator("tr.here input[type=checkbox]").count():
            page.keyboard.press("x")
            chosen += 1
    assert chosen == len(known["new"])
    page.keyboard.press("a")
    page.wait_for_selector(".messages .success")
    assert "Đã tiếp nhận 3 hồ sơ." in page.inner_text(".messages")
    # One of them is opened by Enter: its data are there, and the look is said.
    page.goto(f"{server.desk}/dossiers/")
    for _two in range(2):
        page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    page.wait_for_selector(".clock")
    expect(page.locator("main")).to_contain_text("Mùa Thị Đánh Dấu")
    assert violations(page) == []
    page.click("text=Bàn giao")
    page.select_option("[name=to]", label="Lường Văn Lý")
    page.fill("[name=note]", "Hết ca, còn thẩm tra")
    assert violations(page) == []
    page.click("button:has-text('Bàn giao')")
    page.wait_for_selector(".messages .success")
    # It is another's now.
    page.reload()
    assert "Đồng chí Lường Văn Lý đang giữ hồ sơ này." in page.inner_text("main")


def test_a_colleague_gives_a_reason_and_a_leader_opens_nothing(new_screen: NewScreen, staged) -> None:
    server, known = staged
    page = signed_in(new_screen, staged, "ly")
    page.goto(f"{server.desk}/dossiers/{known['apart']}/")
    assert "Quàng Văn An" not in page.inner_text("main")
    page.select_option("#look_reason", label="người dân hỏi tại quầy")
    page.click("text=Xem dữ liệu")
    page.wait_for_selector("text=Quàng Văn An")
    leader = signed_in(new_screen, staged, "minh")
    leader.goto(f"{server.desk}/dossiers/")
    assert "Việc của tôi" not in leader.inner_text("main")
    assert violations(leader) == []


def test_a_dossier_leads_back_to_the_list_as_it_was_filtered_also_after_a_deed(new_screen: NewScreen, staged) -> None:
    server, known = staged
    page = signed_in(new_screen, staged, "ly")
    left = f"{server.desk}/dossiers/?tab=office&procedure=1.004194&warn=late"
    page.goto(left)
    page.click(f"text={known['late'][-4:]}")
    page.select_option("#look_reason", label="người dân hỏi tại quầy")
    page.click("text=Xem dữ liệu")
    page.wait_for_selector("text=Người nộp")
    page.wait_for_load_state()  # until then it may be too short to move, and the way back without its filters
    page.evaluate("window.scrollTo(0, 0)")
    page.keyboard.press("ArrowDown")  # the list's keys are the list's: here the arrow moves the page
    page.wait_for_function("() => window.scrollY > 0")
    page.click("text=Danh sách hồ sơ")
    page.wait_for_url(left)
