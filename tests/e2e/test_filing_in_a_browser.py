"""Filing on a phone: the page saves itself, a dropped line loses nothing, photographs go out small; and all of it without a script."""

import io
import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from PIL import Image
from playwright.sync_api import Page, Route, expect

from tests.e2e.conftest import NewPage
from tests.e2e.reporter_stage import violations
from tests.e2e.server import Server

WORLD = """
import json, sys
from datetime import timedelta
from django.utils.timezone import localdate
sys.path.insert(0, ".")
from keng.accounts.citizens import sessions
from keng.procedures.dossiers import services
from keng.procedures.filing import review
from tests.procedures.filing.conftest import Filing
cast = Filing()
for made in (cast.centre, cast.neighbour, cast.version):
    assert made.pk
dossier = review.file(draft=cast.filled(), by=None)
services.take(dossier=dossier, by=cast.thu)
item = {"title": "Hợp đồng rõ chữ", "why": "Bản đã gửi bị mờ", "field": "contract"}
services.ask_supplement(dossier=dossier, items=[item], by_day=localdate() + timedelta(days=20), by=cast.thu)
session = sessions.CitizenSession()
sessions.begin(session, citizen=cast.an, level=2)
session.save()
print(json.dumps([session.session_key, dossier.code]))
"""


@dataclass
class Phone:
    page: Page
    server: Server
    waiting: str  # the code of An's dossier for which more is asked

    def begin(self) -> None:
        """An begins, chooses the commune, and stands on the form's first page."""
        self.page.goto(f"{self.server.my}/apply/1.004194")
        self.page.locator("main form button.primary").click()
        self.page.get_by_label("Xã, phường", exact=True).select_option(label="Xã Thanh Yên")
        self.go_on()
        expect(self.page.locator("h1")).to_have_text("Nơi tạm trú")
        self.page.wait_for_load_state()  # what is typed before the script is there it does not see

    def go_on(self) -> None:
        self.page.locator("main .actions button.primary").first.click()

    @property
    def saved(self) -> str:
        return self.page.locator("[data-saved]").inner_text()


@pytest.fixture(scope="module")
def filing(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    served = Server(tmp_path_factory.mktemp("filing") / "var").prepare().start()
    yield served
    served.stop()


@pytest.fixture
def opened(filing: Server, new_phone: NewPage):  # type: ignore[no-untyped-def]
    filing.python("from keng.procedures.models import Draft; Draft.objects.all().delete()")
    key = filing.var / "session.json"
    if not key.exists():
        key.write_text(filing.python(WORLD))

    def phone(**options: object) -> Phone:
        page = new_phone(**options)
        page.context.add_cookies([{"name": "sessionid", "value": json.loads(key.read_text())[0], "url": filing.my}])
        return Phone(page, filing, json.loads(key.read_text())[1])

    return phone


def photograph(size: tuple[int, int] = (3000, 2200)) -> bytes:
    out = io.BytesIO()
    Image.effect_noise(size, 30).convert("RGB").save(out, "JPEG", quality=85)
    return out.getvalue()


def answers(server: Server) -> dict[str, str]:
    said = server.python(
        "from keng.procedures.models import Draft; import json; print(json.dumps(Draft.objects.get().answers))"
    )
    return json.loads(said)  # type: ignore[no-any-return]


def test_what_is_typed_is_kept_without_a_press_and_a_dropped_line_loses_nothing(opened, filing: Server) -> None:
    phone = opened()
    phone.begin()
    page = phone.page
    page.get_by_label("Địa chỉ tạm trú").fill("Bản Noong Hẹt")
    expect(page.locator("[data-saved]")).to_contain_text("Đã lưu lúc")
    assert answers(filing) == {"address": "Bản Noong Hẹt"}
    page.context.set_offline(True)
    page.get_by_label("Địa chỉ tạm trú").fill("Bản Nà Nghè")
    expect(page.locator("[data-saved]")).to_contain_text("Mất mạng")
    phone.go_on()
    expect(page.locator("[data-saved]")).to_contain_text("Mất mạng")  # the press has failed before the line is back
    expect(page.get_by_label("Địa chỉ tạm trú")).to_have_value("Bản Nà Nghè")
    page.context.set_offline(False)
    expect(page.locator("[data-saved]")).to_contain_text("Đã lưu lúc")
    assert answers(filing) == {"address": "Bản Nà Nghè"}
    phone.go_on()
    expect(page.locator("h1")).to_have_text("Giấy tờ")


def test_a_line_that_comes_back_while_saving_still_fails_is_used_at_once(opened, filing: Server) -> None:
    phone = opened()
    phone.begin()
    page = phone.page
    page.clock.install()
    held: list[Route] = []
    page.route("**/api/drafts/**", lambda route: held.append(route), times=1)
    with page.expect_request("**/api/drafts/**"):
        page.get_by_label("Địa chỉ tạm trú").fill("Bản Noong Hẹt")
        page.clock.run_for(3000)
    page.clock.pause_at(page.evaluate("Date.now()") + 1)  # from now on no turn comes
    page.evaluate("dispatchEvent(new Event('online'))")
    held.pop().abort()
    expect(page.locator("[data-saved]")).to_contain_text("Đã lưu lúc")
    assert answers(filing) == {"address": "Bản Noong Hẹt"}


ENDED = "from django.contrib.sessions.models import Session; Session.objects.all().delete()"
AGAIN = """
import sys; sys.path.insert(0, '.')
from keng.accounts.citizens import sessions
from keng.accounts.models import Citizen
session = sessions.CitizenSession()
sessions.begin(session, citizen=Citizen.objects.get(number="011090000123"), level=2)
session.save()
print(session.session_key)
"""


def signed_in_again(filing: Server, page: Page) -> None:
    """As in another tab: another session, and another token with it."""
    key = filing.python(AGAIN).strip()
    kept = json.loads((filing.var / "session.json").read_text())
    (filing.var / "session.json").write_text(json.dumps([key, kept[1]]))
    page.context.add_cookies(
        [
            {"name": "sessionid", "value": key, "url": filing.my},
            {"name": "csrftoken", "value": "a" * 32, "url": filing.my},
        ]
    )


def test_a_session_that_ends_in_the_middle_of_a_page_loses_nothing(opened, filing: Server) -> None:
    phone = opened()
    phone.begin()
    page = phone.page
    filing.python(ENDED)
    page.get_by_label("Địa chỉ tạm trú").fill("Bản Noong Hẹt")
    expect(page.locator("[data-saved]")).to_contain_text("Phiên đăng nhập đã hết")
    phone.go_on()  # leads nowhere while nobody is signed in
    expect(page.locator("[data-saved]")).to_contain_text("Phiên đăng nhập đã hết")
    expect(page.get_by_label("Địa chỉ tạm trú")).to_have_value("Bản Noong Hẹt")
    signed_in_again(filing, page)
    phone.go_on()
    expect(page.locator("h1")).to_have_text("Giấy tờ")
    assert answers(filing) == {"address": "Bản Noong Hẹt"}
    filing.python(ENDED)
    signed_in_again(filing, page)
    page.locator("#f-contract").set_input_files(
        {"name": "hop dong.jpg", "mimeType": "image/jpeg", "buffer": photograph((800, 600))}
    )
    expect(page.locator(".given")).to_contain_text("hop dong.jpg", timeout=20000)


def test_a_page_left_open_past_the_end_keeps_what_was_typed_before_it_is_sent(opened, filing: Server) -> None:
    phone = opened()
    phone.page.clock.install()
    phone.begin()
    page = phone.page
    filing.python(ENDED)
    page.clock.fast_forward("31:00")
    page.get_by_label("Địa chỉ tạm trú").fill("Bản Noong Hẹt")
    phone.go_on()  # at once: nothing was saved by itself yet
    expect(page.locator("[data-saved]")).to_contain_text("Phiên đăng nhập đã hết")
    expect(page.get_by_label("Địa chỉ tạm trú")).to_have_value("Bản Noong Hẹt")
    signed_in_again(filing, page)
    phone.go_on()
    expect(page.locator("h1")).to_have_text("Giấy tờ")


def test_a_photograph_goes_out_small_and_a_bad_file_is_said_beside_its_field(opened, filing: Server) -> None:
    phone = opened()
    phone.begin()
    page = phone.page
    page.get_by_label("Địa chỉ tạm trú").fill("Bản Noong Hẹt")
    phone.go_on()
    raw = photograph()
    page.locator("#f-contract").set_input_files({"name": "hop dong.jpg", "mimeType": "image/jpeg", "buffer": raw})
    expect(page.locator(".given")).to_contain_text("hop dong.jpg", timeout=20000)
    size = int(
        filing.python(
            "from keng.procedures.models import Attachment; print(Attachment.objects.get(draft__isnull=False).size)"
        )
    )
    assert size < len(raw) / 2
    page.locator("#f-photos").set_input_files({"name": "nha.gif", "mimeType": "image/gif", "buffer": b"GIF89a"})
    expect(page.locator(".error")).to_contain_text("nha.gif: Chỉ nhận PDF")
    phone.go_on()
    expect(page.locator("h1")).to_have_text("Xem lại rồi nộp")


def test_who_presses_on_while_a_file_is_sent_goes_on_once_it_is_there_unless_it_is_refused(
    opened, filing: Server
) -> None:
    phone = opened()
    phone.begin()
    page = phone.page
    page.get_by_label("Địa chỉ tạm trú").fill("Bản Noong Hẹt")
    phone.go_on()
    expect(page.locator("h1")).to_have_text("Giấy tờ")
    on_its_way: list[Route] = []
    page.route("**/files", lambda route: on_its_way.append(route))
    for raw, ends_at in ((b"MZ not a paper at all", "Giấy tờ"), (photograph((800, 600)), "Xem lại rồi nộp")):
        with page.expect_request("**/files"):
            page.locator("#f-contract").set_input_files(
                {"name": "hop-dong.jpg", "mimeType": "image/jpeg", "buffer": raw}
            )
        phone.go_on()
        expect(page.locator("[data-saved]")).to_have_text("Gửi xong tệp thì trang tự đi tiếp.")
        expect(page.locator("h1")).to_have_text("Giấy tờ")
        on_its_way.pop().continue_()
        expect(page.locator("progress.sending")).to_have_count(0)
        expect(page.locator("h1")).to_have_text(ends_at)
        expect(page.locator(".error")).to_have_count(1 if ends_at == "Giấy tờ" else 0)


def test_a_file_that_has_arrived_leaves_the_keyboard_where_somebody_is_by_then(opened) -> None:
    phone = opened()
    phone.begin()
    page = phone.page
    page.get_by_label("Địa chỉ tạm trú").fill("Bản Noong Hẹt")
    phone.go_on()
    on_its_way: list[Route] = []
    page.route("**/files", lambda route: on_its_way.append(route))
    contract = {"name": "hop-dong.jpg", "mimeType": "image/jpeg", "buffer": photograph((800, 600))}
    with page.expect_request("**/files"):  # only once the photo was made smaller
        page.locator("#f-contract").set_input_files(contract)
    expect(page.locator("progress.sending")).to_have_count(1)
    page.locator("#f-photos").focus()
    on_its_way.pop().continue_()
    expect(page.locator(".given")).to_contain_text("hop-dong.jpg")
    expect(page.locator("#f-photos")).to_be_focused()


@pytest.mark.parametrize("width", [320, 360])
def test_without_a_script_it_is_filed_all_the_same_on_the_smallest_phone(
    opened, filing: Server, tmp_path: Path, width: int
) -> None:
    phone = opened(java_script_enabled=False, viewport={"width": width, "height": 640})
    phone.begin()
    page = phone.page
    page.get_by_label("Địa chỉ tạm trú").fill("Bản Noong Hẹt")
    page.get_by_label("Địa chỉ tạm trú").press("Enter")
    page.locator("#f-contract").set_input_files(
        {"name": "hop dong.jpg", "mimeType": "image/jpeg", "buffer": photograph((800, 600))}
    )
    phone.go_on()
    expect(page.locator("h1")).to_have_text("Xem lại rồi nộp")
    phone.go_on()
    expect(page.locator("h1")).to_have_text("Đã nộp hồ sơ")
    expect(page.locator(".big-code")).to_contain_text("03349-")
    expect(page.locator("main")).to_contain_text("sau 3 ngày làm việc")


@pytest.mark.parametrize("width", [320, 1280])
def test_every_page_fits_and_axe_finds_nothing(opened, filing: Server, width: int) -> None:
    phone = opened(viewport={"width": width, "height": 640})
    phone.begin()
    draft = f"/drafts/{phone.page.url.split('/')[-2]}"
    steps = [f"{draft}/{step}" for step in ("0", "0?q=noong", "0?q=thanh yen", "1", "2", "review")]
    after = [f"/dossiers/{phone.waiting}/{page}" for page in ("receipt", "supplement")]
    for address in ("/apply/1.004194", "/drafts", *steps, *after):
        phone.page.goto(filing.my + address)
        assert phone.page.evaluate("document.documentElement.scrollWidth") <= width, address
        assert violations(phone.page) == [], address
    phone.page.goto(f"{filing.my}{draft}/1")
    phone.go_on()  # nothing was answered
    expect(phone.page.locator(".wrong-sum")).to_be_visible()
    assert violations(phone.page) == []
