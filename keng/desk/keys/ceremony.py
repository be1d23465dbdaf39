"""What is done with a box's root in hand: founding, renewing, recovering from paper, changing the box's key, replacing the root.

The custodian's browser makes and signs; here it is checked (`fitting`) that everything fits together, and stored at once or not at all.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from keng.accounts import approvals
from keng.accounts.models import Approval, User
from keng.accounts.permissions import may
from keng.desk.keys import grants, proving
from keng.desk.keys.age_files import check_key_file
from keng.desk.keys.fitting import (
    OWN_GRANT,
    check_for_above,
    check_forward,
    check_founded,
    check_officer_statement,
    check_open,
    check_unused,
    custodians_key,
    locked,
    standing_recipient,
)
from keng.desk.keys.generations import generations
from keng.desk.keys.own import end_all
from keng.desk.models import BoxSecret, Ceremony, OfficerKey, OfficerStatement
from keng.ledger.services import append
from keng.mailbox.errors import Malformed, Refused
from keng.mailbox.models import Box, KeyStatement
from keng.mailbox.services import publish_statement

FOUNDED = _("Hộp thư này đã có khoá. Chưa có gì thay đổi.")
OTHER_RECIPIENT = _("Bản xác nhận mới phải giữ nguyên khoá nhận của hộp thư.")
NOT_ABOVE = _("Chỉ cán bộ đang mở được hộp thư cấp trên, hoặc người giữ khoá có hai tờ khôi phục, mới gia hạn được.")
NOT_NEW = _("Đổi khoá thì khoá nhận phải mới: hộp thư chưa từng dùng. Đồng chí tải lại trang rồi làm lại.")
SAME_SHEETS = _("Tệp khôi phục phải làm mới cùng với khoá mới. Đồng chí tải lại trang rồi làm lại.")
NOT_KNOWN = _("Trong các khoá gửi lên có khoá không phải của hộp thư này. Chưa có gì thay đổi.")
NOT_YOURSELF = _("Đồng chí không thôi cấp cho chính mình trong lúc đổi khoá.")
NOT_OPENED = _(
    "Máy này chưa chứng tỏ được là đang mở khoá của hộp thư, nên khoá gốc chưa đổi. Đồng chí tải lại trang rồi làm lại."
)
ROOT_STAYS = _("Đổi khoá hộp thư không đụng đến khoá gốc đã gửi cấp trên. Đồng chí tải lại trang rồi làm lại.")

# From opening the page to storing: no session is longer.
PROOF_HOLDS = timedelta(minutes=120)
PROOF = "keng.desk.keys.ceremony.root"


@dataclass(frozen=True)
class OwnGrant:
    """The custodian's own: the box's identities as their browser sealed them, by the recipient of each; to which key of theirs; and
    the root's signature over that key."""

    recipient: str
    identities: Mapping[str, bytes]
    statement: Mapping[str, str]


@dataclass(frozen=True)
class Remade:
    """A box's key made anew. `end`: logins of those who get nothing of the new one and lose what they were granted."""

    signed: Mapping[str, Any]
    recovery: bytes
    root_for_above: bytes | None
    own: OwnGrant
    end: frozenset[str] = frozenset()


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
    fresh = locked(box)
    key = custodians_key(by, fresh)
    check_open(fresh)
    if fresh.root:
        raise Refused("founded", 409, FOUNDED)
    check_key_file(recovery)
    check_for_above(fresh, root_for_above)
    check_forward(publish_statement(box=fresh, signed=signed, by=by.username))
    BoxSecret.objects.create(box=fresh, recovery=recovery, root_for_above=root_for_above)
    _grant_to_self(fresh, key=key, by=by, own=own)
    append(verb="desk.box.founded", subject=fresh.slug, office=fresh.office.code, by=by.username, case=fresh.slug)
    _record(fresh, Ceremony.Kind.FOUNDED, by)
    return fresh


@transaction.atomic
def renew(*, box: Box, by: User, signed: Mapping[str, Any]) -> KeyStatement:
    """Publishes the next statement, which says nothing new but the dates and where may be forwarded to. Raises Refused."""
    fresh = locked(box)
    if not may_renew(by, fresh):
        raise Refused("not_above", 403, NOT_ABOVE)
    check_open(fresh)
    check_founded(fresh)
    recipient = standing_recipient(fresh)
    statement = publish_statement(box=fresh, signed=signed, by=by.username)
    if fresh.recipient != recipient:
        raise Refused("recipient", 409, OTHER_RECIPIENT)
    check_forward(statement)
    _record(fresh, Ceremony.Kind.RENEWED, by)
    return statement


@transaction.atomic
def recover(*, box: Box, by: User, own: OwnGrant) -> Ceremony:
    """Gives all keys of the box back to a custodian who had both paper sheets, which the root's fresh signature over their key shows,
    and another person's approval (O3). Raises Refused."""
    fresh = locked(box)
    key = custodians_key(by, fresh)
    check_founded(fresh)
    if grants.holds_newest(by, fresh):
        raise Refused("has_grant", 409, grants.HAS_IT)
    _grant_to_self(fresh, key=key, by=by, own=own)
    approval = _spend("box.recovery", fresh, by)
    append(verb="desk.box.recovered", subject=fresh.slug, office=fresh.office.code, by=by.username, case=fresh.slug)
    return _record(fresh, Ceremony.Kind.RECOVERED, by, approval)


@transaction.atomic
def change(*, box: Box, by: User, made: Remade) -> Ceremony:
    """A new key under the same root: posters stay as they are, old reports stay readable, the sheets in use are new. Raises Refused."""
    fresh = locked(box)
    key = custodians_key(by, fresh)
    check_open(fresh)
    check_founded(fresh)
    standing_recipient(fresh)
    if made.root_for_above is not None:
        raise Malformed(ROOT_STAYS, "root_for_above")
    _remake(fresh, key=key, by=by, made=made, new_root=False)
    append(verb="desk.box.key_changed", subject=fresh.slug, office=fresh.office.code, by=by.username, case=fresh.slug)
    return _record(fresh, Ceremony.Kind.CHANGED, by)


def challenge(*, box: Box, by: User) -> tuple[bytes, str]:
    """What shows that a browser opens the box's newest key; good for this officer, this session's length and while that key stands.

    No root that was there before signs a new one: without this a stolen session, or a custodian's account that an administrator
    reset, would give the box a root of the thief's.
    """
    return proving.ask(box.recipient, _about(box, by), salt=PROOF)


def _about(box: Box, by: User) -> list[object]:
    return [box.pk, box.recipient, by.pk]


@transaction.atomic
def replace_root(*, box: Box, by: User, made: Remade, token: str, word: str) -> Ceremony:
    """A new root and a new key: every poster that hangs is recalled by it, so another person's approval is spent (O3).

    `token` and `word` answer `challenge`. Raises Refused.
    """
    fresh = locked(box)
    key = custodians_key(by, fresh)
    check_open(fresh)
    check_founded(fresh)
    # Else the new sheets would hold none of the keys that old reports need.
    if not grants.holds_newest(by, fresh):
        raise Refused("no_grant", 403, grants.NO_GRANT)
    if not proving.is_proven(token, word, _about(fresh, by), salt=PROOF, holds=PROOF_HOLDS):
        raise Refused("not_proven", 403, NOT_OPENED)
    check_for_above(fresh, made.root_for_above)
    _remake(fresh, key=key, by=by, made=made, new_root=True)
    approval = _spend("box.root", fresh, by)
    append(verb="desk.box.root_changed", subject=fresh.slug, office=fresh.office.code, by=by.username, case=fresh.slug)
    return _record(fresh, Ceremony.Kind.ROOT, by, approval)


def may_renew(user: User, box: Box) -> bool:
    """Whether the root can be in this officer's hands: through the box above, or from paper at the box's own office."""
    if may(user, "desk.grant_box", box):
        return True
    above = box.above
    return above is not None and may(user, "desk.read_box", above) and grants.grant_of(user, above) is not None


def _remake(box: Box, *, key: OfficerKey, by: User, made: Remade, new_root: bool) -> None:
    check_key_file(made.recovery)
    secret = BoxSecret.objects.select_for_update().get(box=box)
    if made.recovery == bytes(secret.recovery):
        raise Malformed(SAME_SHEETS, "recovery")
    had = generations(box)
    statement = publish_statement(box=box, signed=made.signed, by=by.username, new_root=new_root)
    if box.recipient in had:
        raise Refused("recipient", 409, NOT_NEW)
    check_forward(statement)
    secret.recovery = made.recovery
    secret.root_for_above = made.root_for_above or secret.root_for_above
    secret.save(update_fields=["recovery", "root_for_above"])
    _end_those_who_left(box, by=by, named=made.end)
    _grant_to_self(box, key=key, by=by, own=made.own)


def _end_those_who_left(box: Box, *, by: User, named: frozenset[str]) -> None:
    """Whoever was named, and whoever is no longer at the office."""
    if by.username in named:
        raise Refused("yourself", 409, NOT_YOURSELF)
    held = grants.live_grants().filter(box=box)
    gone = [g for g in held if g.key.user.username in named or not may(g.key.user, "desk.read_box", box)]
    end_all(gone, by=by)


def _grant_to_self(box: Box, *, key: OfficerKey, by: User, own: OwnGrant) -> None:
    if own.recipient != key.recipient:
        raise Refused("other_key", 409, OWN_GRANT)
    check_officer_statement(own.statement, box=box, key=key, by=by)
    check_unused(own.statement["signature"], box)
    if box.recipient not in own.identities:
        raise Refused("other_key", 409, OWN_GRANT)
    if own.identities.keys() - generations(box).keys():
        raise Refused("not_known", 409, NOT_KNOWN)
    OfficerStatement.objects.create(
        box=box, key=key, text=own.statement["statement"], signature=own.statement["signature"]
    )
    grants.store(box=box, key=key, by=by, identities=own.identities)


def _spend(kind: str, box: Box, by: User) -> Approval:
    try:
        return approvals.spend(kind=kind, subject=box.slug, by=by)
    except approvals.NotApproved as error:
        raise Refused("needs_two", 403, error.sentence) from error


def _record(box: Box, kind: Ceremony.Kind, by: User, approval: Approval | None = None) -> Ceremony:
    newest = box.statements.order_by("-seq").values_list("seq", flat=True).first()
    return Ceremony.objects.create(
        box=box, kind=kind, by=by, approval=approval, seq=newest, root=box.root, recipient=box.recipient
    )
