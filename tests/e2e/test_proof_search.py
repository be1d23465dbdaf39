"""R11: a report that the office's database no longer has is found in the public log by its receipt alone."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from playwright.sync_api import Page, Request, Route

from config.demo.client import Reporter
from keng.ledger import merkle, notes
from keng.ledger.leaves import tag_of
from keng.ledger.notes import Head
from keng.mailbox import sealing
from tests.e2e.conftest import NewPage
from tests.e2e.log_stage import LogStage, make_stage, open_report, standing
from tests.e2e.reporter_stage import fits, target_sizes, violations


def today(form: str = "%-d/%-m/%Y", *, days: int = 0) -> str:
    """In Vietnam, when it is asked: a run may go on past midnight."""
    return f"{datetime.now(UTC) + timedelta(hours=7, days=days):{form}}"


ISO = "%Y-%m-%d"


@pytest.fixture(scope="module")
def logged(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LogStage]:
    """Three publications, each with a report; a witness has seen the first and the last."""
    made = make_stage(tmp_path_factory.mktemp("searched"))
    yield made
    made.server.stop()


@pytest.fixture(scope="module")
def buried(logged: LogStage) -> list[Reporter]:
    """Reports that were published and then taken away behind the application's back."""
    made = []
    for number in range(3):
        made.append(logged.sent())
        logged.publish()
        if number != 1:
            logged.cosign()
    for reporter in made:
        logged.bury(reporter)
    return made


def search(stage: LogStage, phone: Page, receipt: str, day: str | None = None) -> None:
    phone.goto(f"{stage.server.public}/r")
    phone.fill("#code", receipt)
    phone.click("#open")
    phone.get_by_text("Không tìm thấy tin nào").wait_for()
    phone.fill("#search-day", day or today(ISO))
    phone.click("#search")
    phone.wait_for_selector("#search-result[data-found]")


def found(phone: Page) -> str:
    return str(phone.locator("#search-result").get_attribute("data-found"))


def told(phone: Page) -> str:
    return phone.locator("#search-result [data-sign]").inner_text()


def test_r11_a_report_deleted_behind_the_applications_back_is_found_by_its_receipt_and_told_loudly(
    logged: LogStage, phone: Page, buried: list[Reporter], protocol: Page
) -> None:
    for reporter in buried:
        assert logged.rows("SELECT 1 FROM mailbox_thread WHERE key = ?", reporter.keys.thread) == []
        assert logged.rows('SELECT 1 FROM ledger_entry WHERE "case" = ?', reporter.keys.thread) == []
        search(logged, phone, reporter.receipt)
        assert found(phone) == "proven"
        since = f"{logged.cosigned + timedelta(hours=7):%-d/%-m/%Y}"
        assert f"Tin có trong sổ công khai từ ngày {since}, nhan-chung.vn/keng đã thấy" in told(phone)
        assert "có người đã lấy tin đi" in told(phone)
        assert "113" in phone.inner_text("#proof-do")
    phone.click("#proof-save")
    with phone.expect_download() as saving:
        phone.click("#proof-sure")
    file = json.loads(saving.value.path().read_text())
    pinned = json.loads(phone.locator("#pins").text_content() or "")
    verdict = protocol.evaluate("([file, pinned]) => lab.proof.checkProof(file, pinned)", [file, pinned])
    assert verdict["kind"] == "proven"


def test_r7_a_search_tells_the_server_the_days_and_nothing_else(
    logged: LogStage, phone: Page, buried: list[Reporter]
) -> None:
    """Every bundle of the days is fetched, wherever the leaf is; no receipt, token or tag is in any request."""
    asked: list[list[str]] = []
    seen: list[Request] = []
    phone.on("request", lambda request: seen.append(request))
    for reporter in (buried[0], buried[2]):
        seen.clear()
        search(logged, phone, reporter.receipt)
        log = [request for request in seen if "/ledger/" in request.url]
        keys = reporter.keys
        for request in log:
            assert request.method == "GET"
            for secret in (reporter.receipt, keys.log_tag.hex(), sealing.b64u(keys.token), keys.thread):
                assert secret not in request.url
        asked.append(sorted(request.url for request in log if "/tile/entries/" in request.url))
    size = int(logged.newest.splitlines()[1])
    assert len(asked[0]) == size // 256
    assert asked[0] == asked[1]


def test_a_report_that_was_never_published_is_said_not_to_be_there_and_more_days_can_be_searched(
    logged: LogStage, phone: Page, buried: list[Reporter]
) -> None:
    search(logged, phone, sealing.make_receipt())
    assert found(phone) == "absent"
    assert "Không thấy tin với mã này" in told(phone)
    assert f"đến ngày {today(days=2)}" in told(phone)
    phone.click("#search-wider")
    phone.get_by_text(f"đến ngày {today(days=5)}").wait_for()
    assert "Giữ kỹ mã" in phone.inner_text("#proof-do")


def test_days_without_a_publication_are_told_calmly(logged: LogStage, phone: Page, buried: list[Reporter]) -> None:
    search(logged, phone, buried[0].receipt, "2026-01-15")
    assert found(phone) == "empty"
    assert "Sổ không có gì từ ngày 14/1/2026 đến ngày 17/1/2026" in told(phone)
    assert phone.locator("#proof-do").count() == 0


def test_without_a_day_nothing_is_asked(logged: LogStage, phone: Page, buried: list[Reporter]) -> None:
    asked: list[str] = []
    phone.on("request", lambda request: asked.append(request.url))
    phone.goto(f"{logged.server.public}/r")
    phone.fill("#code", buried[0].receipt)
    phone.click("#open")
    phone.wait_for_selector("#search")
    phone.click("#search")
    phone.get_by_text("Bà con chọn ngày đã gửi tin").wait_for()
    assert not any("/ledger/" in url for url in asked)


def test_a_report_that_its_reporter_deleted_is_found_too_and_nobody_is_blamed(
    logged: LogStage, phone: Page, buried: list[Reporter]
) -> None:
    reporter = logged.sent()
    logged.publish()
    logged.cosign()
    open_report(logged, phone, reporter)
    assert standing(phone) == "proven"
    phone.click("#delete")
    phone.click("#delete-sure")
    phone.get_by_text("Tin đã bị xoá").wait_for()
    search(logged, phone, reporter.receipt)
    assert found(phone) == "proven"
    assert "Nếu bà con đã tự xoá thì không sao" in told(phone)


def test_r11_a_server_that_hides_the_leaf_from_one_reader_is_caught_by_the_signed_root(
    logged: LogStage, phone: Page, buried: list[Reporter]
) -> None:
    """The bundles are served with the leaf replaced: they are not what was signed, and the page says so instead of "not there"."""
    tag = tag_of(buried[0].keys.log_tag)

    def without(route: Route) -> None:
        answer = route.fetch()
        route.fulfill(response=answer, body=answer.body().replace(tag, bytes(16)))

    phone.route("**/ledger/tile/entries/**", without)
    search(logged, phone, buried[0].receipt)
    assert found(phone) == "bad"
    assert "Máy chủ đưa ra bằng chứng sai" in told(phone)


def test_r11_another_log_made_for_one_reader_is_not_proven(
    logged: LogStage, phone: Page, buried: list[Reporter]
) -> None:
    """Bundles without the leaf, tiles and a checkpoint that fit them, signed with the log's own key: no witness has seen it."""
    leaves = [bytes([i]) * 48 for i in range(256)]
    head = Head(logged.log_key().name, 256, merkle.root([merkle.leaf_hash(leaf) for leaf in leaves]))
    files = {
        "entries/000": b"".join(b"\0\x30" + leaf for leaf in leaves),
        "1/000.p/1": head.root,
        "checkpoints/256": notes.sign(head.text, logged.log_key()).encode(),
        f"days/{today('%Y-%m')}": json.dumps([[today(ISO), 256]]).encode(),
    }

    def answer(route: Route) -> None:
        path = route.request.url.partition("/ledger/")[2].removeprefix("tile/")
        if path in files:
            route.fulfill(body=files[path])
        else:
            route.fulfill(status=404)

    phone.route("**/ledger/**", answer)
    search(logged, phone, buried[0].receipt)
    assert found(phone) == "absent"
    assert "chưa nơi nào khác xác nhận" in told(phone)


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("**/ledger/days/**", b"{}"),
        ("**/ledger/days/**", b'[["x", 256]]'),
        ("**/ledger/days/**", b"\xff"),
        ("**/ledger/days/**", b"[1, [2]]"),
        ("**/ledger/tile/entries/**", b"\0\x30" + bytes(48)),
        ("**/ledger/tile/1/**", bytes(31)),
        ("**/ledger/checkpoints/**", b"not a note"),
    ],
)
def test_s3_damaged_files_of_the_log_are_told_as_such(
    logged: LogStage, phone: Page, buried: list[Reporter], path: str, body: bytes
) -> None:
    phone.route(path, lambda route: route.fulfill(body=body))
    search(logged, phone, buried[2].receipt)  # beyond the first bundle: its proof needs a tile
    assert found(phone) == "bad"


def test_a_dropped_line_is_told_and_the_search_goes_on_from_where_it_was(
    logged: LogStage, phone: Page, buried: list[Reporter]
) -> None:
    phone.route("**/ledger/tile/entries/001", lambda route: route.abort())
    phone.goto(f"{logged.server.public}/r")
    phone.fill("#code", buried[0].receipt)
    phone.click("#open")
    phone.wait_for_selector("#search")
    phone.fill("#search-day", today(ISO))
    phone.click("#search")
    phone.get_by_text("vì mất mạng").wait_for()
    phone.unroute_all()
    asked: list[str] = []
    phone.on("request", lambda request: asked.append(request.url))
    phone.click("#search")
    phone.wait_for_selector("#search-result[data-found=proven]")
    assert not any(url.endswith("/entries/000") for url in asked), "what has arrived is not fetched again"


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_and_the_search_fits_a_small_phone(
    logged: LogStage, new_phone: NewPage, buried: list[Reporter], scheme: str
) -> None:
    phone = new_phone(viewport={"width": 320, "height": 640}, color_scheme=scheme, bypass_csp=True)
    search(logged, phone, buried[0].receipt)
    assert violations(phone) == []
    assert fits(phone)
    assert min(target_sizes(phone.locator("#log button, #log .btn, #log input"))) >= 44
