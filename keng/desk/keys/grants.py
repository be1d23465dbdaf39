"""Who holds a box's key: given by a custodian who holds it too, ended when somebody leaves. The sealing is done in the browser."""

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from keng.accounts.models import User
from keng.accounts.permissions import may
from keng.core.ids import this_hour
from keng.desk.keys.age_files import check_key_file
from keng.desk.keys.own import record
from keng.desk.models import Grant, OfficerKey
from keng.mailbox.errors import Refused
from keng.mailbox.models import Box

NO_SUCH_OFFICER = _("Không có cán bộ này ở đơn vị của hộp thư, hoặc người này chưa làm khoá.")
NO_GRANT = _("Chỉ người giữ khoá đang mở được hộp thư này mới cấp khoá cho người khác.")
OTHER_KEY = _("Khoá của cán bộ này vừa đổi. Đồng chí tải lại trang rồi so dấu khoá lại từ đầu.")
HAS_IT = _("Cán bộ này đã có khoá của hộp thư.")
HAS_NONE = _("Cán bộ này không giữ khoá của hộp thư.")
LAST = _("Đây là người cuối cùng còn mở được hộp thư. Đồng chí cấp khoá cho người khác trước đã.")


def grant_of(user: User, box: Box) -> Grant | None:
    """The user's grant of the box's key that holds now."""
    return live_grants().filter(box=box, key__user=user).first()


def live_grants() -> QuerySet[Grant]:
    """The grants that hold now, by the officer's name."""
    live = Grant.objects.filter(until=None, key__until=None)
    return live.select_related("key__user", "by").order_by("key__user__name")


@transaction.atomic
def give(*, box: Box, by: User, username: str, recipient: str, sealed_box_identity: bytes) -> Grant:
    """Stores the box's identity sealed to an officer of the box's office. `recipient` is what the custodian's browser sealed to.

    Raises Refused. Whether the seal is sound only the officer's browser can tell; it says so at the first unlock.
    """
    _lock(box)
    if not may(by, "desk.grant_box", box) or grant_of(by, box) is None:
        raise Refused("not_custodian", 403, NO_GRANT)
    key = _key_at_office(username, box)
    if key.recipient != recipient:
        raise Refused("other_key", 409, OTHER_KEY)
    if grant_of(key.user, box):
        raise Refused("has_grant", 409, HAS_IT)
    return store(box=box, key=key, by=by, sealed_box_identity=sealed_box_identity)


def store(*, box: Box, key: OfficerKey, by: User, sealed_box_identity: bytes) -> Grant:
    """One row and its entry; whether it may be is the caller's to know. Needs a transaction."""
    sealed = check_key_file(sealed_box_identity)
    grant = Grant.objects.create(box=box, key=key, by=by, recipient=box.recipient, sealed_box_identity=sealed)
    record("desk.grant.given", grant, by=by)
    return grant


@transaction.atomic
def end(*, box: Box, by: User, username: str) -> Grant:
    """Ends an officer's grant; a custodian of the box's office does, with a grant or without. Raises Refused."""
    _lock(box)
    if not may(by, "desk.grant_box", box):
        raise Refused("not_custodian", 403, NO_GRANT)
    held = list(live_grants().filter(box=box))
    grant = next((grant for grant in held if grant.key.user.username == username), None)
    if grant is None:
        raise Refused("no_grant", 409, HAS_NONE)
    if not any(may(other.key.user, "desk.read_box", box) for other in held if other != grant):
        raise Refused("last_holder", 409, LAST)
    grant.until = this_hour()
    grant.save(update_fields=["until"])
    record("desk.grant.ended", grant, by=by)
    return grant


def _lock(box: Box) -> None:
    """Two custodians at once take turns."""
    Box.objects.select_for_update().get(pk=box.pk)


def _key_at_office(username: str, box: Box) -> OfficerKey:
    officer = User.objects.filter(username=username).first()
    key = OfficerKey.objects.filter(user=officer, until=None).select_related("user").first() if officer else None
    # Like `may`, of somebody else: a role at the box's own office that reads.
    if officer is None or key is None or not may(officer, "desk.read_box", box):
        raise Refused("no_officer", 404, NO_SUCH_OFFICER)
    return key
