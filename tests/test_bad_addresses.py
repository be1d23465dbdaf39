"""S3, for every address of services, on every face: whatever is put into it, behind it or sent to it gets an answer below 500."""

from collections.abc import Iterator
from copy import copy
from typing import Any

import pytest
from django.db import transaction

from config.urls import desk as desk_urls
from config.urls import my as my_urls
from config.urls import public as public_urls
from keng.accounts.models import Appointment, Role
from keng.core import at_rest
from keng.core.calendar.load import load_calendar
from keng.procedures import consents
from keng.procedures.filing import drafts
from keng.procedures.forms import services as form_services
from keng.procedures.queue import wall
from keng.procedures.requests import services as requests
from keng.signing import documents
from tests.accounts.signing_in import straight_in
from tests.conftest import FaceClient
from tests.desk.test_permissions import NAME, walk
from tests.procedures.citizens import as_citizen
from tests.procedures.queue.desk import Desk

pytestmark = pytest.mark.django_db
OURS = ("keng.procedures", "keng.portal.services", "keng.accounts.citizens")
NUMBERS = ("0", "1", str(2**31), str(2**63), "9" * 40, "9" * 5000)
WORDS = (
    "%00",
    "a%00b",
    "%FF%FE",
    "%ED%A0%80",
    "..%2F..",
    "%E2%80%AE",
    "x" * 3000,
    "%F0%9F%94%94",
    "' OR 1=1 --",
    "%0d%0aX:1",
)
QUERIES = (
    "q=%00", "q=" + "x" * 5000, "q=%ED%A0%80", "page=99999999999999999999", "page=-1", "page=%EF%BC%91", "office=%00&unit=%00",
    "first=0000-00-00&last=9999-99-99", "first=9999-12-31&last=9999-12-31", "period=%00&year=99999999999&month=13", "xa=%00&v=%00&noi=%00",
    "xa=%EF%BC%90%EF%BC%93%EF%BC%93%EF%BC%94%EF%BC%99&v=9999", "next=//evil.example&level=9", "next=%00&level=%00", "code=%00",
    "procedure=%00", "version=%00&state=%00&owner=%00&sort=%00&late=%00&channel=%00&step=%00", "a=1&" * 1200,
    "&".join(f"{name}=1&{name}=2" for name in ("q", "page", "office", "procedure", "state")),
)  # fmt: skip
BODIES: tuple[tuple[bytes, str], ...] = (
    (b"", "application/x-www-form-urlencoded"),
    (b"code=%00&digits=%00&reason=%00&note=%00&answer=%00&text=%00&version=%00&number=%00&name=%00", "application/x-www-form-urlencoded"),
    (b"version=99999999999999999999&dossiers=99999999999999999999&step=-1&_remove=" + b"9" * 40, "application/x-www-form-urlencoded"),
    (b"version=1&reason=%ED%A0%80&note=%ED%A0%80&name=%ED%A0%80&text=%ED%A0%80&email=a%00@b", "application/x-www-form-urlencoded"),
    (b"a=1&" * 1500, "application/x-www-form-urlencoded"),
    (b"x=1&" + b"y" * 3_000_000, "application/x-www-form-urlencoded"),
    (b"[" * 200_000, "application/json"),
    (b'{"a":"\\ud800"}', "application/json"),
    (b"\xff\xfe\x00", "application/x-www-form-urlencoded; charset=utf-16"),
    (b"a=1", "application/x-www-form-urlencoded; charset=no-such"),
    (b"--x\r\nContent-Disposition: form-data; name=\"f\"; filename=\"\x00../../a\"\r\n\r\nx", "multipart/form-data; boundary=x"),
    (b"nothing of the kind", "multipart/form-data"),
    (b"nothing", "multipart/form-data; boundary=" + "\u00e9" * 3),
)  # fmt: skip
AWAY = ("/oidc/begin",)  # asks the provider, of which there is none here: a page says so, with status 503
METHODS = ("PUT", "DELETE", "PATCH", "OPTIONS", "HEAD", "TRACE", "XYZZY")


def named(view: Any) -> bool:
    return str(getattr(view, "__module__", "")).startswith(OURS)


def of(patterns: Any) -> list[str]:
    return sorted({"/" + address.path for address in walk(patterns) if named(address.view)})


FACES = {"public": of(public_urls.urlpatterns), "my": of(my_urls.urlpatterns), "desk": of(desk_urls.urlpatterns)}


class World(Desk):
    """One of each thing that an address may name, and somebody on each face who may open all of it."""

    def things(self) -> dict[str, str]:
        dossier = self.accepted()
        draft = drafts.start(
            version=self.version, citizen=self.marked, unit=self.thanh_yen, filed_by=self.thu, office=self.centre, channel="counter",
            agreed="spoken",
        )  # fmt: skip
        own = drafts.start(version=self.version, citizen=self.marked, unit=self.thanh_yen)
        asked = requests.file(dossier=dossier, kind="correction", text="Sửa địa chỉ.", citizen=self.marked)
        slip = documents.of_case(dossier.code)[0]
        consent = consents.give(citizen=self.marked, purpose="reuse", dossier=None, how="online", witness=None)
        form_services.draft(form=self.form.form, by=self.quan)
        return {
            "dossier": dossier.code, "code": self.version.procedure.code, "procedure": self.version.procedure.code,
            "attachment": str(self.paper(dossier).pk), "file": str(self.paper(dossier).pk), "paper": "1", "document": str(slip.pk),
            "draft": str(draft.pk), "own draft": str(own.pk), "step": "1", "asked": str(asked.pk), "consent": str(consent.pk),
            "look": "1", "form": self.form.form.slug, "number": "1", "spot": "address", "section": "steps", "slug": "cu-tru", "lang": "en",
            "sign": wall.signer.sign(self.centre.code),
        }  # fmt: skip


@pytest.fixture
def world() -> World:
    load_calendar()
    at_rest.ensure()
    made = World()
    _ = (made.centre, made.neighbour, made.province_police, made.thu, made.version)
    Appointment.objects.create(user=made.thu, office=made.province_police, role=Role.ADMINISTRATOR)
    Appointment.objects.create(user=made.thu, office=made.province_police, role=Role.LEADER)
    return made


@pytest.fixture
def browser(request: pytest.FixtureRequest, world: World, face: str) -> FaceClient:
    client: FaceClient = request.getfixturevalue(face)
    if face == "desk":
        straight_in(client, world.thu)
    elif face == "my":
        as_citizen(client, world.marked)
    return client


def filled(path: str, things: dict[str, str]) -> str:
    return NAME.sub(lambda found: things[found[1]], path)


def spoilt(path: str, things: dict[str, str]) -> Iterator[str]:
    """The address with each of its places in turn holding what nobody names so; the others hold what is there."""
    for place in NAME.finditer(path):
        for bad in NUMBERS if place[0].startswith("<int:") else WORDS:
            yield filled(path[: place.start()] + bad + path[place.end() :], things)


def asked(client: FaceClient, method: str, there: str, body: bytes = b"", kind: str = "text/plain") -> Any:
    """The answer; what it changed is undone, also that it signed out. An exception that a view lets through is raised here."""
    kept = copy(client.cookies)
    with transaction.atomic():
        answer = client.generic(method, there, body, kind)
        if answer.streaming:
            _ = answer.getvalue()
        transaction.set_rollback(True)
    client.cookies = kept
    return answer


@pytest.fixture
def things(world: World, face: str) -> dict[str, str]:
    there_is = world.things()
    return {**there_is, "draft": there_is["own draft"]} if face == "my" else there_is


@pytest.mark.parametrize("face", FACES)
def test_s3_whatever_an_address_names_or_asks_for_is_answered(face, browser, things):
    for path in FACES[face]:
        there = filled(path, things)
        for address in [*spoilt(path, things), *(f"{there}?{query}" for query in QUERIES)]:
            answer = asked(browser, "GET", address)
            assert answer.status_code < 500, address[:200]


@pytest.mark.parametrize("face", FACES)
def test_s3_whatever_is_sent_to_an_address_is_answered(face, browser, things):
    for path in FACES[face]:
        there = filled(path, things)
        for body, kind in BODIES:
            answer = asked(browser, "POST", there, body, kind)
            assert answer.status_code < 500 or there in AWAY, (there, kind, body[:80])
        for method in METHODS:
            assert asked(browser, method, there).status_code < 500, (method, there)


@pytest.mark.parametrize(
    ("face", "says"), [("my", "Máy không đọc được yêu cầu này"), ("desk", "Yêu cầu này không đọc được")]
)
def test_s3_a_nul_in_an_address_is_answered_by_a_sentence_of_that_face_on_every_database(face, says, browser):
    answer = browser.get("/dossiers/a%00b" + "/" * (face == "desk"))
    assert answer.status_code == 400
    assert says in answer.content.decode()


@pytest.mark.parametrize("face", ["my", "desk"])
@pytest.mark.parametrize("text", ["a%00b", "%00", "%E2%80%AEnguoc", "%ED%A0%80", "x" * 250_000, "%EF%BF%BF%01%02"])
def test_s3_whatever_is_typed_into_a_form_is_answered_and_shown_again(face, text, browser, things):
    """What cannot be kept is left out."""
    draft, before = things["draft"], "/dossiers/new/" if face == "desk" else "/drafts/"
    api = f"/dossiers/new/api/{draft}/1" if face == "desk" else f"/api/drafts/{draft}/1"
    page = f"{before}{draft}/1" + "/" * (face == "desk")
    for there in (api, page):
        answer = browser.generic("POST", there, f"address={text}&_seen=x".encode(), "application/x-www-form-urlencoded")
        assert answer.status_code < 500, there
    assert browser.get(page).status_code == 200


@pytest.mark.parametrize("face", ["my", "desk"])
def test_s3_more_than_a_draft_holds_is_refused_with_a_sentence(face, browser, things, monkeypatch):
    monkeypatch.setattr(drafts, "MOST_ANSWERS", 100)
    there = f"/dossiers/new/{things['draft']}/1/" if face == "desk" else f"/drafts/{things['draft']}/1"
    api = f"/dossiers/new/api/{things['draft']}/1" if face == "desk" else f"/api/drafts/{things['draft']}/1"
    seen = browser.get(there).context["seen"]
    for address in (there, api):
        answer = browser.post(address, {"address": "x" * 150, "_seen": seen})
        assert answer.status_code == 413
        script = answer["Content-Type"] == "application/json"
        assert "Bà con viết ngắn lại" in (answer.json()["message"] if script else answer.content.decode())
