"""The demo: two provinces, a cast, boxes with real keys and some three hundred reports, made through the services that the pages use;
and what came of them, counted by the system: the figures that were published of two provinces' border posts, exactly."""

import json
import stat
from collections import Counter
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import pyrage
import pytest
from django.conf import settings
from django.core.management import CommandError, call_command
from django.db.models import F
from django.test import override_settings
from django.utils import timezone

from config.demo import world
from config.demo.client import BoxKeys
from config.demo.plans import FOUNDED
from config.demo.province import POLICE
from config.demo.world import Demo
from config.management.commands.demo import codes_command
from keng.accounts.models import Absence, Role, User
from keng.accounts.permissions import has_role
from keng.desk.models import (
    Assessment,
    Assignment,
    BoxSecret,
    Channel,
    Grant,
    Handover,
    Intake,
    Membership,
    Note,
    OfficerKey,
    Outcome,
    Published,
    RegisterEntry,
)
from keng.desk.outcomes import standing
from keng.ledger.models import Checkpoint, Cosignature, Entry
from keng.mailbox import sealing
from keng.mailbox.models import FLOWS, Box, Part, Passing, State, StateChange, Thread
from keng.procedures.models import DataRequest
from keng.procedures.models import Event as DossierEvent
from keng.units.models import Office, Unit, Village
from tests.config.demo import NOW, Made, opened, sums
from tests.config.demo import made as made
from tests.conftest import FaceClient

pytestmark = pytest.mark.django_db
NEW_YEAR = datetime(2025, 12, 31, 17, tzinfo=UTC)


def test_dien_bien_has_its_45_communes_each_with_police_committee_and_service_centre(made: Made) -> None:
    assert Unit.objects.filter(parent="11", valid_to=None).count() == 45
    kinds = Counter(Office.objects.filter(province="11").values_list("kind", flat=True))
    assert (kinds["commune_police"], kinds["service_centre"], kinds["peoples_committee"]) == (45, 45, 46)
    assert kinds["border_post"] >= 8
    post = Office.objects.get(code="bp-na-co-sa")
    assert [unit.code for unit in post.covers.all()] == ["03164"]
    assert Village.objects.filter(unit="03164", name="Bản Na Cô Sa 1").exists()
    assert Village.objects.filter(unit="03349").count() >= 5


def test_lai_chau_has_two_border_posts_under_its_command(made: Made) -> None:
    posts = Office.objects.filter(province="12", kind="border_post")
    assert {post.code: [unit.code for unit in post.covers.all()] for post in posts} == {
        "bp-ka-lang": ["03439"],
        "bp-pa-u": ["03442"],
    }
    assert {post.above.code for post in posts if post.above} == {"bp-lai-chau"}


def test_every_officer_signs_in_with_what_was_printed(made: Made) -> None:
    client = FaceClient("desk")
    for login in ("quan", "hoa", "lan", "minh", "long", "sinh"):
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


def test_its_public_log_was_published_each_night_of_a_month_and_seen_by_its_witness(made: Made) -> None:
    checkpoints = list(Checkpoint.objects.order_by("size"))
    assert len(checkpoints) >= 30
    assert (checkpoints[-1].day - checkpoints[0].day).days == len(checkpoints) - 1
    assert [one.size for one in checkpoints] == sorted(Cosignature.objects.values_list("size", flat=True))
    waiting = Entry.objects.filter(place=None)
    assert all(NOW - entry.hour < timedelta(days=1, hours=1) for entry in waiting)
    first = Entry.objects.filter(verb="mailbox.part.received").order_by("hour")[0]
    assert first.place is not None
    assert first.place < checkpoints[0].size
    call_command("verify_ledger")


def test_roles_are_kept_apart_and_only_grants_read(made: Made) -> None:
    assert all(has_role(User.objects.get(username="quan"), Office.objects.get(code=code), Role.ADMINISTRATOR)
               for code in (POLICE, "bp-dien-bien", "ubnd-dien-bien"))  # fmt: skip
    assert not Grant.objects.filter(key__user__username__in=("quan", "minh", "tam", "long", "giang", "loan")).exists()
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
        statement = box.statements.order_by("-seq")[0]
        assert statement.until > NOW.date() + timedelta(days=14)
        said = json.loads(statement.text)
        assert (
            said["recipient"] == box.recipient == str(pyrage.x25519.Identity.from_str(made.identity(slug)).to_public())
        )
        top = {"11": "ca-dien-bien", "12": "ca-lai-chau"}[box.office.province_id]
        alone = slug in ("ca-dien-bien", "ca-lai-chau", "tap-na-co-sa")
        assert said["forward"] == ([] if alone else [[top, made.demo.fingerprints[top]]])
        assert sealing.fingerprint(sealing.unb64u(box.root)) == made.demo.fingerprints[slug]
    assert boxes["tap-na-co-sa"].training
    root = bytes(BoxSecret.objects.get(box__slug="na-co-sa").root_for_above or b"")
    above = pyrage.x25519.Identity.from_str(made.identity("ca-dien-bien"))
    assert len(sealing.unb64u(pyrage.decrypt(root, [above]).decode())) > 100


def test_some_three_hundred_reports_in_every_state_since_the_two_level_government_began(made: Made) -> None:
    threads = Thread.objects.all()
    assert threads.count() == 300
    assert {*threads.values_list("state", flat=True)} == set(State.values)
    hours = sorted(threads.values_list("hour", flat=True))
    assert timedelta() < hours[0] - FOUNDED < timedelta(days=7)
    assert NOW - hours[-1] < timedelta(hours=12)
    assert Thread.objects.filter(state=State.RECEIVED, open_due__lt=NOW).exists()
    assert Thread.objects.filter(state=State.VERIFYING, resolve_due__lt=NOW).exists()
    assert Thread.objects.filter(erase_on__isnull=False).count() == 1
    assert Assessment.objects.exclude(value="").count() > 250
    assert Note.objects.count() >= 60


def test_every_part_opens_to_the_box_that_holds_it_and_is_nobody_elses_word(made: Made) -> None:
    names: Counter[str] = Counter()
    vouched = 0
    for thread in Thread.objects.select_related("holder"):
        parts = opened(made, thread)
        vouched += bool(parts[0].json["reply"]) and thread.passings.count()
        for part in parts:
            assert not part.foreign
            names[part.name] += 1
            if part.name == "photo.jpg":
                assert part.body.startswith(b"\xff\xd8\xff")
            if part.name == "voice.webm":
                assert part.body.startswith(b"\x1a\x45\xdf\xa3")
    assert names["photo.jpg"] >= 8
    assert names["voice.webm"] >= 2
    assert names[""] == vouched > 8  # one vouching part a forwarding, where somebody waits for an answer


def test_a_printed_receipt_opens_its_report_answers_and_pin_record(made: Made) -> None:
    assert len(made.demo.receipts) >= 3
    for receipt, about in made.demo.receipts:
        assert " ".join(receipt[at : at + 4] for at in range(0, 24, 4)) in made.printed
        keys = sealing.derive(sealing.read_receipt(receipt))
        thread = Thread.objects.get(key=keys.thread)
        assert about.startswith(thread.box.slug)
        record = json.loads(thread.pin)
        remade = sealing.pin_record(
            pin_key=keys.pin_key,
            box=record["box"],
            root=record["root"],
            seq=record["seq"],
            parts=record["parts"],
            hour=record.get("hour", ""),
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
    assert "/figures/mailbox\n" in made.printed


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


def test_a_failure_on_the_way_leaves_neither_rows_nor_logins(
    made: Made, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    def fail(*_args: object, **_more: object) -> None:
        raise RuntimeError("the power went")

    monkeypatch.setattr(world.province, "build", lambda by: None)
    monkeypatch.setattr(world.people, "add_all", dict)
    monkeypatch.setattr(world.boxes, "found_all", lambda cast: {"x": BoxKeys("x")})
    monkeypatch.setattr(world.stories, "tell", fail)
    before = Entry.objects.count()
    with override_settings(VAR=tmp_path), pytest.raises(RuntimeError):
        world.make(now=NOW)
    assert Entry.objects.count() == before
    assert not (tmp_path / "demo").exists()
    assert Demo().people == []


def test_the_posts_of_lai_chau_had_75_reports_in_2025_31_of_value(made: Made) -> None:
    reports = Thread.objects.filter(box__office__province="12", hour__lt=NEW_YEAR)
    assert reports.count() == 75
    assert set(reports.values_list("box__slug", flat=True)) == {"ka-lang", "pa-u"}
    assert reports.filter(assessment__value="valuable").count() == 31
    assert not reports.filter(intake__isnull=False).exists()  # anonymous tips alone


def test_of_them_came_2_major_and_4_other_cases_and_7_arrests(made: Made) -> None:
    counted = sums(standing().filter(office__province="12", day__year=2025))
    assert (counted["major_case"], counted["other_case"], counted["arrest"]) == (2, 4, 7)
    assert (counted["vehicle"], counted["victim"]) == (4, 2)
    [heroin] = standing().filter(exhibit="heroin")
    assert (heroin.quantity, heroin.unit) == (Decimal("1.25"), "kilogram")
    assert not Outcome.objects.filter(office__kind="province_police", office__province="12", day__year=2025).exists()


def test_a_line_that_was_wrong_stands_beside_the_one_that_took_its_place(made: Made) -> None:
    [right] = Outcome.objects.filter(corrects__isnull=False)
    assert right.corrects
    assert (right.kind, int(right.quantity), int(right.corrects.quantity)) == ("arrest", 3, 4)
    [again] = Membership.objects.filter(role=Membership.Role.DUPLICATE, matter=right.matter)
    assert again.thread.box.slug == "ka-lang"  # told twice, counted once


def test_the_published_quarters_of_2025_add_up_to_the_same(made: Made) -> None:
    rows = Published.objects.filter(province="12", period__startswith="2025")
    assert sorted(row.period for row in rows) == ["2025-Q3", "2025-Q4"]
    told = [row.figures["reports"]["crime"] for row in rows]
    assert [sum(quarter["received"][end] for quarter in told) for end in (0, 1)] == [75, 75]
    assert [sum(quarter["valuable"][end] for quarter in told) for end in (0, 1)] == [31, 31]
    assert all(quarter["resolved_in_time"][0] == quarter["resolved_in_time"][1] for quarter in told)
    counted: Counter[str] = Counter()
    for row in rows:
        counted.update(
            {line["kind"]: int(Decimal(line["quantity"])) for line in row.figures["outcomes"] if not line["exhibit"]}
        )
    assert (counted["major_case"], counted["other_case"], counted["arrest"]) == (2, 4, 7)


def test_quarters_were_published_on_their_days_and_not_before(made: Made) -> None:
    days = {row.period: row.on.isoformat() for row in Published.objects.filter(province="11", revision=1)}
    assert days["2025-Q3"] == "2025-11-14"
    assert days["2025-Q4"] == "2026-02-14"
    assert all(row.on <= timezone.localdate() for row in Published.objects.all())


def test_na_co_sa_had_48_reports_2_thefts_6_people_without_papers_and_2_guns(made: Made) -> None:
    assert Thread.objects.filter(box__slug="na-co-sa").count() == 48
    mine = standing().filter(office__code="bp-na-co-sa")
    counted = sums(mine)
    assert (counted["other_case"], counted["illegal_resident"], counted["weapon"]) == (2, 6, 2)
    cases = mine.filter(kind="other_case").values_list("matter__members__thread__assessment__category", flat=True)
    assert list(cases) == ["theft", "theft"]


def test_every_outcome_happened_after_its_report_came_and_before_now(made: Made) -> None:
    for line in Outcome.objects.all():
        first = min(line.matter.members.values_list("thread__hour", flat=True))
        assert timezone.localdate(first) <= line.day <= timezone.localdate()


def test_register_numbers_follow_the_order_of_opening_without_a_gap(made: Made) -> None:
    for box in Box.objects.all():
        for year in (2025, 2026):
            lines = RegisterEntry.objects.filter(box=box, year=year).order_by("number").values_list("number", "hour")
            assert [number for number, _hour in lines] == list(range(1, len(lines) + 1))
            assert [hour for _number, hour in lines] == sorted(hour for _number, hour in lines)
    opened = StateChange.objects.filter(state="opened").values("thread").distinct().count()
    assert RegisterEntry.objects.filter(box=F("thread__box")).count() == opened


def test_reports_came_in_other_ways_too_and_named_people_were_told(made: Made) -> None:
    assert set(Intake.objects.values_list("channel", flat=True)) >= set(Channel.values) - {Channel.PORTAL}
    named = Intake.objects.filter(named=True)
    assert named.count() >= 5
    assert named.filter(told__isnull=False).count() >= 3
    assert not Intake.objects.filter(channel=Channel.VNEID, named=False).exists()


def test_the_offices_share_work_hand_over_and_are_away(made: Made) -> None:
    assert Assignment.objects.count() >= 30
    # Before a holiday with nothing open nothing is handed over.
    assert 2 <= Handover.objects.filter(taken__isnull=False).count() <= 3
    assert Handover.objects.filter(taken=None, ended=None).count() == 1
    today = timezone.localdate()
    [away] = Absence.objects.filter(first__lte=today, last__gte=today)
    assert (away.officer.username, away.stand_in and away.stand_in.username) == ("nam", "hoa")


def test_reports_were_passed_up_in_both_provinces(made: Made) -> None:
    tops = set(Passing.objects.values_list("to_box__slug", flat=True))
    assert tops == {"ca-dien-bien", "ca-lai-chau"}


def test_what_was_missing_came_the_way_the_dossier_did(made: Made) -> None:
    told = DossierEvent.objects.filter(kind="supplemented")
    answered = told.values_list("by", "office", "dossier__received_by__code")
    assert {bool(counter) for _by, _office, counter in answered} == {True, False}
    assert all(bool(by) == bool(counter) and counter in (None, office) for by, office, counter in answered)


def test_one_resident_had_their_data_corrected_and_another_waits_for_an_answer(made: Made) -> None:
    asked = DataRequest.objects.order_by("filed_at")
    assert [one.state for one in asked] == ["done", "filed"]
    assert asked[0].dossier is not None
    assert asked[0].dossier.answers["phone"] in asked[0].text
    assert asked[1].answer_by > NOW
