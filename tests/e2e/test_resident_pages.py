"""The resident's pages on a phone, and the desk's of filing for others, of requests and of figures: they fit, axe finds nothing."""

import json
from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.conftest import NewPage
from tests.e2e.reporter_stage import fits, violations
from tests.e2e.server import Server

SETTING = """
import sys; sys.path.insert(0, '.')
import json
from datetime import timedelta
from django.utils.timezone import localdate
from keng.accounts.citizens import sessions
from keng.core import at_rest
from keng.core.calendar.load import load_calendar
from keng.procedures import consents
from keng.procedures.dossiers import services
from keng.procedures.requests import services as requests
from tests.accounts.signing_in import straight_in
from tests.conftest import FaceClient
from tests.procedures.cast import citizen
from tests.procedures.queue.desk import Desk
at_rest.ensure()
load_calendar()
cast = Desk()
for made in (cast.centre, cast.other_centre, cast.thu, cast.ly, cast.khoa, cast.version):
    assert made.pk
# Of the resident's dossiers one is new, one is worked on, one waits for what is missing, one was refused.
new, taken, waiting, refused = cast.filed(), cast.accepted(), cast.accepted(), cast.accepted()
item = {"title": "Hợp đồng thuê nhà", "why": "Ảnh mờ", "field": ""}
services.ask_supplement(dossier=waiting, items=[item], by_day=localdate() + timedelta(days=20), by=cast.thu)
services.look(dossier=waiting, by=cast.ly, reason="counter")
services.refuse(dossier=refused, reason="Không thuộc nơi này giải quyết", by=cast.thu)
asked = requests.file(dossier=taken, kind="correction", text="Số điện thoại của tôi đã đổi.", citizen=taken.citizen)
answered = requests.file(dossier=refused, kind="erasure", text="Không cần lưu nữa.", citizen=refused.citizen)
requests.refuse(asked=answered, answer="Hồ sơ phải lưu 5 năm.", by=cast.thu)
consents.give(citizen=taken.citizen, purpose="reuse", dossier=None, how="online", witness=None)
nobody = citizen("011190000999", "Lò Thị Mới")
keys = {}
for who, one in (("resident", taken.citizen), ("nobody", nobody)):
    session = sessions.CitizenSession()
    sessions.begin(session, citizen=one, level=2)
    session.save()
    keys[who] = session.session_key
client = FaceClient("desk")
straight_in(client, cast.ly)
keys["officer"] = client.cookies["sessionid"].value
codes = {"new": new.code, "taken": taken.code, "waiting": waiting.code, "refused": refused.code}
print(json.dumps({"keys": keys, "codes": codes, "asked": str(asked.pk)}))
"""


@pytest.fixture(scope="module")
def staged(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Server, dict[str, str]]]:
    server = Server(tmp_path_factory.mktemp("resident") / "var").prepare()
    known = json.loads(server.python(SETTING).splitlines()[-1])
    yield server.start(), known
    server.stop()


def entered(page: Page, face: str, key: str) -> Page:
    page.context.add_cookies([{"name": "sessionid", "value": key, "url": face}])
    return page


def sound(page: Page, address: str) -> None:
    answer = page.goto(address)
    assert answer is not None
    assert answer.status == 200, address
    assert violations(page) == [], address
    assert fits(page), address
    assert page.locator("h1").count() == 1, address


@pytest.mark.parametrize("who", ["resident", "nobody"])
def test_the_residents_own_pages_fit_a_phone_and_axe_finds_nothing(new_phone: NewPage, staged, who: str) -> None:
    server, known = staged
    phone = entered(new_phone(bypass_csp=True), server.my, known["keys"][who])
    own = [f"dossiers/{code}" for code in known["codes"].values()] if who == "resident" else []
    general = ("", "messages", "papers", "consents", "consents/email", "looks", "requests", "drafts", "me", "me/remove")
    for path in (*general, *own):
        sound(phone, f"{server.my}/{path}")
    if who == "resident":
        sound(phone, f"{server.my}/dossiers/{known['codes']['waiting']}/supplement")


def test_every_part_of_the_residents_page_is_in_sight_on_a_phone_and_large_enough(new_phone: NewPage, staged) -> None:
    server, known = staged
    phone = entered(new_phone(), server.my, known["keys"]["resident"])
    phone.goto(f"{server.my}/requests")
    parts = phone.get_by_role("navigation", name="Các phần").get_by_role("link")
    boxes = [box for box in (part.bounding_box() for part in parts.all()) if box]
    assert len(boxes) == parts.count() > 5
    assert all(box["x"] >= 0 and box["x"] + box["width"] <= 360 for box in boxes)
    assert all(box["height"] >= 44 for box in boxes)
    expect(phone.locator("header [aria-current=page]")).to_have_text("Yêu cầu")


def test_filing_for_others_requests_and_figures_fit_the_desk_and_axe_finds_nothing(new_screen: NewPage, staged) -> None:
    server, known = staged
    screen = entered(new_screen(bypass_csp=True), server.desk, known["keys"]["officer"])
    asked = f"requests/{known['asked']}/"
    for path in (
        "dossiers/new/", "dossiers/new/?q=tam+tru", "dossiers/new/?q=zzzz", "dossiers/new/person/?procedure=1.004194",
        "requests/", asked, "dossiers/figures/", "dossiers/register/", "dossiers/?tab=waiting", "absences/",
    ):  # fmt: skip
        sound(screen, f"{server.desk}/{path}")

    screen.goto(f"{server.desk}/{asked}")
    screen.get_by_role("button", name="Mở để giải quyết yêu cầu").click()
    expect(screen.locator("main")).to_contain_text("Số điện thoại của tôi đã đổi.")
    assert violations(screen) == []

    screen.goto(f"{server.desk}/dossiers/new/person/?procedure=1.004194")
    screen.get_by_role("button", name="Bắt đầu nhập hồ sơ").click()
    expect(screen.locator(".wrong-sum")).to_contain_text("Đồng chí chưa điền ô này.")
    assert violations(screen) == []
    screen.locator("[name=how]").first.check()
    screen.locator("[name=agreed]").check()
    screen.get_by_label("Số định danh cá nhân").fill("011150000777")
    screen.get_by_label("Họ và tên").fill("Lò Thị Panh")
    screen.get_by_role("button", name="Bắt đầu nhập hồ sơ").click()
    for heading in ("Nộp cho xã, phường nào?", "Nơi tạm trú"):
        expect(screen.get_by_role("heading", level=1)).to_have_text(heading)
        assert violations(screen) == []
        assert fits(screen)
        if screen.locator("select#unit").count():
            screen.locator("select#unit").select_option(label="Xã Thanh Yên")
            screen.get_by_role("button", name="Đi tiếp").click()
    screen.get_by_role("button", name="Lưu và đi tiếp").last.click()
    expect(screen.locator(".wrong-sum")).to_be_visible()
    assert violations(screen) == []
