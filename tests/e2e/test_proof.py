"""R11: the return page proves by itself that a report stands in the public log, and says loudly when something is not right."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from playwright.sync_api import Page, Route

from config.demo.client import Reporter
from keng.ledger import notes
from keng.ledger.notes import WITNESS, Signer
from tests.e2e.conftest import NewPage
from tests.e2e.log_stage import LogStage, lying, make_stage, open_report, standing
from tests.e2e.log_stage import logged as logged  # fixture
from tests.e2e.reporter_stage import fits, target_sizes, violations
from tests.e2e.test_proof_vectors import NO_ED25519


def day(moment: datetime) -> str:
    """In Vietnam."""
    return f"{moment + timedelta(hours=7):%-d/%-m/%Y}"


def today() -> str:
    """When it is asked: a run may go on past midnight."""
    return day(datetime.now(UTC))


@pytest.fixture(scope="module")
def reports(logged: LogStage) -> dict[str, Reporter]:
    """Proven ones, one that no witness has seen, one that is not published: each young and, by its own record, old."""
    made = {"proven": logged.sent(), "old": logged.sent(days_ago=9)}
    logged.publish()
    logged.cosign()
    made |= {"unseen": logged.sent(), "old_unseen": logged.sent(days_ago=3)}
    logged.publish()
    made |= {"new": logged.sent(), "missing": logged.sent(days_ago=3)}
    return made


def told(phone: Page) -> str:
    return phone.locator("#log [data-sign]").inner_text()


def sign(phone: Page) -> str:
    assert phone.locator("#log [data-sign] svg").is_visible()
    return str(phone.locator("#log [data-sign]").get_attribute("data-sign"))


def test_r11_a_report_in_the_log_that_a_witness_has_seen_is_proven_with_the_day_of_the_cosignature(
    logged: LogStage, phone: Page, reports: dict[str, Reporter]
) -> None:
    asked: list[str] = []
    phone.on("request", lambda request: asked.append(request.url))
    open_report(logged, phone, reports["proven"])
    assert standing(phone) == "proven"
    assert sign(phone) == "good"
    assert (
        told(phone)
        == f"Tin của bà con có trong sổ công khai từ ngày {day(logged.cosigned)}. nhan-chung.vn/keng đã thấy sổ này và ký xác nhận."
    )
    assert not any("ed25519" in url for url in asked), "this browser has Ed25519 of its own"
    assert not any("/ledger/" in url for url in asked), "the thread's answer is enough"


def test_r11_the_proof_does_not_depend_on_the_phones_clock(
    logged: LogStage, phone: Page, reports: dict[str, Reporter]
) -> None:
    for wrong in (datetime(2020, 1, 1, tzinfo=UTC), datetime(2040, 1, 1, tzinfo=UTC)):
        phone.clock.set_fixed_time(wrong)
        open_report(logged, phone, reports["proven"])
        assert standing(phone) == "proven"
        assert day(logged.cosigned) in told(phone)


def test_r11_without_ed25519_of_its_own_the_browser_fetches_a_library_and_proves_the_same(
    logged: LogStage, phone: Page, reports: dict[str, Reporter]
) -> None:
    asked: list[str] = []
    phone.on("request", lambda request: asked.append(request.url))
    phone.add_init_script(NO_ED25519)
    open_report(logged, phone, reports["proven"])
    assert standing(phone) == "proven"
    assert sum("ed25519" in url for url in asked) == 1
    key = json.loads(phone.inner_text("#pins") or phone.locator("#pins").text_content() or "")["log"][0]
    lying(phone, lambda log: log.update(checkpoint=log["checkpoint"].replace("\n\n", "\nx\n\n")))
    open_report(logged, phone, reports["proven"])
    assert standing(phone) == "bad", key


@pytest.mark.parametrize(
    ("which", "expected", "sentence"),
    [("new", "waiting", "Tin chưa vào sổ công khai"), ("unseen", "waiting", "đang chờ nơi khác ký xác nhận")],
)
def test_a_young_report_is_told_calmly_when_to_come_back(
    logged: LogStage, phone: Page, reports: dict[str, Reporter], which: str, expected: str, sentence: str
) -> None:
    open_report(logged, phone, reports[which])
    assert standing(phone) == expected
    assert sign(phone) == "wait"
    assert sentence in told(phone)
    assert day(datetime.fromisoformat(reports[which].hour) + timedelta(days=2)) in told(phone)
    assert phone.locator("#proof-do").count() == 0


@pytest.mark.parametrize(
    ("which", "expected", "sentence"),
    [
        ("missing", "missing", "đã quá hai ngày mà không có trong sổ công khai"),
        ("old_unseen", "unseen", "Có thể sổ này chỉ làm riêng cho bà con xem"),
    ],
)
def test_r11_what_is_overdue_by_the_reporters_own_hour_is_told_loudly_with_what_to_do(
    logged: LogStage, phone: Page, reports: dict[str, Reporter], which: str, expected: str, sentence: str
) -> None:
    """The server's own entry says that the report is of this hour: it is not asked."""
    open_report(logged, phone, reports[which])
    assert standing(phone) == expected
    assert sign(phone) == "bad"
    assert sentence in told(phone)
    todo = phone.inner_text("#proof-do")
    for said in ("Giữ kỹ mã 24 chữ số", "Đừng bấm xoá tin", "113", "Lưu tệp bằng chứng", today()):
        assert said in todo


def test_r11_a_server_that_calls_an_old_report_unpublished_is_not_believed(
    logged: LogStage, phone: Page, reports: dict[str, Reporter]
) -> None:
    lying(phone, lambda log: {"entry": log["entry"], "index": None})
    open_report(logged, phone, reports["old"])
    assert standing(phone) == "missing"


@pytest.mark.parametrize("said", [{}, None, [], "x", {"index": None}])
def test_r11_a_server_that_says_nothing_of_an_old_report_is_not_believed(
    logged: LogStage, phone: Page, reports: dict[str, Reporter], said: object
) -> None:
    def without(route: Route) -> None:
        answer = route.fetch()
        data = {**answer.json(), "log": said}
        route.fulfill(response=answer, json=data)

    phone.route("**/r/thread", without)
    open_report(logged, phone, reports["old"])
    assert standing(phone) in ("missing", "bad")
    assert sign(phone) == "bad"


def flip(text: str) -> str:
    return ("B" if text[0] != "B" else "C") + text[1:]


def resized(log: dict[str, Any]) -> None:
    size = log["size"]
    log.update(checkpoint=log["checkpoint"].replace(f"\n{size}\n", f"\n{size + 256}\n"), size=size + 256)


FORGERIES: dict[str, tuple[Any, str]] = {
    "a forged hash of the proof": (lambda log: log["proof"].__setitem__(0, flip(log["proof"][0])), "không nằm trong sổ đã ký"),
    "another place": (lambda log: log.update(index=log["index"] ^ 1), "không nằm trong sổ đã ký"),
    "a checkpoint with another size": (resized, "chữ ký của sổ"),
    "a checkpoint of another size than is said": (lambda log: log.update(size=log["size"] + 256), "số dòng"),
    "a checkpoint of another log": (lambda log: log.update(checkpoint="x" + log["checkpoint"]), "sổ của nơi khác"),
    "no checkpoint": (lambda log: log.update(checkpoint=""), "bằng chứng bị hỏng"),
    "another report's entry": (lambda log: log["entry"].update(case="0" * 64), "không phải là tin này"),
    "another part's entry": (lambda log: log["entry"].update(subject="0" * 64), "không phải là tin này"),
    "another deed": (lambda log: log["entry"].update(verb="mailbox.report.deleted"), "không phải là tin này"),
    "another office": (lambda log: log["entry"].update(office="ai-do"), "không nằm trong sổ đã ký"),
    "another hour": (lambda log: log["entry"].update(hour="2026-01-01T00"), "không nằm trong sổ đã ký"),
}  # fmt: skip


@pytest.mark.parametrize("forgery", FORGERIES)
def test_o4_a_forged_answer_is_told_loudly_whatever_the_reports_age(
    logged: LogStage, phone: Page, reports: dict[str, Reporter], forgery: str
) -> None:
    change, sentence = FORGERIES[forgery]
    lying(phone, change)
    open_report(logged, phone, reports["proven"])
    assert standing(phone) == "bad", forgery
    assert sign(phone) == "bad"
    assert sentence in told(phone), forgery
    assert "113" in phone.inner_text("#proof-do")


def test_a_witnesss_line_that_was_altered_is_told_loudly(
    logged: LogStage, phone: Page, reports: dict[str, Reporter]
) -> None:
    def altered(log: dict[str, Any]) -> None:
        head, _dash, line = log["checkpoint"].rpartition(" ")
        log["checkpoint"] = f"{head} {line[:40]}{flip(line[40:])}"

    lying(phone, altered)
    open_report(logged, phone, reports["proven"])
    assert standing(phone) == "bad"
    assert "nơi xác nhận" in told(phone)


def without_cosignature(log: dict[str, Any]) -> None:
    text, _gap, lines = log["checkpoint"].partition("\n\n")
    log["checkpoint"] = f"{text}\n\n{lines.splitlines()[0]}\n"


@pytest.mark.parametrize("stranger", [False, True], ids=["none", "a witness that nobody pinned"])
def test_a_log_that_no_pinned_witness_has_seen_is_waited_for_and_then_told_loudly(
    logged: LogStage, phone: Page, reports: dict[str, Reporter], stranger: bool
) -> None:
    other = Signer("ai-do.vn/keng", Ed25519PrivateKey.generate(), WITNESS)

    def change(log: dict[str, Any]) -> None:
        without_cosignature(log)
        if stranger:
            log["checkpoint"] += other.line(notes.read(log["checkpoint"]).text, time=int(datetime.now(UTC).timestamp()))

    lying(phone, change)
    open_report(logged, phone, reports["proven"])
    assert standing(phone) == "waiting"
    open_report(logged, phone, reports["old"])
    assert standing(phone) == "unseen"


def test_r11_a_forked_log_shown_to_one_reader_is_never_proven(
    logged: LogStage, phone: Page, reports: dict[str, Reporter]
) -> None:
    """Signed by the log's own key, and the report stands in it: only that no witness ever saw it gives it away."""
    for which, expected in (("missing", "unseen"), ("old", "unseen"), ("new", "waiting")):
        reporter = reports[which]
        phone.unroute_all()

        def fork(log: dict[str, Any], reporter: Reporter = reporter) -> dict[str, Any]:
            return logged.forked(reporter, log["entry"])

        lying(phone, fork)
        open_report(logged, phone, reporter)
        assert standing(phone) == expected


def test_a_log_signed_by_a_key_that_is_not_pinned_is_told_loudly(
    logged: LogStage, phone: Page, reports: dict[str, Reporter]
) -> None:
    thief = Signer(logged.log_key().name, Ed25519PrivateKey.generate())
    lying(phone, lambda log: logged.forked(reports["old"], log["entry"], by=thief))
    open_report(logged, phone, reports["old"])
    assert standing(phone) == "bad"
    assert "chữ ký của sổ" in told(phone)


def test_a_phone_whose_clock_is_before_the_sending_is_told_to_set_it(
    logged: LogStage, phone: Page, reports: dict[str, Reporter]
) -> None:
    phone.clock.set_fixed_time(datetime.now(UTC) - timedelta(days=40))
    open_report(logged, phone, reports["new"])
    assert standing(phone) == "clock"
    assert "chỉnh lại ngày giờ" in told(phone)


def test_a_phone_whose_clock_is_ahead_is_told_its_date_along_with_the_alarm(
    logged: LogStage, phone: Page, reports: dict[str, Reporter]
) -> None:
    ahead = datetime.now(UTC) + timedelta(days=40)
    phone.clock.set_fixed_time(ahead)
    open_report(logged, phone, reports["new"])
    assert standing(phone) == "missing"
    assert f"Ngày trên điện thoại đang là {day(ahead)}" in phone.inner_text("#proof-do")


def test_the_proof_file_is_saved_only_after_a_warning_and_holds_no_receipt_key_or_entry(
    logged: LogStage, phone: Page, reports: dict[str, Reporter], protocol: Page
) -> None:
    reporter = reports["proven"]
    open_report(logged, phone, reporter)
    phone.click("#proof-save")
    assert "Ai thấy tệp này trong máy thì biết có một tin báo" in phone.inner_text("#proof-file")
    with phone.expect_download() as saving:
        phone.click("#proof-sure")
    assert saving.value.suggested_filename == "keng-proof.json"
    written = saving.value.path().read_text()
    file = json.loads(written)
    keys = reporter.keys
    for secret in (
        reporter.receipt,
        keys.thread,
        reporter.digests[0],
        "bp-na-co-sa",
        keys.token.hex(),
        keys.log_tag.hex(),
    ):
        assert secret not in written
    assert file["sent"] is None
    pinned = json.loads(phone.locator("#pins").text_content() or "")
    verdict = protocol.evaluate("([file, pinned]) => lab.proof.checkProof(file, pinned)", [file, pinned])
    assert (verdict["kind"], verdict["witnesses"]) == ("proven", ["nhan-chung.vn/keng"])
    phone.get_by_text("Lưu tệp bằng chứng").wait_for()


def test_the_file_of_a_missing_report_names_its_tag_and_the_day_of_sending(
    logged: LogStage, phone: Page, reports: dict[str, Reporter], protocol: Page
) -> None:
    open_report(logged, phone, reports["missing"])
    phone.click("#proof-save")
    assert "gửi ngày nào" in phone.inner_text("#proof-file")
    with phone.expect_download() as saving:
        phone.click("#proof-sure")
    file = json.loads(saving.value.path().read_text())
    pinned = json.loads(phone.locator("#pins").text_content() or "")
    verdict = protocol.evaluate("([file, pinned]) => lab.proof.checkProof(file, pinned)", [file, pinned])
    assert (verdict["kind"], verdict["sent"]) == ("absent", reports["missing"].hour[:10])


def test_a_dropped_line_leaves_the_thread_readable_and_offers_to_check_again(
    logged: LogStage, phone: Page, reports: dict[str, Reporter]
) -> None:
    phone.route("**/proof.vi*.js", lambda route: route.abort())
    phone.goto(f"{logged.server.public}/r")
    phone.fill("#code", reports["proven"].receipt)
    phone.click("#open")
    phone.get_by_text("Chưa kiểm tra được sổ công khai").wait_for()
    assert "cán bộ chưa mở" in phone.inner_text("#state")
    phone.unroute_all()
    phone.get_by_text("Kiểm tra lại").click()
    phone.wait_for_selector("#log[data-standing=proven]")


def test_the_script_that_checks_is_run_only_with_the_bytes_that_the_page_names(
    logged: LogStage, phone: Page, reports: dict[str, Reporter], errors: list[str]
) -> None:
    phone.route(
        "**/proof.vi*.js", lambda route: route.fulfill(body="document.title = 'forged'", content_type="text/javascript")
    )
    phone.goto(f"{logged.server.public}/r")
    phone.fill("#code", reports["proven"].receipt)
    phone.click("#open")
    phone.get_by_text("Chưa kiểm tra được sổ công khai").wait_for()
    assert phone.title() != "forged"


def test_with_no_witness_anywhere_the_page_says_that_only_the_server_vouches(new_phone: NewPage, tmp_path: Any) -> None:
    stage = make_stage(tmp_path, witnesses=False)
    try:
        young, old = stage.sent(), stage.sent(days_ago=9)
        stage.publish()
        for reporter in (young, old):
            phone = new_phone()
            open_report(stage, phone, reporter)
            assert (standing(phone), sign(phone)) == ("alone", "note")
            assert "mới chỉ là lời của máy chủ" in told(phone)
    finally:
        stage.server.stop()


@pytest.mark.parametrize("which", ["proven", "missing"])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_and_the_check_fits_a_small_phone(
    logged: LogStage, new_phone: NewPage, reports: dict[str, Reporter], which: str, scheme: str
) -> None:
    phone = new_phone(viewport={"width": 320, "height": 640}, color_scheme=scheme, bypass_csp=True)
    open_report(logged, phone, reports[which])
    assert violations(phone) == []
    phone.click("#proof-save")
    assert violations(phone) == []
    assert fits(phone)
    assert min(target_sizes(phone.locator("#log button, #log .btn"))) >= 44


def test_english_says_the_same(logged: LogStage, phone: Page, reports: dict[str, Reporter]) -> None:
    open_report(logged, phone, reports["proven"], "/en")
    assert told(phone).startswith("Your report stands in the public log since ")
