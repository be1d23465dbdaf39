"""An officer's own key: made in their browser, kept here sealed by a passphrase that the server never sees."""

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from keng.accounts.models import User
from keng.accounts.permissions import offices
from keng.core.ids import this_hour
from keng.desk.keys.age_files import check_passphrase_file, check_recipient
from keng.desk.models import Grant, OfficerKey
from keng.ledger.services import append
from keng.mailbox import sealing
from keng.mailbox.errors import Refused

HAS_ONE = _("Đồng chí đã có khoá. Nếu quên cụm từ, chọn “Làm khoá khác” ở trang Khoá của tôi.")
TAKEN = _("Khoá này đã có người dùng. Đồng chí tải lại trang để làm khoá mới.")


def key_of(user: User) -> OfficerKey | None:
    return OfficerKey.objects.filter(user=user, until=None).first()


def fingerprint(recipient: str) -> str:
    """What is read aloud and compared: 16 characters of Crockford base32 (80 bits) of SHA-256 of the recipient, in groups of four."""
    return in_groups(sealing.fingerprint(recipient.encode())[:16])


def in_groups(code: str) -> str:
    return " ".join(code[i : i + 4] for i in range(0, len(code), 4))


@transaction.atomic
def make_key(*, by: User, recipient: str, sealed_identity: bytes, replace: bool = False) -> OfficerKey:
    """Stores the officer's key. With `replace` the former one ends, and with it what was granted to it. Raises Refused."""
    check_recipient(recipient)
    check_passphrase_file(sealed_identity)
    # Two tabs at once: the second waits here for the first.
    User.objects.select_for_update().get(pk=by.pk)
    former = key_of(by)
    if former and not replace:
        raise Refused("has_key", 409, HAS_ONE)
    if OfficerKey.objects.filter(recipient=recipient).exists():
        raise Refused("taken", 409, TAKEN)
    if former:
        _end_key(former, by=by)
    key = OfficerKey.objects.create(user=by, recipient=recipient, sealed_identity=sealed_identity)
    append(verb="desk.key.made", subject=by.username, office=office_code(by), by=by.username)
    return key


def _end_key(key: OfficerKey, *, by: User) -> None:
    now = this_hour()
    for grant in Grant.objects.filter(key=key, until=None).select_related("box__office"):
        grant.until = now
        grant.save(update_fields=["until"])
        record("desk.grant.ended", grant, by=by)
    key.until = now
    key.save(update_fields=["until"])
    append(verb="desk.key.ended", subject=by.username, office=office_code(by), by=by.username)


def record(verb: str, grant: Grant, *, by: User) -> None:
    """The ledger's entry of a grant: whom it concerns is the subject, the box is the case."""
    box = grant.box
    append(verb=verb, subject=grant.key.user.username, office=box.office.code, by=by.username, case=box.slug)


def office_code(user: User) -> str:
    """The office under which an officer's own doings stand in the ledger; the first, where there are several."""
    return offices(user, "desk.own_key").order_by("code").values_list("code", flat=True).first() or ""
