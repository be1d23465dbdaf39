"""What must hold of a ceremony before anything of it is stored: who does it, that the box can take it, that all of it fits together."""

import json
from collections.abc import Mapping
from datetime import date, timedelta

from django.utils.timezone import localdate
from django.utils.translation import gettext_lazy as _

from keng.accounts.models import User
from keng.accounts.permissions import may
from keng.desk.keys.age_files import check_key_file
from keng.desk.keys.own import key_of
from keng.desk.models import OfficerKey
from keng.mailbox import sealing
from keng.mailbox.errors import Malformed, Refused
from keng.mailbox.models import Box, KeyStatement
from keng.mailbox.services import read_statement
from keng.mailbox.services.statements import check_signature

CLOCK_SLACK = timedelta(days=2)

NOT_CUSTODIAN = _("Chỉ người giữ khoá của đơn vị làm được việc này.")
NO_KEY = _("Đồng chí chưa có khoá của mình. Làm khoá ở trang Khoá của tôi trước đã.")
NOT_FOUNDED = _("Hộp thư này chưa lập khoá.")
CLOSED = _("Hộp thư này đã đóng. Chưa có gì thay đổi.")
ABOVE_NOT_FOUNDED = _("Hộp thư cấp trên chưa lập khoá. Cấp trên lập trước, rồi đồng chí làm lại.")
ROOT_FOR_ABOVE = _("Khoá gốc phải được gửi kín cho cấp trên, và chỉ khi hộp thư có cấp trên.")
OWN_GRANT = _("Khoá hộp thư phải được khoá kín vào đúng khoá của đồng chí. Đồng chí tải lại trang rồi làm lại.")
OFFICER_STATEMENT = _("Bản xác nhận khoá của cán bộ không đúng. Đồng chí tải lại trang rồi làm lại.")
USED = _("Bản xác nhận khoá của cán bộ này đã dùng một lần rồi. Đồng chí tải lại trang rồi nhập lại hai tờ giấy.")
FORWARD = _("Danh sách hộp thư được chuyển tiếp không khớp với khoá gốc của các hộp thư đó.")
ALTERED = _("Bản xác nhận khoá trên máy chủ đã bị đổi: không gia hạn. Đồng chí báo ngay cho cấp trên.")


def standing_recipient(box: Box) -> str:
    """The recipient that the box's root signed last. Raises Refused when the row no longer says what was signed."""
    newest = box.statements.order_by("-seq").first()
    try:
        if newest is None:
            raise Malformed(ALTERED)
        said = read_statement(
            {"statement": newest.text, "signature": newest.signature, "root": box.root},
            slug=box.slug,
            today=date.fromisoformat(json.loads(newest.text)["from"]),  # it may have run out since
        )
    except (Malformed, ValueError, TypeError, KeyError, RecursionError) as error:
        raise Refused("altered", 409, ALTERED) from error
    if (said.recipient, said.seq) != (box.recipient, newest.seq):
        raise Refused("altered", 409, ALTERED)
    return said.recipient


def locked(box: Box) -> Box:
    """The box as it is now; whoever else would change its keys waits."""
    return Box.objects.select_related("office", "above").select_for_update(of=("self",)).get(pk=box.pk)


def check_founded(box: Box) -> None:
    """Raises Refused."""
    if not box.root:
        raise Refused("not_founded", 409, NOT_FOUNDED)


def check_open(box: Box) -> None:
    """Raises Refused."""
    if box.closed_on is not None:
        raise Refused("closed", 409, CLOSED)


def custodians_key(by: User, box: Box) -> OfficerKey:
    if not may(by, "desk.grant_box", box):
        raise Refused("not_custodian", 403, NOT_CUSTODIAN)
    key = key_of(by)
    if key is None:
        raise Refused("no_key", 409, NO_KEY)
    return key


def check_for_above(box: Box, root_for_above: bytes | None) -> None:
    if box.above is not None and not box.above.root:
        raise Refused("above_not_founded", 409, ABOVE_NOT_FOUNDED)
    if (box.above is None) != (root_for_above is None):
        raise Malformed(ROOT_FOR_ABOVE, "root_for_above")
    if root_for_above is not None:
        check_key_file(root_for_above)


def check_forward(statement: KeyStatement) -> None:
    """A box may forward only to boxes that are, under the roots that they have."""
    wanted = dict(json.loads(statement.text)["forward"])
    roots = dict(Box.objects.filter(slug__in=wanted).exclude(root="").values_list("slug", "root"))
    if wanted != {slug: sealing.fingerprint(sealing.unb64u(root)) for slug, root in roots.items()}:
        raise Malformed(FORWARD, "forward")


def check_unused(signature: str, box: Box) -> None:
    """One signing opens a box once: who kept it could else come back after their grant ended, without the sheets. Raises Refused.

    Its r is compared, not its text: a second signing of the same day says the same, and (r, n - s) is as good as (r, s).
    """
    r = _r_of(signature)
    if any(_r_of(used) == r for used in box.officer_statements.values_list("signature", flat=True)):
        raise Refused("used", 409, USED)


def _r_of(signature: str) -> bytes:
    return sealing.unb64u(signature)[:32]


def check_officer_statement(signed: Mapping[str, str], *, box: Box, key: OfficerKey, by: User) -> None:
    """Section 2: the root signs `{"v", "type": "officer-key", "box", "officer", "recipient", "from"}`. Raises Malformed."""
    check_signature(text=signed["statement"], signature=signed["signature"], root=signed["root"])
    expected = {"v": 1, "type": "officer-key", "box": box.slug, "officer": by.username, "recipient": key.recipient}
    try:
        said = json.loads(signed["statement"])
        since = date.fromisoformat(said.pop("from"))
    except (ValueError, TypeError, AttributeError, KeyError, RecursionError) as error:
        raise Malformed(OFFICER_STATEMENT, "officer_statement") from error
    if signed["root"] != box.root or said != expected or abs(localdate() - since) > CLOCK_SLACK:
        raise Malformed(OFFICER_STATEMENT, "officer_statement")
