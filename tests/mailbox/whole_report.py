"""A report on which hangs all that can: parts and answers, headers for another box, and what the desk keeps beside it."""

from dataclasses import dataclass, field
from decimal import Decimal

from django.utils import timezone

from config.demo.client import Reporter, seal
from keng.core.ids import this_hour
from keng.desk.models import (
    Assessment,
    Assignment,
    HandedOver,
    Handover,
    HandoverItem,
    Intake,
    Matter,
    Membership,
    Note,
    Outcome,
    RegisterEntry,
    Seen,
)
from keng.mailbox.models import Part, PublicAnswer, Rewrap, State, Thread
from keng.mailbox.services import answer, change_state, forward
from tests.cast import Cast
from tests.mailbox.services.test_answers import sealed_answer
from tests.mailbox.services.test_forwarding import headers_for
from tests.mailbox.services.test_parts import message, send

AGE = "age-encryption.org/v1\n-> X25519 "  # how every age file begins


@dataclass
class WholeReport:
    """`kept` are the bytes that were stored of it, by what they are."""

    reporter: Reporter
    thread: Thread
    kept: dict[str, bytes] = field(default_factory=dict)


def whole_report(cast: Cast, *, words: str = "Mất trâu khoang cổ. ") -> WholeReport:
    """Received with two more parts, opened, answered, forwarded, and all that the desk does beside."""
    _ = cast.police
    reporter = cast.reporter()
    reporter.bits = 0
    send("na-co-sa", reporter.first(words * 200, media=1))
    send("na-co-sa", reporter.later(index=1, kind="photo", name="photo.webp", body=bytes(range(256)) * 200))
    send("na-co-sa", message(reporter, 2, words))
    thread = Thread.objects.get(key=reporter.keys.thread)
    for version, state in enumerate((State.OPENED, State.VERIFYING), 1):
        change_state(thread=thread, to=state, version=version, by="hoa")
    answer(thread=thread, box=cast.box, index=0, sealed=sealed_answer(cast, reporter), by="hoa", office=cast.post.code)
    made = WholeReport(reporter, thread)
    _at_the_desk(cast, made)
    forward(thread=thread, to_box=cast.police, headers=headers_for(cast, thread), version=3, by="hoa")
    thread.refresh_from_db()
    remember(made)
    return made


def _at_the_desk(cast: Cast, report: WholeReport) -> None:
    thread, hour = report.thread, this_hour()
    note, remarks = (seal(cast.keys.recipient, text.encode()) for text in ("Ghi chú. " * 100, "Nhận xét. " * 100))
    report.kept.update(note=note[len(AGE) :], remarks=remarks[len(AGE) :])
    Intake.objects.create(thread=thread, channel="phone", by=cast.hoa)
    Assessment.objects.create(thread=thread, category="theft", value="valuable", reason="new_fact")
    Note.objects.create(thread=thread, box=cast.box, by=cast.hoa, sealed=note)
    Seen.objects.create(thread=thread, parts=3)
    Assignment.objects.create(thread=thread, officer=cast.hoa, by=cast.nam)
    register = RegisterEntry.objects.create(
        box=cast.box, year=2026, number=RegisterEntry.objects.count() + 1, thread=thread
    )
    handover = Handover.objects.create(box=cast.box, giver=cast.hoa, taker=cast.nam, taken=hour)
    item = HandoverItem.objects.create(handover=handover, thread=thread, label=str(register), open=False)
    HandedOver.objects.create(item=item, thread=thread, fate="taken", state=thread.state, due=hour)
    matter = Matter.objects.create()
    Membership.objects.create(thread=thread, matter=matter)
    Outcome.objects.create(
        matter=matter, kind="arrest", quantity=Decimal(1), unit="person", day=timezone.localdate(), office=cast.post,
        box=cast.box, by=cast.hoa, remarks=remarks,
    )  # fmt: skip
    PublicAnswer.objects.create(
        box=cast.box, thread=thread, asked="Đường hỏng?", answered="Đang sửa.", published_on=timezone.localdate()
    )


def remember(report: WholeReport) -> None:
    """Fills `kept` from what is stored now."""
    thread, keys = report.thread, report.reporter.keys
    report.kept["log tag"] = keys.log_tag
    # Of what is like in every report, and of digests, which the ledger keeps, nothing is looked for.
    report.kept["pin"], report.kept["pin MAC"] = thread.pin.encode()[-15:], thread.pin_mac.encode()
    report.kept["row number"] = thread.pk.to_bytes(8, "big")
    for part in Part.objects.filter(thread=thread):
        name = f"{part.direction} {part.index}"
        report.kept[f"{name}, header"] = bytes(part.header)[len(AGE) :]
        report.kept[f"{name}, payload"] = bytes(part.payload)
        report.kept[f"{name}, row number"] = part.pk.to_bytes(8, "big")
    for number, rewrap in enumerate(Rewrap.objects.filter(part__thread=thread)):
        report.kept[f"rewrap {number}"] = bytes(rewrap.header)[len(AGE) :]
