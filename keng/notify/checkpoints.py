"""The newest checkpoint of the public log, mailed to whoever keeps a copy (KENG_LEDGER_MAIL): once to each, as soon as it is published.

A checkpoint that lies in a mailbox elsewhere can't be taken back: were the log rewritten, it would show.
"""

from datetime import UTC, datetime, timedelta
from hashlib import sha256

from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils import timezone

from keng.ledger.models import Checkpoint
from keng.notify.models import Message
from keng.notify.services import ready

FRESH = timedelta(
    days=3
)  # an older one is not mailed any more; well under the time that the outbox remembers what it sent

SUBJECT = "Kẻng: trang chốt sổ công khai ngày {day} / checkpoint of the public log"
BODY = """\
Đây là trang chốt của sổ công khai, công bố ngày {day}. Xin giữ lại thư
này, không cần trả lời. Nếu sau này có người ngờ sổ bị sửa: chép phần nằm
giữa hai dòng kẻ vào một tệp, rồi so với bộ nhớ của một nhân chứng bằng
tools/witness.py compare TỆP BỘ-NHỚ. Không khớp là sổ đã bị sửa.

This is the checkpoint of the public log, published on {day}. Please keep
this mail; no answer is needed. Should anybody suspect that the log was
altered: copy what stands between the two rules into a file, and compare it
with a witness's memory by tools/witness.py compare FILE MEMORY. If they do
not fit, the log was altered.

----------------------------------------------------------------------
{note}----------------------------------------------------------------------
"""


def mail_newest() -> int:
    """The chore: puts the newest checkpoint into the outbox for each address that has not got it. Returns how many messages it made."""
    if not settings.LEDGER_MAIL or not ready(channel="email"):
        return 0
    checkpoint = Checkpoint.objects.order_by("size").last()
    if checkpoint is None or checkpoint.day < timezone.localdate() - FRESH:
        return 0
    return sum(_post(checkpoint, address) for address in settings.LEDGER_MAIL)


def _post(checkpoint: Checkpoint, address: str) -> bool:
    """The message's id follows from checkpoint and address: whoever comes second, after a crash or in another process, finds it there."""
    named = sha256(f"checkpoint\n{checkpoint.note}\n{address}".encode()).digest()
    pk = int.from_bytes(named[:8]) >> 1
    if Message.objects.filter(pk=pk).exists():
        return False
    day = f"{checkpoint.day:%d/%m/%Y}"
    now = datetime.now(UTC).replace(microsecond=0)
    try:
        with transaction.atomic():
            Message.objects.create(
                pk=pk, channel="email", address=address, subject=SUBJECT.format(day=day),
                body=BODY.format(day=day, note=checkpoint.note), since=now, next_try=now,
            )  # fmt: skip
    except IntegrityError:
        return False
    return True
