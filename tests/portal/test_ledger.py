"""`/ledger`: what everybody sees of the public log, that its state is said truly, and that the page is light and asks nobody else."""

import hashlib
import re
from base64 import b64encode
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import brotli
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from django.contrib.staticfiles import finders
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from keng.ledger import notes
from keng.ledger.models import Checkpoint, Cosignature, LogKey
from keng.ledger.notes import WITNESS, Head, Signer
from keng.portal.ledger import PATIENCE, SHOWN, State, overview
from keng.portal.ledger_picture import growth
from tests.conftest import FaceClient
from tests.tools.log_lab import KEY, ORIGIN

pytestmark = pytest.mark.django_db
THIRTY_KB = 30_000
HANOI = Signer("nhan-chung.hanoi.test", Ed25519PrivateKey.from_private_bytes(b"\1" * 32), WITNESS)
HUE = Signer("nhan-chung.hue.test", Ed25519PrivateKey.from_private_bytes(b"\2" * 32), WITNESS)
TODAY = date(2026, 11, 22)


@pytest.fixture(autouse=True)
def log(settings: Any) -> None:
    settings.WITNESSES = [HANOI.verifier.vkey, HUE.verifier.vkey]
    LogKey.objects.create(vkey=KEY.verifier.vkey)


def published(ago: int, size: int, *by: Signer, today: date | None = None) -> Checkpoint:
    day = (today or timezone.localdate()) - timedelta(days=ago)
    note = notes.sign(Head(ORIGIN, size, bytes([size % 251]) * 32).text, KEY)
    checkpoint = Checkpoint.objects.create(day=day, size=size, root=bytes([size % 251]) * 32, note=note)
    for witness in by:
        line = witness.line(notes.read(note).text, time=1_790_000_000)
        Cosignature.objects.create(size=size, name=witness.name, line=line)
    return checkpoint


def words(html: str) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", html.partition("<main")[2]))


def asked(public: FaceClient, address: str = "/ledger") -> str:
    answer = public.get(address)
    assert answer.status_code == 200
    return answer.content.decode()


def witnesses() -> tuple[notes.Verifier, ...]:
    return HANOI.verifier, HUE.verifier


# How it stands.


@pytest.mark.parametrize(
    ("checkpoints", "state", "since"),
    [
        ([], State.EMPTY, None),
        ([(0, 256, HANOI)], State.SEEN, None),
        ([(0, 512), (1, 256, HANOI)], State.WAITING, 0),
        ([(1, 512), (2, 256, HUE)], State.WAITING, 1),
        ([(0, 768), (1, 512), (2, 256)], State.UNSEEN, 2),
        ([(0, 1024), (1, 768), (2, 512), (3, 256, HANOI)], State.UNSEEN, 2),
        ([(2, 512, HANOI), (3, 256)], State.STOPPED, 2),
        ([(5, 256)], State.STOPPED, 5),
        ([(0, 512, HANOI, HUE), (3, 256)], State.SEEN, None),
    ],
)
def test_the_state_of_the_log_is_said_truly(checkpoints: list[Any], state: State, since: int | None) -> None:
    for ago, size, *by in checkpoints:
        published(ago, size, *by, today=TODAY)
    found = overview(witnesses(), TODAY)
    assert found.state == state
    assert found.since == (None if since is None else TODAY - timedelta(days=since))


def test_a_page_is_covered_by_a_later_one_that_was_cosigned() -> None:
    for ago, size, *by in [(0, 1024), (1, 768, HUE), (4, 512), (5, 256, HANOI)]:
        published(ago, size, *by, today=TODAY)
    states = [line.state for line in overview(witnesses(), TODAY).lines]
    assert states == [State.WAITING, State.SEEN, State.COVERED, State.SEEN]


def test_a_row_with_a_wrong_signature_is_not_shown_as_seen() -> None:
    """Whoever writes into the database can't make the page say what no witness said."""
    checkpoint = published(0, 512)
    other = notes.sign(Head(ORIGIN, 512, bytes(32)).text, KEY)
    for name, line in {
        "a": HANOI.line(notes.read(other).text, time=1_790_000_000),
        "b": Signer(HANOI.name, HUE.key, WITNESS).line(notes.read(checkpoint.note).text, time=1_790_000_000),
        "c": "no line at all\n",
        "d": HANOI.line(notes.read(checkpoint.note).text, time=2**63),
    }.items():
        Cosignature.objects.create(size=512, name=name, line=line)
    assert overview(witnesses()).lines[0].seen == ()


def test_a_witness_that_is_no_longer_pinned_counts_no_more(settings: Any, public: FaceClient) -> None:
    published(3, 256)
    published(0, 512, HANOI)
    settings.WITNESSES = [HUE.verifier.vkey]
    assert HANOI.name not in words(asked(public))


@pytest.mark.parametrize(
    ("checkpoints", "said"),
    [
        ([], "Sổ chưa có trang nào"),
        ([(0, 256, HANOI, HUE)], "Sổ còn nguyên: nhan-chung.hanoi.test, nhan-chung.hue.test đã xem và ký"),
        ([(0, 256)], "đang chờ nhân chứng ký"),
        ([(0, 512), (2, 256)], "chưa nhân chứng nào ký"),
        ([(PATIENCE.days, 256, HANOI)], "sổ không có trang mới"),
    ],
)
def test_the_page_says_it_in_one_sentence(public: FaceClient, checkpoints: list[Any], said: str) -> None:
    for ago, size, *by in checkpoints:
        published(ago, size, *by)
    assert said in words(asked(public))


def test_the_last_pages_stand_there_with_their_witnesses_and_times(public: FaceClient) -> None:
    for ago in range(10):
        published(ago, 25600 - 256 * ago, HANOI)
    page = asked(public)
    rows = re.findall(r"<tr><th scope=\"row\">(.*?)</tr>", page)
    assert len(rows) == SHOWN
    assert "25.600" in rows[0]
    assert "nhan-chung.hanoi.test" in rows[0]
    assert "21/09/2026" in words("<main>" + rows[0])
    assert 'href="/ledger/checkpoints/25600"' in rows[0]


def test_the_keys_that_a_reader_may_compare_are_there(public: FaceClient) -> None:
    published(0, 256, HANOI)
    page = asked(public).replace("&#x2B;", "+").replace("\\u002B", "+")
    for vkey in (KEY.verifier.vkey, HANOI.verifier.vkey, HUE.verifier.vkey):
        assert page.count(vkey) >= 2, vkey


# The picture.


def test_growth_is_drawn_for_a_month_and_ends_at_what_there_is() -> None:
    for ago in range(40):
        published(ago, 25600 - 256 * ago, today=TODAY)
    points = overview(witnesses(), TODAY).growth
    assert len(points) == 30
    assert points[-1] == (TODAY, 25600)
    picture = growth(points, says="x", size="25.600 dòng")
    assert picture.count("<rect") == 30
    assert "25.600 dòng" in picture
    heights = [float(tall) for tall in re.findall(r'height="([\d.]+)"/>', picture)]
    assert heights == sorted(heights)


def test_two_publications_of_one_day_are_one_column() -> None:
    published(0, 256, today=TODAY)
    published(0, 512, today=TODAY)
    assert overview(witnesses(), TODAY).growth == ((TODAY, 512),)


def test_a_log_of_one_day_is_drawn_without_a_wall() -> None:
    picture = growth([(TODAY, 256)], says="x", size="256 dòng")
    assert re.findall(r'<rect x="([\d.]+)" y="[\d.]+" width="([\d.]+)"', picture) == [("378", "22")]


# The page itself.


@pytest.mark.parametrize("address", ["/ledger", "/ledger/", "/ledger/en"])
def test_it_is_there_under_its_addresses(public: FaceClient, address: str) -> None:
    assert "<h1>" in asked(public, address)


def test_it_speaks_english(public: FaceClient) -> None:
    page = asked(public, "/ledger/en")
    assert '<html lang="en">' in page
    assert 'href="/ledger" lang="vi"' in page


@pytest.mark.parametrize("address", ["/ledger/xx", "/ledger/en/", "/ledger/vi/x", "/ledger//"])
def test_s3_other_addresses_are_not_there(public: FaceClient, address: str) -> None:
    assert public.get(address).status_code == 404


def test_it_is_only_to_be_read(public: FaceClient) -> None:
    answer = public.post("/ledger")
    assert answer.status_code == 405
    assert answer["Allow"] == "GET, HEAD"


def test_r5_it_sets_no_cookie_and_lets_nothing_leave_the_browser(public: FaceClient) -> None:
    answer = public.get("/ledger", HTTP_COOKIE="sessionid=x")
    assert not answer.cookies
    policy = dict(part.split(" ", 1) for part in answer["Content-Security-Policy"].split("; "))
    assert policy["default-src"] == policy["form-action"] == policy["base-uri"] == "'none'"
    assert "connect-src" not in policy
    assert policy["script-src"] == policy["style-src"] == "'self'"
    html = answer.content.decode()
    assert "<form" not in html
    assert "style=" not in html
    assert not re.search(r"<script(?![^>]*(src=|application/json))", html)
    assert not re.search(r'(src|href)="(https?:)?//(?!nchmf)', html)


def test_the_scripts_are_the_ones_whose_hashes_stand_in_the_page(public: FaceClient) -> None:
    html = asked(public)
    for name in ("portal/ledger.js", "mailbox/ed25519.js"):
        raw = Path(str(finders.find(name))).read_bytes()
        assert f"sha256-{b64encode(hashlib.sha256(raw).digest()).decode()}" in html, name


def test_all_of_it_weighs_less_than_thirty_kilobytes(public: FaceClient) -> None:
    """Page, styles and scripts, as brotli, with a month of pages and two witnesses."""
    for ago in range(60):
        published(ago, 256_000 - 256 * ago, HANOI, HUE)
    files = ["portal/ledger.js", "portal/ledger.css", "public.css", "desk.svg"]
    parts = [asked(public).encode(), *(Path(str(finders.find(name))).read_bytes() for name in files)]
    assert sum(len(brotli.compress(part)) for part in parts) <= THIRTY_KB
    assert sum(len(part) for part in parts) <= 2 * THIRTY_KB


@pytest.mark.parametrize("many", [1, 50])
def test_the_number_of_queries_is_constant(
    public: FaceClient, django_assert_num_queries: DjangoAssertNumQueries, many: int
) -> None:
    for ago in range(many):
        published(ago, 256_000 - 256 * ago, HANOI, HUE)
    with django_assert_num_queries(4):
        asked(public)


@pytest.mark.parametrize("lang", ["", "/en"])
def test_the_front_page_leads_to_it(public: FaceClient, lang: str) -> None:
    assert f'href="/ledger{lang}"' in asked(public, lang or "/").partition("<footer>")[2]


def test_r11_the_page_tells_nothing_that_differs_by_what_was_published(public: FaceClient) -> None:
    """Sizes, days and roots are in the checkpoints themselves: beside them the page of two logs is the same, byte for byte."""
    pages = set()
    for branch in (1, 2):
        Checkpoint.objects.all().delete()
        for ago in range(5):
            note = notes.sign(Head(ORIGIN, 2560 - 256 * ago, bytes([branch]) * 32).text, KEY)
            day = timezone.localdate() - timedelta(days=ago)
            Checkpoint.objects.create(day=day, size=2560 - 256 * ago, root=bytes([branch]) * 32, note=note)
        pages.add(asked(public).replace(bytes([branch]).hex() * 4, "root"))
    assert len(pages) == 1
