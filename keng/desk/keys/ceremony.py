"""What is done with a box's root in hand: founding the box, renewing its statement, recovering it from both paper sheets.

The custodian's browser makes and signs; here it is checked that everything fits together, and stored at once or not at all.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.db import transaction
from django.utils.timezone import localdate
from django.utils.translation import gettext_lazy as _

from keng.accounts.models import User
from keng.accounts.permissions import may
from keng.desk.keys import grants
from keng.desk.keys.age_files import check_key_file
from keng.desk.keys.own import key_of
from keng.desk.models import BoxSecret, Grant, OfficerKey, OfficerStatement
from keng.ledger.services import append
from keng.mailbox import sealing
from keng.mailbox.errors import Malformed, Refused
from keng.mailbox.models import Box, KeyStatement
from keng.mailbox.services import publish_statement, read_statement
from keng.mailbox.services.statements import check_signature

CLOCK_SLACK = timedelta(days=2)

NOT_CUSTODIAN = _("Chỉ người giữ khoá của đơn vị làm được việc này.")
NO_KEY = _("Đồng chí chưa có khoá của mình. Làm khoá ở trang Khoá của tôi trước đã.")
FOUNDED = _("Hộp thư này đã có khoá. Chưa có gì thay đổi.")
NOT_FOUNDED = _("Hộp thư này chưa lập khoá.")
CLOSED = _("Hộp thư này đã đóng. Chưa có gì thay đổi.")
ABOVE_NOT_FOUNDED = _("Hộp thư cấp trên chưa lập khoá. Cấp trên lập trước, rồi đồng chí làm lại.")
ROOT_FOR_ABOVE = _("Khoá gốc phải được gửi kín cho cấp trên, và chỉ khi hộp thư có cấp trên.")
OWN_GRANT = _("Khoá hộp thư phải được khoá kín vào đúng khoá của đồng chí. Đồng chí tải lại trang rồi làm lại.")
OFFICER_STATEMENT = _("Bản xác nhận khoá của cán bộ không đúng. Đồng chí tải lại trang rồi làm lại.")
USED = _("Bản xác nhận khoá của cán bộ này đã dùng một lần rồi. Đồng chí tải lại trang rồi nhập lại hai tờ giấy.")
FORWARD = _("Danh sách hộp thư được chuyển tiếp không khớp với khoá gốc của các hộp thư đó.")
ALTERED = _("Bản xác nhận khoá trên máy chủ đã bị đổi: không gia hạn. Đồng chí báo ngay cho cấp trên.")
OTHER_RECIPIENT = _("Bản xác nhận mới phải giữ nguyên khoá nhận của hộp thư.")
NOT_ABOVE = _("Chỉ cán bộ đang mở được hộp thư cấp trên, hoặc người giữ khoá có hai tờ khôi phục, mới gia hạn được.")


@dataclass(frozen=True)
class OwnGrant:
    """The custodian's own: what their browser sealed, to which recipient, and the root's signature over that key."""

    recipient: str
    sealed_box_identity: bytes
    statement: Mapping[str, str]


@transaction.atomic
def found(
    *,
    box: Box,
    by: User,
    signed: Mapping[str, Any],
    recovery: bytes,
    root_for_above: bytes | None,
    own: OwnGrant,
) -> Box:
    """Gives a box its keys and opens it. Raises Refused; then nothing is kept."""
    fresh = _locked(box)
    key = _custodians_key(by, fresh)
    _check_open(fresh)
    if fresh.root:
        raise Refused("founded", 409, FOUNDED)
    check_key_file(recovery)
    _check_for_above(fresh, root_for_above)
    statement = publish_statement(box=fresh, signed=signed, by=by.username)
    _check_forward(statement)
    BoxSecret.objects.create(box=fresh, recovery=recovery, root_for_above=root_for_above)
    _grant_to_self(fresh, key=key, by=by, own=own)
    append(verb="desk.box.founded", subject=fresh.slug, office=fresh.office.code, by=by.username, case=fresh.slug)
    return fresh


@transaction.atomic
def renew(*, box: Box, by: User, signed: Mapping[str, Any]) -> KeyStatement:
    """Publishes the next statement, which says nothing new but the dates and where may be forwarded to. Raises Refused."""
    fresh = _locked(box)
    if not may_renew(by, fresh):
        raise Refused("not_above", 403, NOT_ABOVE)
    _check_open(fresh)
    if not fresh.root:
        raise Refused("not_founded", 409, NOT_FOUNDED)
    recipient = _standing_recipient(fresh)
    statement = publish_statement(box=fresh, signed=signed, by=by.username)
    if fresh.recipient != recipient:
        raise Refused("recipient", 409, OTHER_RECIPIENT)
    _check_forward(statement)
    return statement


@transaction.atomic
def recover(*, box: Box, by: User, own: OwnGrant) -> Grant:
    """Gives the box's key back to a custodian who had both paper sheets: the root's fresh signature over their key shows it (O3).

    Raises Refused.
    """
    fresh = _locked(box)
    key = _custodians_key(by, fresh)
    if not fresh.root:
        raise Refused("not_founded", 409, NOT_FOUNDED)
    if grants.grant_of(by, fresh):
        raise Refused("has_grant", 409, grants.HAS_IT)
    grant = _grant_to_self(fresh, key=key, by=by, own=own)
    append(verb="desk.box.recovered", subject=fresh.slug, office=fresh.office.code, by=by.username, case=fresh.slug)
    return grant


def _standing_recipient(box: Box) -> str:
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


def may_renew(user: User, box: Box) -> bool:
    """Whether the root can be in this officer's hands: through the box above, or from paper at the box's own office."""
    if may(user, "desk.grant_box", box):
        return True
    above = box.above
    return above is not None and may(user, "desk.read_box", above) and grants.grant_of(user, above) is not None


def _locked(box: Box) -> Box:
    """The box as it is now; whoever else would change its keys waits."""
    return Box.objects.select_related("office", "above").select_for_update(of=("self",)).get(pk=box.pk)


def _check_open(box: Box) -> None:
    if box.closed_on is not None:
        raise Refused("closed", 409, CLOSED)


def _custodians_key(by: User, box: Box) -> OfficerKey:
    if not may(by, "desk.grant_box", box):
        raise Refused("not_custodian", 403, NOT_CUSTODIAN)
    key = key_of(by)
    if key is None:
        raise Refused("no_key", 409, NO_KEY)
    return key


def _check_for_above(box: Box, root_for_above: bytes | None) -> None:
    if box.above is not None and not box.above.root:
        raise Refused("above_not_founded", 409, ABOVE_NOT_FOUNDED)
    if (box.above is None) != (root_for_above is None):
        raise Malformed(ROOT_FOR_ABOVE, "root_for_above")
    if root_for_above is not None:
        check_key_file(root_for_above)


def _check_forward(statement: KeyStatement) -> None:
    """A box may forward only to boxes that are, under the roots that they have."""
    wanted = dict(json.loads(statement.text)["forward"])
    roots = dict(Box.objects.filter(slug__in=wanted).exclude(root="").values_list("slug", "root"))
    if wanted != {slug: sealing.fingerprint(sealing.unb64u(root)) for slug, root in roots.items()}:
        raise Malformed(FORWARD, "forward")


def _grant_to_self(box: Box, *, key: OfficerKey, by: User, own: OwnGrant) -> Grant:
    if own.recipient != key.recipient:
        raise Refused("other_key", 409, OWN_GRANT)
    _check_officer_statement(own.statement, box=box, key=key, by=by)
    _check_unused(own.statement["signature"], box)
    OfficerStatement.objects.create(
        box=box, key=key, text=own.statement["statement"], signature=own.statement["signature"]
    )
    return grants.store(box=box, key=key, by=by, sealed_box_identity=own.sealed_box_identity)


def _check_unused(signature: str, box: Box) -> None:
    """One signing opens a box once: who kept it could else come back after their grant ended, without the sheets. Raises Refused.

    Its r is compared, not its text: a second signing of the same day says the same, and (r, n - s) is as good as (r, s).
    """
    r = _r_of(signature)
    if any(_r_of(used) == r for used in box.officer_statements.values_list("signature", flat=True)):
        raise Refused("used", 409, USED)


def _r_of(signature: str) -> bytes:
    return sealing.unb64u(signature)[:32]


def _check_officer_statement(signed: Mapping[str, str], *, box: Box, key: OfficerKey, by: User) -> None:
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
