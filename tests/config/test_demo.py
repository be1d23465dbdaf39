"""The demo: a province, its cast, boxes with real keys and a few months of reports, made through the services that the pages use."""

import json
import stat
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from io import StringIO
from pathlib import Path

import pyrage
import pytest
from django.conf import settings
from django.core.management import CommandError, call_command
from django.db import transaction
from django.test import override_settings
from django.utils import timezone

from config.demo import stories, world
from config.demo.client import BoxKeys
from config.demo.clock import at
from config.demo.province import POLICE
from config.demo.world import Demo
from config.management.commands.demo import codes_command
from keng.accounts.models import Role, User
from keng.accounts.permissions import has_role
from keng.core import calendar
from keng.core.calendar.load import load_calendar
from keng.core.ids import this_hour
from keng.desk.models import Assessment, BoxSecret, Grant, Note, OfficerKey
from keng.ledger.models import Entry
from keng.mailbox import sealing
from keng.mailbox.models import FLOWS, Box, Part, Rewrap, State, StateChange, Thread
from keng.units.load import load_units
from keng.units.models import Office, Unit, Village
from tests.conftest import FaceClient

NOW = datetime.now(UTC)


class Made:
    """The demo, its printed lines and its folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.printed = self.run()
        self.demo, _new = world.load_or_make(now=NOW)

    def run(self, *options: str) -> str:
        out = StringIO()
        call_command("demo", *options, stdout=out)
        return out.getvalue()

    def sheet(self, slug: str, letter: str) -> str:
        return (self.folder / "demo" / "sheets" / f"{slug}-{letter}.txt").read_text().split()[-1]

    def identity(self, slug: str) -> str:
        """The box's key, recovered from paper."""
        outer = bytes(BoxSecret.objects.get(box__slug=slug).recovery)
        inner = pyrage.decrypt(outer, [pyrage.x25519.Identity.from_str(self.sheet(slug, "b"))])
        return pyrage.decrypt(inner, [pyrage.x25519.Identity.from_str(self.sheet(slug, "a"))]).decode().splitlines()[0]


@pytest.fixture(scope="module")
def made(
    django_db_setup: None, django_db_blocker: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Made]:
    """Made once for all that look at it; undone at the end."""
    folder = tmp_path_factory.mktemp("var")
    with django_db_blocker.unblock(), override_settings(VAR=folder), transaction.atomic():  # type: ignore[attr-defined]
        load_units()
        load_calendar()
        yield Made(folder)
        transaction.set_rollback(True)
    calendar.forget()


def header_for(part: Part, slug: str) -> bytes:
    rewrap = Rewrap.objects.filter(part=part, box__slug=slug).first()
    return bytes(rewrap.header if rewrap else part.header)


def opened(made: Made, thread: Thread) -> list[sealing.OpenedPart]:
    """All parts of a report as the box that holds it reads them."""
    slug = thread.holder.slug
    identity, secret, parts = made.identity(slug), None, []
    for part in thread.parts.order_by("-direction", "index"):
        sealed = header_for(part, slug) + bytes(part.payload)
        read = sealing.open_part(
            sealed=sealed, identity=identity, thread=thread.key, sender=part.direction, index=part.index, secret=secret
        )
        secret = secret or sealing.unb64u(read.json["secret"])
        parts.append(read)
    return parts


def test_dien_bien_has_its_45_communes_each_with_police_committee_and_service_centre(made: Made) -> None:
    assert Unit.objects.filter(parent="11", valid_to=None).count() == 45
    kinds = Counter(Office.objects.values_list("kind", flat=True))
    assert (kinds["commune_police"], kinds["service_centre"], kinds["peoples_committee"]) == (45, 45, 46)
    assert kinds["border_post"] >= 8
    post = Office.objects.get(code="bp-na-co-sa")
    assert [unit.code for unit in post.covers.all()] == ["03164"]
    assert Village.objects.filter(unit="03164", name="Bản Na Cô Sa 1").exists()
    assert Village.objects.filter(unit="03349").count() >= 5


def test_every_officer_signs_in_with_what_was_printed(made: Made) -> None:
    client = FaceClient("desk")
    for login in ("quan", "hoa", "lan", "minh"):
        person = next(person for person in made.demo.people if person.login == login)
        assert person.password in made.printed
        assert person.totp in made.printed
        client.logout()
        client.post("/accounts/login/", {"login": login, "password": person.password})
        answer = client.post("/accounts/2fa/authenticate/", {"code": world.code_now(person.totp)})
        assert (answer.status_code, answer["Location"]) == (302, "/"), login


def test_the_printed_passphrase_opens_the_officers_key_and_that_the_boxes(made: Made) -> None:
    hoa = next(person for person in made.demo.people if person.login == "hoa")
    assert hoa.passphrase in made.printed
    assert len(hoa.passphrase.split()) == 6
    key = OfficerKey.objects.get(user__username="hoa")
    identity = pyrage.passphrase.decrypt(bytes(key.sealed_identity), hoa.passphrase).decode()
    grant = Grant.objects.get(key=key, box__slug="na-co-sa")
    box = pyrage.decrypt(bytes(grant.sealed_box_identity), [pyrage.x25519.Identity.from_str(identity)]).decode()
    assert box == made.identity("na-co-sa")


def test_roles_are_kept_apart_and_only_grants_read(made: Made) -> None:
    assert all(has_role(User.objects.get(username="quan"), Office.objects.get(code=code), Role.ADMINISTRATOR)
               for code in (POLICE, "bp-dien-bien", "ubnd-dien-bien"))  # fmt: skip
    assert not Grant.objects.filter(key__user__username__in=("quan", "minh", "tam")).exists()
    assert set(Grant.objects.filter(box__slug="na-co-sa").values_list("key__user__username", flat=True)) == {
        "nam",
        "hoa",
        "thu",
    }


def test_every_box_has_demo_keys_a_statement_recovery_and_a_way_up(made: Made) -> None:
    boxes = {box.slug: box for box in Box.objects.all()}
    assert {"ca-dien-bien", "na-co-sa", "ca-thanh-yen", "tap-na-co-sa"} <= boxes.keys()
    for slug, box in boxes.items():
        assert box.demo_keys
        assert box.opened_on
        [statement] = box.statements.all()
        said = json.loads(statement.text)
        assert (
            said["recipient"] == box.recipient == str(pyrage.x25519.Identity.from_str(made.identity(slug)).to_public())
        )
        top = made.demo.fingerprints["ca-dien-bien"]
        assert said["forward"] == ([] if slug in ("ca-dien-bien", "tap-na-co-sa") else [["ca-dien-bien", top]])
        assert sealing.fingerprint(sealing.unb64u(box.root)) == made.demo.fingerprints[slug]
    assert boxes["tap-na-co-sa"].training
    root = bytes(BoxSecret.objects.get(box__slug="na-co-sa").root_for_above or b"")
    above = pyrage.x25519.Identity.from_str(made.identity("ca-dien-bien"))
    assert len(sealing.unb64u(pyrage.decrypt(root, [above]).decode())) > 100


def test_some_thirty_reports_in_every_state_spread_over_four_months(made: Made) -> None:
    threads = Thread.objects.all()
    assert 28 <= threads.count() <= 40
    assert {*threads.values_list("state", flat=True)} >= set(State.values) - {"adopted", "answered"}
    hours = sorted(threads.values_list("hour", flat=True))
    assert timedelta(days=100) < hours[-1] - hours[0] < timedelta(days=125)
    assert NOW - hours[-1] < timedelta(hours=12)
    assert Thread.objects.filter(state=State.RECEIVED, open_due__lt=NOW).exists()
    assert Thread.objects.filter(state=State.VERIFYING, resolve_due__lt=NOW).exists()
    assert Thread.objects.filter(erase_on__isnull=False).count() == 1
    assert Assessment.objects.count() > 10
    assert Note.objects.count() >= 6


def test_every_part_opens_to_the_box_that_holds_it_and_is_nobody_elses_word(made: Made) -> None:
    names: Counter[str] = Counter()
    for thread in Thread.objects.select_related("holder"):
        for part in opened(made, thread):
            assert not part.foreign
            names[part.name] += 1
            if part.name == "photo.jpg":
                assert part.body.startswith(b"\xff\xd8\xff")
            if part.name == "voice.webm":
                assert part.body.startswith(b"\x1a\x45\xdf\xa3")
    assert names["photo.jpg"] >= 8
    assert names["voice.webm"] >= 2
    assert names[""] == Rewrap.objects.values("part__thread").distinct().count()  # one vouching part a forwarding


def test_a_printed_receipt_opens_its_report_answers_and_pin_record(made: Made) -> None:
    assert len(made.demo.receipts) >= 3
    for receipt, about in made.demo.receipts:
        assert " ".join(receipt[at : at + 4] for at in range(0, 24, 4)) in made.printed
        keys = sealing.derive(sealing.read_receipt(receipt))
        thread = Thread.objects.get(key=keys.thread)
        assert about.startswith(thread.box.slug)
        record = json.loads(thread.pin)
        remade = sealing.pin_record(
            pin_key=keys.pin_key, box=record["box"], root=record["root"], seq=record["seq"], parts=record["parts"]
        )
        assert remade == (thread.pin, thread.pin_mac)
        assert record["root"] == made.demo.fingerprints[thread.box.slug]
        answer = thread.parts.filter(direction="officer").order_by("index")[0]
        read = sealing.open_part(
            sealed=bytes(answer.header) + bytes(answer.payload), identity=keys.identity, thread=keys.thread,
            sender="officer", index=0, secret=keys.secret,
        )  # fmt: skip
        assert not read.foreign
        assert read.body


def test_every_change_of_state_was_allowed_and_stands_in_the_ledger_in_its_hour(made: Made) -> None:
    for thread in Thread.objects.all():
        states = list(thread.changes.order_by("hour", "id").values_list("state", flat=True))
        assert Counter(states)[State.RECEIVED] == 1
        flow = FLOWS[thread.box.kind]
        assert all(
            any(state in flow.get(before, ()) for before in states) for state in states if state != State.RECEIVED
        )
    changed = StateChange.objects.exclude(state=State.RECEIVED).values_list("thread__key", "state", "hour")
    entered = Entry.objects.filter(verb__startswith="mailbox.state.").values_list("subject", "verb", "hour")
    assert Counter((key, f"mailbox.state.{state}", hour) for key, state, hour in changed) == Counter(entered)
    received = Entry.objects.filter(verb="mailbox.part.received").values_list("subject", "hour")
    assert set(received) == set(Part.objects.filter(direction="reporter").values_list("digest", "hour"))


def test_r9_nothing_lies_in_the_future_or_is_finer_than_an_hour(made: Made) -> None:
    for hours in (Entry.objects, StateChange.objects, Thread.objects, Part.objects):
        for hour in hours.values_list("hour", flat=True):
            assert hour <= timezone.now()
            assert (hour.minute, hour.second, hour.microsecond) == (0, 0, 0)


def test_a_second_run_makes_nothing_and_prints_the_same_logins(made: Made) -> None:
    before = [Entry.objects.count(), Thread.objects.count(), User.objects.count()]
    again = made.run()
    assert [Entry.objects.count(), Thread.objects.count(), User.objects.count()] == before
    assert "đã có sẵn" in again
    for person in made.demo.people:
        assert person.password in again
        assert person.totp in again
    assert "Đã lập bản dùng thử" in made.printed


def test_the_printed_command_for_the_codes_runs_as_typed(made: Made) -> None:
    assert f"  KENG_DEMO=1 KENG_VAR={made.folder} .venv/bin/python manage.py demo --codes\n" in made.run()
    with override_settings(VAR=settings.BASE_DIR / "var"):
        assert codes_command() == "KENG_DEMO=1 .venv/bin/python manage.py demo --codes"


def test_codes_alone_are_printed_on_request(made: Made) -> None:
    lines = dict(line.split() for line in made.run("--codes").splitlines())
    assert lines.keys() == {person.login for person in made.demo.people}
    assert all(len(code) == 6 and code.isdigit() for code in lines.values())


def test_what_was_printed_is_kept_for_its_owner_alone(made: Made) -> None:
    folder = made.folder / "demo"
    kept = [folder, *folder.rglob("*")]
    assert len(kept) > 16
    assert all(stat.S_IMODE(path.stat().st_mode) & 0o077 == 0 for path in kept)
    written = b"".join(path.read_bytes() for path in kept if path.is_file())
    assert made.identity("na-co-sa").encode() not in written  # the sheets open it; the key itself is nowhere


def test_logins_that_were_lost_are_said_and_nothing_is_made_twice(made: Made) -> None:
    kept = made.folder / "demo" / world.FILE
    content = kept.read_text()
    kept.unlink()
    try:
        with pytest.raises(CommandError, match="KENG_VAR"):
            made.run()
    finally:
        kept.write_text(content)


@pytest.mark.django_db
def test_an_installation_that_is_no_demo_gets_none() -> None:
    with override_settings(DEMO=False), pytest.raises(CommandError, match="KENG_DEMO=1"):
        call_command("demo")


def test_every_story_fits_before_now_and_names_only_what_is_there() -> None:
    media = {path.name for path in (settings.BASE_DIR / "config/demo/media").iterdir()}
    for story in stories.read():
        steps = story.get("steps", [])
        assert all(act["do"] in stories.ACTS for act in steps)
        assert [act["after"] for act in steps] == sorted(act["after"] for act in steps)
        assert all(act["after"] < story["ago"] for act in steps), story["text"]
        files = {*story.get("photos", []), *story.get("voice", []), *(act["file"] for act in steps if "file" in act)}
        assert files <= media


def test_the_clock_goes_back_for_whatever_is_stored_and_comes_forward_again() -> None:
    then = datetime(2026, 7, 24, 13, 45, tzinfo=UTC)
    with at(then):
        assert this_hour() == then.replace(minute=0)
        assert timezone.localdate().isoformat() == "2026-07-24"
        with at(then - timedelta(days=1)):
            assert this_hour().day == 23
        assert this_hour().day == 24
    assert abs(timezone.now() - datetime.now(UTC)) < timedelta(minutes=1)
    assert datetime.now(UTC) - this_hour() < timedelta(hours=1)


def test_a_failure_on_the_way_leaves_neither_rows_nor_logins(
    made: Made, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    def fail(*_args: object, **_more: object) -> None:
        raise RuntimeError("the power went")

    monkeypatch.setattr(world.province, "build", lambda by: None)
    monkeypatch.setattr(world.people, "add_all", dict)
    monkeypatch.setattr(world.boxes, "found_all", lambda cast: {"x": BoxKeys("x")})
    monkeypatch.setattr(world.stories, "play_all", fail)
    before = Entry.objects.count()
    with override_settings(VAR=tmp_path), pytest.raises(RuntimeError):
        world.make(now=NOW)
    assert Entry.objects.count() == before
    assert not (tmp_path / "demo").exists()
    assert Demo().people == []
