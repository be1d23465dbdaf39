"""`/ledger` in a real browser: proof files are checked there and go nowhere; and the real witness beside the real server."""

import json
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from playwright.sync_api import Page

from keng.ledger import notes
from keng.ledger.notes import Signer
from tests.e2e.conftest import NewPage
from tests.e2e.log_stage import LogStage, make_stage, open_report
from tests.e2e.log_stage import logged as logged  # fixture
from tests.e2e.reporter_stage import fits, target_sizes, violations
from tests.e2e.test_proof_vectors import NO_ED25519
from tests.tools.log_lab import Witness


def save_proof(stage: LogStage, phone: Page, reporter: Any) -> bytes:
    open_report(stage, phone, reporter)
    phone.click("#proof-save")
    with phone.expect_download() as download:
        phone.click("#proof-sure")
    return Path(str(download.value.path())).read_bytes()


@pytest.fixture(scope="module")
def reports(logged: LogStage) -> dict[str, Any]:
    made: dict[str, Any] = {"proven": logged.sent()}
    logged.publish()
    logged.cosign()
    made["unseen"] = logged.sent(days_ago=3)
    logged.publish()
    made["absent"] = logged.sent(days_ago=9)
    return made


def choose(page: Page, content: bytes, name: str = "keng-proof.json") -> str:
    page.set_input_files("#file", {"name": name, "mimeType": "application/json", "buffer": content})
    page.wait_for_function(
        "() => document.querySelector('#verdict b') && !/Đang kiểm|Checking/.test(document.querySelector('#verdict').textContent)"
    )
    return page.locator("#verdict").inner_text()


def look(page: Page) -> str:
    return str(page.locator("#verdict .state").get_attribute("class"))


def test_r11_a_saved_proof_is_checked_in_the_browser_and_goes_nowhere(
    logged: LogStage, new_phone: NewPage, reports: dict[str, Any]
) -> None:
    proof = save_proof(logged, new_phone(), reports["proven"])
    page = new_phone()
    page.goto(f"{logged.server.public}/ledger")
    asked: list[str] = []
    page.on(
        "request", lambda request: asked.append(request.url) if "/static/desk." not in request.url else None
    )  # the icon
    said = choose(page, proof)
    assert "Đúng: tin này có trong sổ công khai." in said
    assert "nhan-chung.vn/keng đã thấy sổ này ngày" in said
    assert f"Dòng {json.loads(proof)['index']} trong" in said
    assert "proven" in look(page)
    assert asked == []
    assert page.evaluate("fetch('/ledger/checkpoint').then(() => 'went', () => 'held')") == "held"
    assert page.evaluate("localStorage.length + sessionStorage.length") == 0


def altered(proof: bytes, change: Callable[[dict[str, Any]], object]) -> bytes:
    file = json.loads(proof)
    change(file)
    return json.dumps(file).encode()


def test_r11_a_proof_that_was_touched_anywhere_is_said_to_be_wrong_and_why(
    logged: LogStage, new_phone: NewPage, reports: dict[str, Any]
) -> None:
    proof = save_proof(logged, new_phone(), reports["proven"])
    thief = Signer(logged.log_key().name, Ed25519PrivateKey.generate())
    text = notes.read(json.loads(proof)["checkpoint"]).text
    page = new_phone()
    page.goto(f"{logged.server.public}/ledger")
    changes: list[tuple[Callable[[dict[str, Any]], object], str]] = [
        (lambda file: file.update(index=file["index"] ^ 1), "tin không nằm trong sổ đã ký"),
        (lambda file: file.update(size=file["size"] + 256), "số dòng trong sổ không khớp"),
        (lambda file: file.update(origin="another/ledger"), "tệp là của một sổ khác"),
        (lambda file: file.update(tag="A" * 22 + "=="), "dòng trong sổ không phải của tin này"),
        (lambda file: file.update(leaf=file["leaf"][:-4] + "AAAA"), "tin không nằm trong sổ đã ký"),
        (lambda file: file["proof"].reverse(), "tin không nằm trong sổ đã ký"),
        (lambda file: file.update(proof="x"), "tệp bị hỏng hoặc bị sửa"),
        (lambda file: file.update(checkpoint=notes.sign(text, thief)), "chữ ký của sổ không đúng"),
        (lambda file: file.update(v=2), "tệp bị hỏng hoặc bị sửa"),
    ]
    for change, why in changes:
        said = choose(page, altered(proof, change))
        assert "Bằng chứng không đúng" in said, why
        assert why in said
        assert "bad" in look(page)
    # Keys that the file brings along are not believed: the page has its own.
    own = {"log": [thief.verifier.vkey], "witnesses": []}
    forged = altered(proof, lambda file: file.update(checkpoint=notes.sign(text, thief), keys=own))
    assert "chữ ký của sổ không đúng" in choose(page, forged)
    assert "Đúng" in choose(page, proof)


def test_a_proof_that_no_witness_has_seen_and_one_of_a_missing_report_are_told_apart(
    logged: LogStage, new_phone: NewPage, reports: dict[str, Any]
) -> None:
    unseen = save_proof(logged, new_phone(), reports["unseen"])
    absent = save_proof(logged, new_phone(), reports["absent"])
    page = new_phone()
    page.goto(f"{logged.server.public}/ledger")
    assert "chưa nhân chứng nào thấy" in choose(page, unseen)
    assert "waiting" in look(page)
    said = choose(page, absent)
    assert "tin KHÔNG có trong sổ" in said
    assert "Thanh tra tỉnh" in said
    assert "bad" in look(page)


def test_what_is_said_is_of_the_file_chosen_last_whichever_is_read_first(
    logged: LogStage, new_phone: NewPage, reports: dict[str, Any]
) -> None:
    proof = save_proof(logged, new_phone(), reports["proven"])
    page = new_phone()
    page.add_init_script(
        "const key = crypto.subtle.importKey.bind(crypto.subtle); window.held = new Promise((go) => (window.release = go));"
        "window.read = 0; const verify = crypto.subtle.verify.bind(crypto.subtle);"
        "crypto.subtle.importKey = async (...asked) => { await held; return key(...asked) };"
        "crypto.subtle.verify = (...asked) => verify(...asked).finally(() => setTimeout(() => read++))"
    )
    page.goto(f"{logged.server.public}/ledger")
    page.set_input_files("#file", {"name": "a.json", "mimeType": "application/json", "buffer": proof})
    page.locator("#verdict .waiting").wait_for()
    assert "không phải tệp bằng chứng" in choose(page, b"null")
    page.evaluate("release()")
    page.wait_for_function("() => read > 1")  # the log's signature and the witness's
    assert "không phải tệp bằng chứng" in page.locator("#verdict").inner_text()


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "không phải tệp bằng chứng"), (b"\x00\xff\xfe", "không phải tệp bằng chứng"), (b"[" * 90_000, "không phải tệp bằng chứng"),
        (b"null", "không phải tệp bằng chứng"), (b'{"type": "something"}', "không phải tệp bằng chứng"), (b" " * 300_000, "lớn quá"),
        (b'{"type": "keng-proof"}', "tệp bị hỏng"), (b'{"type": "keng-proof", "v": 1, "tag": "<b>x</b>"}', "tệp bị hỏng"),
    ],
)  # fmt: skip
def test_s3_whatever_else_is_chosen_is_told_in_a_sentence(
    logged: LogStage, phone: Page, content: bytes, said: str
) -> None:
    phone.goto(f"{logged.server.public}/ledger")
    assert said in choose(phone, content)


def test_r11_a_browser_without_ed25519_fetches_the_library_and_says_the_same(
    logged: LogStage, new_phone: NewPage, reports: dict[str, Any]
) -> None:
    proof = save_proof(logged, new_phone(), reports["proven"])
    page = new_phone()
    page.add_init_script(NO_ED25519)
    page.goto(f"{logged.server.public}/ledger")
    asked: list[str] = []
    page.on(
        "request", lambda request: asked.append(request.url) if "/static/desk." not in request.url else None
    )  # the icon
    assert "Đúng" in choose(page, proof)
    assert len(asked) == 1
    assert "ed25519" in asked[0]


@pytest.mark.parametrize("dark", ["light", "dark"])
def test_the_page_fits_a_small_phone_and_axe_finds_nothing(
    logged: LogStage, new_phone: NewPage, reports: dict[str, Any], dark: str
) -> None:
    page = new_phone(viewport={"width": 320, "height": 600}, color_scheme=dark, bypass_csp=True)
    for address in ("/ledger", "/ledger/en"):
        page.goto(logged.server.public + address)
        assert violations(page) == [], address
        page.evaluate("document.querySelectorAll('details').forEach((one) => { one.open = true })")
        pins = json.loads(page.locator("#pins").text_content() or "")
        file = {"v": 1, "type": "keng-proof", "origin": pins["origin"], "tag": "A" * 22 + "==", "sent": "2026-11-10"}
        empty: dict[str, object] = dict.fromkeys(["leaf", "index", "size", "proof", "checkpoint"])
        assert "0" * 32 in choose(page, json.dumps(file | empty).encode())
        assert fits(page), address
        assert violations(page) == [], address
        assert min(target_sizes(page.locator("summary, .pick"))) >= 44


def test_the_file_is_chosen_by_keyboard_too(logged: LogStage, screen: Page) -> None:
    screen.goto(f"{logged.server.public}/ledger")
    # A key overtakes the order to catch the chooser unless the page has answered something after it.
    with screen.expect_file_chooser():
        screen.focus("#file")
        assert screen.evaluate("getComputedStyle(document.querySelector('.pick')).outlineStyle") == "solid"
        screen.keyboard.press("Space")


def test_without_scripts_the_command_is_offered_instead(logged: LogStage, new_phone: NewPage) -> None:
    page = new_phone(java_script_enabled=False)
    page.goto(f"{logged.server.public}/ledger")
    assert page.get_by_text("không chạy được phần kiểm tra").is_visible()
    assert not page.locator("#check").is_visible()
    page.locator("summary").first.click()
    assert page.get_by_text("verify_ledger.py proof").is_visible()


# The real witness beside the real server.


@pytest.fixture(scope="module")
def watched(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[LogStage, Witness]]:
    folder = tmp_path_factory.mktemp("watched")
    witness = Witness(folder / "memory")
    made = make_stage(folder, witness=witness.signer)
    yield made, witness
    made.server.stop()


class Address:
    """What `Witness.visit` needs to know of a log."""

    def __init__(self, stage: LogStage) -> None:
        self.address = f"{stage.server.public}/ledger"


def visit(stage: LogStage, witness: Witness) -> Any:
    vkey = stage.server.manage("ledger_key").strip()
    return witness.visit(Address(stage), keys=(vkey,))  # type: ignore[arg-type]


def test_the_witness_makes_the_page_say_that_the_log_is_whole(watched: tuple[LogStage, Witness], phone: Page) -> None:
    stage, witness = watched
    stage.publish()
    phone.goto(f"{stage.server.public}/ledger")
    assert "đang chờ nhân chứng ký" in phone.inner_text("main")
    done = visit(stage, witness)
    assert done.returncode == 0, done.stderr
    phone.reload()
    assert "Sổ còn nguyên: nhan-chung.test đã xem và ký." in phone.inner_text("main")
    stage.sent()
    stage.publish()
    assert visit(stage, witness).returncode == 0
    assert len(witness.notes()) == 2


def test_r11_a_log_rebuilt_without_one_report_behind_the_applications_back_is_caught_by_the_witness_memory(
    watched: tuple[LogStage, Witness],
) -> None:
    stage, witness = watched
    buried = stage.sent()
    stage.publish()
    assert visit(stage, witness).returncode == 0
    stage.bury(buried)
    stage.sql(
        "DROP TRIGGER IF EXISTS ledger_entry_no_update",
        "UPDATE ledger_entry SET place = NULL",
        "DELETE FROM ledger_checkpoint",
        "DELETE FROM ledger_cosignature",
    )
    shutil.rmtree(stage.server.var / "ledger")
    stage.publish()
    while int(notes.read_head(notes.read(stage.newest).text).size) < int(witness.notes()[-1]):
        stage.publish()
    done = visit(stage, witness)
    assert done.returncode == 1, (done.stdout, done.stderr)
    assert "ALARM" in done.stderr
    [evidence] = witness.evidence()
    assert (evidence / "shown").read_text().startswith(notes.read(stage.newest).text)
