"""Who holds a box's key: given by a custodian who holds it too, ended when somebody leaves. The sealing is done in the browser."""

from collections.abc import Mapping

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from keng.accounts.models import User
from keng.accounts.permissions import may
from keng.desk.keys.age_files import check_key_file
from keng.desk.keys.own import end_all, record
from keng.desk.models import Grant, OfficerKey
from keng.mailbox.errors import Refused
from keng.mailbox.models import Box

NO_SUCH_OFFICER = _("Không có cán bộ này ở đơn vị của hộp thư, hoặc người này chưa làm khoá.")
NO_GRANT = _("Chỉ người giữ khoá đang mở được hộp thư này mới cấp khoá cho người khác.")
OTHER_KEY = _("Khoá của cán bộ này vừa đổi. Đồng chí tải lại trang rồi so dấu khoá lại từ đầu.")
HAS_IT = _("Cán bộ này đã có mọi khoá của hộp thư mà đồng chí giữ.")
CHANGED = _(
    "Khoá hộp thư vừa đổi, hoặc đồng chí đang giữ khoá khác với lúc mở khoá. Đồng chí tải lại trang rồi cấp lại."
)
HAS_NONE = _("Cán bộ này không giữ khoá của hộp thư.")
LAST = _("Đây là người cuối cùng còn mở được hộp thư. Đồng chí cấp khoá cho người khác trước đã.")


def grant_of(user: User, box: Box) -> Grant | None:
    """A grant of the user's that holds now, of whichever of the box's keys."""
    return live_grants().filter(box=box, key__user=user).first()


def holds_newest(user: User, box: Box) -> bool:
    """Whether the user opens what is sent to the box today; after its key was changed a grant may open older reports alone."""
    return live_grants().filter(box=box, recipient=box.recipient, key__user=user).exists()


def live_grants() -> QuerySet[Grant]:
    """The grants that hold now, by the officer's name."""
    live = Grant.objects.filter(until=None, key__until=None)
    return live.select_related("key__user", "by").order_by("key__user__name")


@transaction.atomic
def give(*, box: Box, by: User, username: str, recipient: str, identities: Mapping[str, bytes]) -> list[Grant]:
    """Stores the box's identities sealed to an officer of the box's office: all that the custodian holds, in one deed.

    `recipient` is what the custodian's browser sealed to, `identities` the sealed ones by the recipient of each. Raises Refused.
    Whether the seals are sound only the officer's browser can tell; it says so at the first unlock.
    """
    fresh = _lock(box)
    if not may(by, "desk.grant_box", fresh) or grant_of(by, fresh) is None:
        raise Refused("not_custodian", 403, NO_GRANT)
    key = _key_at_office(username, fresh)
    if key.recipient != recipient:
        raise Refused("other_key", 409, OTHER_KEY)
    if set(identities) != recipients_held(by, fresh):
        raise Refused("identities", 409, CHANGED)
    given = store(box=fresh, key=key, by=by, identities=identities)
    if not given:
        raise Refused("has_grant", 409, HAS_IT)
    return given


def recipients_held(user: User, box: Box) -> set[str]:
    """The recipients of the box's identities that the user was granted."""
    return set(live_grants().filter(box=box, key__user=user).values_list("recipient", flat=True))


def store(*, box: Box, key: OfficerKey, by: User, identities: Mapping[str, bytes]) -> list[Grant]:
    """A row for each identity that the officer lacks, and one entry; whether it may be is the caller's to know. Needs a transaction."""
    for sealed in identities.values():
        check_key_file(sealed)
    lacking = identities.keys() - recipients_held(key.user, box)
    rows = [
        Grant.objects.create(box=box, key=key, by=by, recipient=recipient, sealed_box_identity=identities[recipient])
        for recipient in identities
        if recipient in lacking
    ]
    if rows:
        record("desk.grant.given", rows[0], by=by)
    return rows


@transaction.atomic
def end(*, box: Box, by: User, username: str) -> None:
    """Ends an officer's grants of every key of the box; a custodian of the box's office does, with a grant or without. Raises Refused."""
    fresh = _lock(box)
    if not may(by, "desk.grant_box", fresh):
        raise Refused("not_custodian", 403, NO_GRANT)
    held = list(live_grants().filter(box=fresh))
    theirs = [grant for grant in held if grant.key.user.username == username]
    if not theirs:
        raise Refused("no_grant", 409, HAS_NONE)
    others = [grant for grant in held if grant not in theirs and grant.recipient == fresh.recipient]
    newest = any(grant.recipient == fresh.recipient for grant in theirs)
    if newest and not any(may(other.key.user, "desk.read_box", fresh) for other in others):
        raise Refused("last_holder", 409, LAST)
    end_all(theirs, by=by)


def _lock(box: Box) -> Box:
    """The box as it is now; two custodians at once take turns."""
    return Box.objects.select_related("office").select_for_update(of=("self",)).get(pk=box.pk)


def _key_at_office(username: str, box: Box) -> OfficerKey:
    officer = User.objects.filter(username=username).first()
    key = OfficerKey.objects.filter(user=officer, until=None).select_related("user").first() if officer else None
    # Like `may`, of somebody else: a role at the box's own office that reads.
    if officer is None or key is None or not may(officer, "desk.read_box", box):
        raise Refused("no_officer", 404, NO_SUCH_OFFICER)
    return key
