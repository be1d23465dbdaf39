"""An officer's own key: made in their browser, kept here sealed by a passphrase that the server never sees."""

from collections.abc import Iterable
from datetime import timedelta
from hashlib import sha256

from django.db import transaction
from django.utils.timezone import localdate
from django.utils.translation import gettext_lazy as _

from keng.accounts.models import User
from keng.accounts.permissions import offices
from keng.core.ids import this_hour
from keng.desk.keys import proving
from keng.desk.keys.age_files import check_passphrase_file, check_recipient
from keng.desk.models import Grant, OfficerKey
from keng.ledger.services import append
from keng.mailbox import sealing
from keng.mailbox.errors import Refused

HAS_ONE = _("Đồng chí đã có khoá. Nếu quên cụm từ, chọn “Làm khoá khác” ở trang Khoá của tôi.")
TAKEN = _("Khoá này đã có người dùng. Đồng chí tải lại trang để làm khoá mới.")
HAS_NONE = _("Đồng chí chưa có khoá. Làm khoá ở trang Khoá của tôi trước đã.")
NOT_PROVEN = _("Máy này chưa chứng tỏ được là đang mở khoá của đồng chí, nên cụm từ chưa đổi. Đồng chí làm lại từ đầu.")

# From asking for a challenge to storing: two runs of scrypt on an old machine, and a slow line.
PROOF_HOLDS = timedelta(minutes=5)
PROOF = "keng.desk.keys.own.passphrase"


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
    end_all(Grant.objects.filter(key=key, until=None).select_related("box__office", "key__user"), by=by)
    key.until = this_hour()
    key.save(update_fields=["until"])
    append(verb="desk.key.ended", subject=by.username, office=office_code(by), by=by.username)


def challenge(*, by: User) -> tuple[bytes, str]:
    """What shows that a browser holds the officer's identity: a random word sealed to it, and a token to hand back with the word.

    The token is good for five minutes and for the file that is kept now: once that is replaced, for nothing.
    Raises Refused.
    """
    key = _own(by)
    return proving.ask(key.recipient, _about(key), salt=PROOF)


@transaction.atomic
def change_passphrase(*, by: User, sealed_identity: bytes, token: str, word: str) -> OfficerKey:
    """Keeps the same identity under another passphrase. What was granted stays; the former file is overwritten. Raises Refused."""
    check_passphrase_file(sealed_identity)
    User.objects.select_for_update().get(pk=by.pk)
    key = _own(by)
    if not proving.is_proven(token, word, _about(key), salt=PROOF, holds=PROOF_HOLDS):
        raise Refused("not_proven", 403, NOT_PROVEN)
    key.sealed_identity = sealed_identity
    key.save(update_fields=["sealed_identity"])
    append(verb="desk.key.passphrase_changed", subject=by.username, office=office_code(by), by=by.username)
    return key


def _own(user: User) -> OfficerKey:
    key = key_of(user)
    if key is None:
        raise Refused("no_key", 409, HAS_NONE)
    return key


def _about(key: OfficerKey) -> list[object]:
    """The key, and the file that is kept of it now."""
    return [key.pk, sha256(key.sealed_identity).hexdigest()]


def mark_used(key: OfficerKey, grants: Iterable[Grant]) -> None:
    """Notes that the officer's browser fetched these keys today: the day alone, and nothing when it is known already."""
    today = localdate()
    if key.used_on != today:
        OfficerKey.objects.filter(pk=key.pk).update(used_on=today)
    stale = [grant.pk for grant in grants if grant.used_on != today]
    if stale:
        Grant.objects.filter(pk__in=stale).update(used_on=today)


def record(verb: str, grant: Grant, *, by: User) -> None:
    """The ledger's entry of a grant: whom it concerns is the subject, the box is the case."""
    box = grant.box
    append(verb=verb, subject=grant.key.user.username, office=box.office.code, by=by.username, case=box.slug)


def end_all(held: Iterable[Grant], *, by: User) -> None:
    """Ends these grants; one entry for each officer and box. Needs a transaction."""
    told = set()
    for grant in held:
        grant.until = this_hour()
        grant.save(update_fields=["until"])
        if (grant.key_id, grant.box_id) not in told:
            told.add((grant.key_id, grant.box_id))
            record("desk.grant.ended", grant, by=by)


def office_code(user: User) -> str:
    """The office under which an officer's own doings stand in the ledger; the first, where there are several."""
    return offices(user, "desk.own_key").order_by("code").values_list("code", flat=True).first() or ""
