"""Entering a report for somebody, and marking that they were told the result. The report itself goes in by the mailbox's one door."""

from http import HTTPStatus

from django.utils.translation import gettext_lazy as _

from keng.accounts.models import User
from keng.core.group_commit import group_commit
from keng.core.ids import this_hour
from keng.desk.models import Channel, Intake
from keng.ledger.services import append
from keng.mailbox.agefile import AgeFile
from keng.mailbox.envelope import Envelope
from keng.mailbox.errors import Malformed, NotAllowed, Refused
from keng.mailbox.models import Box, Thread
from keng.mailbox.services import Accepted, accept

ENTERED, TOLD = "desk.report.entered", "desk.report.told"
VERBS = {
    ENTERED: "nhập tin giúp người đến báo",
    TOLD: "đã báo kết quả cho người báo có tên",
}

NO_CHANNEL = _("Không có cách báo tin này. Đồng chí chọn lại.")
NO_NAME = _("Chỉ người có tên mới xin giữ kín được. Đồng chí ghi tên, hoặc bỏ dấu “Xin giữ kín”.")
NOT_FIRST = _("Phần này không phải phần đầu của tin. Đồng chí tải lại trang rồi nhập lại.")
SENT_OTHERWISE = _("Tin này đã được gửi thẳng vào hộp thư, không phải do cán bộ nhập.")
NOT_ENTERED = _("Không tìm thấy tin vừa nhập. Đồng chí tải lại trang rồi nhập lại.")
NOT_NAMED = _("Người báo tin này không để lại tên, nên không có ai để báo kết quả.")
NO_RESULT = _("Tin chưa có kết quả nên chưa báo được cho người báo.")


def enter(*, box: Box, line: Envelope, sealed: AgeFile, channel: str, named: bool, secrecy: bool, by: User) -> Thread:
    """Stores the sealed first part of a report that came by `channel`, and that it did. Sent again it is the same report.

    The caller has found that the officer can open `box`. Raises Refused: as `accept`, and Malformed for a channel that there is none of
    or secrecy for nobody.
    """
    if channel not in Channel.values:
        raise Malformed(NO_CHANNEL, "channel")
    if secrecy and not named:
        raise Malformed(NO_NAME, "secrecy")
    if line.index:
        raise Malformed(NOT_FIRST)

    def work() -> Thread:
        accepted = accept(slug=box.slug, line=line, sealed=sealed)
        thread = Thread.objects.get(key=line.thread)
        if not accepted.created:
            return _entered(thread)
        Intake.objects.create(thread=thread, channel=channel, named=named, secrecy=secrecy, by=by)
        append(
            verb=ENTERED, subject=thread.key, case=thread.key, office=box.office.code, by=by.username, purpose=channel
        )
        return thread

    return group_commit(work)


def _entered(thread: Thread) -> Thread:
    """What a villager sent from a phone doesn't become an officer's by being sent again."""
    if not Intake.objects.filter(thread=thread).exists():
        raise Refused("replayed", HTTPStatus.CONFLICT, SENT_OTHERWISE)
    return thread


def add_part(*, box: Box, line: Envelope, sealed: AgeFile) -> Accepted:
    """A photo that goes with a report just entered into `box`. Raises Refused."""
    if not Intake.objects.filter(thread__key=line.thread, thread__box=box).exists():
        raise Refused("no_thread", HTTPStatus.NOT_FOUND, NOT_ENTERED)
    return accept(slug=box.slug, line=line, sealed=sealed)


def mark_told(*, thread: Thread, by: User) -> Intake:
    """The named reporter has been told the result. Marked twice it stays as it was first. Raises NotAllowed."""

    def work() -> Intake:
        intake = Intake.objects.select_for_update().filter(thread=thread).first()
        if intake is None or not intake.named:
            raise NotAllowed(NOT_NAMED, "not_named")
        if intake.told is not None:
            return intake
        if intake.tell_due is None:
            raise NotAllowed(NO_RESULT, "no_result")
        intake.told = this_hour()
        intake.save(update_fields=["told"])
        append(verb=TOLD, subject=thread.key, case=thread.key, office=thread.holder.office.code, by=by.username)
        return intake

    return group_commit(work)
