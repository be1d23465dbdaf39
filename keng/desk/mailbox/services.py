"""What an officer does to a report: each change is one transaction with its ledger entries.

The caller has found that the officer's box holds the report (`access`). The life of the thread itself (states, parts,
forwarding) is `keng.mailbox`'s; what is added here is who did it, and what the office makes of it.
"""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import timedelta
from http import HTTPStatus

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from keng.accounts.models import User
from keng.core import holding
from keng.core.group_commit import group_commit
from keng.core.ids import this_hour
from keng.desk.intake.telling import follow
from keng.desk.mailbox import deadlines
from keng.desk.mailbox.colleagues import what_they_did
from keng.desk.models import REASONS, Assessment, Note, Seen
from keng.desk.register import services as register
from keng.desk.sharing import services as sharing
from keng.ledger.models import Entry
from keng.ledger.services import append
from keng.mailbox import services as mailbox
from keng.mailbox.agefile import AgeFile
from keng.mailbox.errors import Conflict, Malformed, NotAllowed, Refused
from keng.mailbox.kinds import KINDS
from keng.mailbox.models import Box, Part, State, Thread

READ, LISTED, NOTE = "mailbox.report.read", "mailbox.report.listed", "mailbox.note.written"
ASSESSED, DEADLINE = "mailbox.report.assessed", "mailbox.deadline.moved"
VERBS = {
    READ: "đọc tin",
    LISTED: "xem chữ của tin trong danh sách",
    NOTE: "viết ghi chú kín",
    ASSESSED: "đánh giá tin",
    DEADLINE: "đổi thời hạn giải quyết tin",
}
# A reading is written once an hour; what is asked for until the end of the next hour belongs to it.
READING_LASTS = timedelta(hours=1)
NOTE_MOST = 64 * 1024  # bytes of the age file
NOTES_MOST = 500  # of one report

NO_CATEGORY = gettext_lazy("Không có loại tin hoặc mức giá trị này.")
NO_REASON = gettext_lazy("Lý do này không hợp với mức giá trị đã chọn.")
NOT_COMPLEX = gettext_lazy("Chỉ gia hạn được tin phức tạp: chọn “Việc phức tạp” trước.")
NO_LONGER = gettext_lazy("Góp ý không có thời hạn dài hơn: trả lời cho bà con trong hạn.")
NOTE_TOO_LARGE = gettext_lazy("Ghi chú dài quá. Đồng chí rút gọn lại hoặc chia ra nhiều ghi chú.")
TOO_MANY_NOTES = gettext_lazy("Tin này đã có đủ 500 ghi chú.")


def open_report(*, thread: Thread, by: User) -> Thread:
    """Records that the officer reads the report, once an hour, and brings a new one to `opened`. Two who open it at once both may.
    Raises Conflict for one that was passed on meanwhile: the other office's register tells when *its* officers opened it.
    """

    def work() -> Thread:
        fresh = _still_held(thread)
        if fresh.state == State.RECEIVED:
            mailbox.change_state(thread=fresh, to=State.OPENED, version=fresh.version, by=by.username)
        if not has_read(thread=fresh, by=by, within=timedelta()):
            append(verb=READ, subject=fresh.key, case=fresh.key, office=fresh.holder.office.code, by=by.username)
        parts = fresh.parts.filter(direction=Part.Direction.REPORTER).count()
        Seen.objects.update_or_create(thread=fresh, defaults={"parts": parts})
        register.enter(thread=fresh, by=by)
        return _locked(fresh)

    return group_commit(work)


def list_reports(*, keys: Sequence[str], boxes: Sequence[Box], by: User) -> None:
    """Records, once an hour for each report, that the officer got its text with the list: whoever has the key can read it there."""

    def work() -> None:
        held = Thread.objects.filter(key__in=keys, holder__in=boxes).values_list("key", "holder__office__code")
        known = Entry.objects.filter(case__in=keys, verb=LISTED, by=by.username, hour=this_hour())
        done = set(known.values_list("case", flat=True))
        for key, office in held:
            if key not in done:
                append(verb=LISTED, subject=key, case=key, office=office, by=by.username)

    group_commit(work)


def has_read(*, thread: Thread, by: User, within: timedelta = READING_LASTS) -> bool:
    """Whether the ledger says that the officer read the report in this hour or up to `within` before it."""
    since = this_hour() - within
    return Entry.objects.filter(case=thread.key, verb=READ, by=by.username, hour__gte=since).exists()


def write_note(*, thread: Thread, sealed: bytes, by: User) -> Note:
    """Keeps a note sealed to the box that holds the report. Raises Refused."""
    if len(sealed) > NOTE_MOST:
        raise Refused("too_large", HTTPStatus.REQUEST_ENTITY_TOO_LARGE, NOTE_TOO_LARGE)
    file = AgeFile.read(sealed)

    def work() -> Note:
        fresh = _still_held(thread)
        if fresh.notes.count() >= NOTES_MOST:
            raise Refused("too_large", HTTPStatus.REQUEST_ENTITY_TOO_LARGE, TOO_MANY_NOTES)
        note = Note.objects.create(thread=fresh, box=fresh.holder, by=by, sealed=sealed)
        append(verb=NOTE, subject=file.digest, case=fresh.key, office=fresh.holder.office.code, by=by.username)
        return note

    return group_commit(work)


def answer(*, thread: Thread, index: int, sealed: bytes, by: User) -> Part:
    """Stores a sealed answer to the reporter. Raises Refused; Conflict says which colleague was quicker."""
    with _naming_the_colleague(thread, by):
        return mailbox.answer(
            thread=thread,
            box=thread.holder,
            index=index,
            sealed=sealed,
            by=by.username,
            office=thread.holder.office.code,
        )


def move(*, thread: Thread, to: str, version: int, by: User) -> Thread:
    """Brings the report to another state. Raises NotAllowed; Conflict says which colleague changed it meanwhile."""

    def work() -> Thread:
        moved = mailbox.change_state(thread=_still_held(thread), to=to, version=version, by=by.username)
        follow(moved)
        return moved

    with _naming_the_colleague(thread, by):
        return group_commit(work)


def pass_on(
    *, thread: Thread, to: str, headers: Mapping[str, bytes], part: tuple[int, bytes] | None, version: int, by: User
) -> Thread:
    """Hands the report to the box with slug `to`. Raises Refused; Conflict when it changed meanwhile or a part has come in."""
    box = Box.objects.filter(slug=to).first()
    if box is None:
        raise Refused("no_box", HTTPStatus.NOT_FOUND, _("Không có hộp thư này."))

    def work() -> Thread:
        held = _still_held(thread)
        sharing.let_go(thread=held, by=by)
        return mailbox.forward(thread=held, to_box=box, headers=headers, version=version, by=by.username, part=part)

    with _naming_the_colleague(thread, by):
        return group_commit(work)


def assess(
    *,
    thread: Thread,
    category: str,
    value: str,
    reason: str = "",
    complex: bool,
    extended: bool,
    version: int,
    by: User,
) -> Assessment:
    """Writes what the office makes of the report; complexity and extension move its deadline. Raises Malformed, NotAllowed, Conflict.

    `reason` says why it is of that value (`REASONS`). A prank is so marked; whoever sent it can go on sending, for nobody knows who it was.
    """
    if category not in ("", *KINDS[thread.box.kind].what) or value not in ("", *Assessment.Value.values):
        raise Malformed(NO_CATEGORY)
    if reason and reason not in REASONS.get(value, ()):
        raise Malformed(NO_REASON)
    if complex and not deadlines.has_longer(thread.box.kind):
        raise NotAllowed(NO_LONGER)
    if extended and not complex:
        raise NotAllowed(NOT_COMPLEX)
    chosen = {
        "category": category, "value": value, "reason": reason, "complex": complex, "extended": extended, "hour": this_hour(),
    }  # fmt: skip

    def work() -> Assessment:
        fresh = _still_held(thread)
        mailbox.claim(thread=fresh, version=version)
        before = Assessment.objects.filter(thread=fresh).first() or Assessment(thread=fresh)
        after, _new = Assessment.objects.update_or_create(thread=fresh, defaults=chosen)
        # A prank leaves lists and what is late: who took it out of them must not be lost in the next assessment.
        why = Assessment.Reason.PRANK.value if reason == Assessment.Reason.PRANK else ""
        append(
            verb=ASSESSED,
            subject=fresh.key,
            case=fresh.key,
            office=fresh.holder.office.code,
            by=by.username,
            purpose=why,
        )
        if (before.complex, before.extended) != (complex, extended):
            _move_deadline(fresh, after, by)
        return after

    with _naming_the_colleague(thread, by):
        return group_commit(work)


def _move_deadline(thread: Thread, assessment: Assessment, by: User) -> None:
    thread.resolve_due = deadlines.resolve_due(
        received=thread.hour, complex=assessment.complex, extended=assessment.extended, kind=thread.box.kind
    )
    thread.save(update_fields=["resolve_due"])
    purpose = deadlines.basis(
        thread.hour, complex=assessment.complex, extended=assessment.extended, kind=thread.box.kind
    )
    append(
        verb=DEADLINE, subject=thread.key, case=thread.key, office=thread.holder.office.code, by=by.username,
        purpose=purpose[:200],
    )  # fmt: skip


def _locked(thread: Thread) -> Thread:
    try:
        return holding.held(Thread.objects.select_related("holder__office", "box").filter(pk=thread.pk)).get()
    except Thread.DoesNotExist:
        raise Refused("no_thread", HTTPStatus.NOT_FOUND, _("Tin này đã được xoá.")) from None


def _still_held(thread: Thread) -> Thread:
    """A colleague may have passed the report on between our look and our write: then this office no longer writes to it."""
    fresh = _locked(thread)
    if fresh.holder_id != thread.holder_id:
        raise Conflict(_("Tin này vừa được chuyển cho đơn vị khác."), "passed_on")
    return fresh


@contextmanager
def _naming_the_colleague(thread: Thread, by: User) -> Iterator[None]:
    """A conflict is told with who did what, in which hour: one's own office only."""
    try:
        yield
    except Conflict as conflict:
        sentence = what_they_did(thread, by=by)
        if not sentence:
            raise
        raise Conflict(sentence, conflict.code, **conflict.extra) from conflict
