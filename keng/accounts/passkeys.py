"""Passkeys (WebAuthn Level 2): a second factor, and by themselves both factors, for each asks for a finger or a PIN (user verification).

Rows are the sign-in library's `Authenticator`; what is checked of an answer stands here, with `fido2`. The browser's half is
`browser/desk/passkeys.ts`. Unlocking a box's key is none of this: that keeps its passphrase (ADR 27).
"""

import json
import struct
import time
from hashlib import sha256
from typing import Any

from allauth.mfa.models import Authenticator
from django.conf import settings
from django.db import transaction
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from fido2.server import Fido2Server
from fido2.utils import websafe_decode, websafe_encode
from fido2.webauthn import (
    AttestedCredentialData,
    AuthenticationResponse,
    PublicKeyCredentialRpEntity,
    PublicKeyCredentialUserEntity,
    RegistrationResponse,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)

from keng.accounts.models import User
from keng.core.group_commit import group_commit
from keng.ledger.services import append

ADDED, RENAMED, REMOVED, COPIED = (f"accounts.passkey.{what}" for what in ("added", "renamed", "removed", "copied"))
STATE = "keng_passkey"
# Seconds for a person to touch the key; the browser is told the same, in milliseconds.
PATIENCE = 300
MOST_BYTES = 16 * 1024
MOST = 10
NAME_MOST = 40
# What a mangled answer may make the library raise; anything else is our fault.
MANGLED = (ValueError, TypeError, KeyError, AttributeError, IndexError, struct.error, RecursionError, AssertionError)

UNREADABLE = _("Khoá truy cập chưa dùng được. Đồng chí làm lại; nếu vẫn lỗi, dùng mật khẩu và mã trên điện thoại.")
COPY = _(
    "Khoá truy cập này có dấu hiệu bị sao chép nên bị chặn. Đồng chí đăng nhập bằng mật khẩu, gỡ khoá này và báo quản trị."
)
ALREADY = _("Khoá truy cập này đã có trong một tài khoản rồi.")
TOO_MANY = _("Mỗi người có tối đa 10 khoá truy cập. Đồng chí gỡ bớt trước đã.")
NO_NAME = _("Đồng chí đặt tên cho khoá, tối đa 40 ký tự, ví dụ “Máy ở cơ quan”.")
LAST = _("Đây là bước xác thực thứ hai cuối cùng của đồng chí, nên chưa gỡ được. Thêm một khoá khác trước đã.")
GONE = _("Không có khoá truy cập này.")


class Refused(Exception):
    """Nothing was changed, nobody signed in; `sentence` says why."""

    def __init__(self, sentence: str | Promise) -> None:
        super().__init__(str(sentence))
        self.sentence = sentence


def of(user: User) -> "QuerySet[Authenticator]":
    rows: QuerySet[Authenticator] = Authenticator.objects.filter(user=user, type=Authenticator.Type.WEBAUTHN)
    return rows


def mark(row: Authenticator) -> str:
    """What the ledger calls a passkey: half the SHA-256 of its id, as hex. The id itself would let strangers slow the account."""
    return f"passkey {sha256(websafe_decode(row.data['id'])).hexdigest()[:32]}"


# -- what the browser is asked -----------------------------------------------------------------------------------------


def begin_adding(request: HttpRequest, user: User) -> dict[str, Any]:
    """Options for `navigator.credentials.create`, as JSON. The challenge stays in the session, for one answer."""
    options, state = _server(request).register_begin(
        PublicKeyCredentialUserEntity(id=str(user.pk).encode(), name=user.username, display_name=user.name),
        [_data(row) for row in of(user)],
        resident_key_requirement=ResidentKeyRequirement.REQUIRED,
        user_verification=UserVerificationRequirement.REQUIRED,
    )
    return _keep(request, "create", state, dict(options))


def begin_asking(request: HttpRequest, user: User | None = None) -> dict[str, Any]:
    """Options for `navigator.credentials.get`, as JSON: this person's passkeys or, signing in, whichever the device has."""
    options, state = _server(request).authenticate_begin(
        [_data(row) for row in of(user)] if user else None, user_verification=UserVerificationRequirement.REQUIRED
    )
    return _keep(request, "get", state, dict(options))


# -- what the browser answers ------------------------------------------------------------------------------------------


def add(*, request: HttpRequest, user: User, name: str, answer: str) -> Authenticator:
    """Stores the passkey that the browser made. `answer` is its JSON. Raises Refused."""
    clean = _clean_name(name)
    made = _read(answer)
    state = _take(request, "create")
    try:
        binding = _server(request).register_complete(state, RegistrationResponse.from_dict(made))
        data = binding.credential_data
        assert data is not None  # noqa: S101 - the library's own check, for the types
    except MANGLED as error:
        raise Refused(UNREADABLE) from error
    return _store(user, clean, data, binding.counter)


def owner(answer: str) -> tuple[User, Authenticator]:
    """Whose passkey an answer claims to be, by what stands in it: nothing is proved yet. Raises Refused."""
    said = _read(answer)
    try:
        handle = int(websafe_decode(said["response"]["userHandle"]))
        raw = websafe_decode(said["rawId"])
    except MANGLED as error:
        raise Refused(UNREADABLE) from error
    user = User.objects.filter(pk=handle).first() if 0 < handle < 2**63 else None
    row = _row(user, raw) if user else None
    if user is None or row is None:
        raise Refused(UNREADABLE)
    return user, row


def check(*, request: HttpRequest, user: User, answer: str) -> Authenticator:
    """The passkey of this person's that answered the session's challenge, which is used up. Raises Refused.

    Signature, origin, challenge, presence and verification of the person (WebAuthn §7.2), and a counter that has gone on.
    """
    said = _read(answer)
    state = _take(request, "get")
    rows = list(of(user))
    try:
        response = AuthenticationResponse.from_dict(said)
        found = _server(request).authenticate_complete(state, [_data(row) for row in rows], response)
        counter = response.response.authenticator_data.counter
    except MANGLED as error:
        raise Refused(UNREADABLE) from error
    row = next(row for row in rows if _data(row).credential_id == found.credential_id)
    sentence = group_commit(lambda: _count(row.pk, user, counter))
    if sentence:
        raise Refused(sentence)
    return row


# -- what one does with them -------------------------------------------------------------------------------------------


@transaction.atomic
def rename(*, user: User, passkey: int, name: str) -> None:
    """Raises Refused."""
    row = _own(user, passkey)
    row.data["name"] = _clean_name(name)
    row.save(update_fields=["data"])
    append(verb=RENAMED, subject=user.username, by=user.username, case=mark(row))


@transaction.atomic
def remove(*, user: User, passkey: int) -> None:
    """From now on it opens nothing. The last second factor stays: without one the account would be open to a password. Raises Refused."""
    row = _own(user, passkey)
    others = Authenticator.objects.filter(user=user).exclude(type=Authenticator.Type.RECOVERY_CODES).exclude(pk=row.pk)
    if not others.exists():
        raise Refused(LAST)
    append(verb=REMOVED, subject=user.username, by=user.username, case=mark(row))
    row.delete()


@transaction.atomic
def _store(user: User, name: str, data: AttestedCredentialData, counter: int) -> Authenticator:
    User.objects.select_for_update(no_key=True).get(pk=user.pk)
    if of(user).count() >= MOST:
        raise Refused(TOO_MANY)
    code = websafe_encode(data.credential_id)
    # WebAuthn §7.1 step 25: a credential belongs to one account.
    if Authenticator.objects.filter(type=Authenticator.Type.WEBAUTHN, data__id=code).exists():
        raise Refused(ALREADY)
    kept = {"name": name, "id": code, "public": websafe_encode(bytes(data)), "counter": counter}
    row = Authenticator.objects.create(user=user, type=Authenticator.Type.WEBAUTHN, data=kept)
    append(verb=ADDED, subject=user.username, by=user.username, case=mark(row))
    return row


def _count(pk: int, user: User, counter: int) -> Promise | None:
    """Notes the use. A counter that has not gone on means that two devices have the key (WebAuthn §6.1.1): blocked, and entered."""
    row = Authenticator.objects.select_for_update().filter(pk=pk).first()
    if row is None:
        return UNREADABLE
    if row.data.get("copied"):
        return COPY
    if (counter or row.data["counter"]) and counter <= row.data["counter"]:
        row.data["copied"] = True
        row.save(update_fields=["data"])
        append(verb=COPIED, subject=user.username, case=mark(row))
        return COPY
    row.data["counter"] = counter
    row.save(update_fields=["data"])
    row.record_usage()
    return None


def _own(user: User, passkey: int) -> Authenticator:
    User.objects.select_for_update(no_key=True).get(pk=user.pk)
    row = of(user).filter(pk=passkey).first()
    if row is None:
        raise Refused(GONE)
    return row


def _row(user: User, raw: bytes) -> Authenticator | None:
    return next((row for row in of(user) if _data(row).credential_id == raw), None)


def _data(row: Authenticator) -> AttestedCredentialData:
    return AttestedCredentialData(websafe_decode(row.data["public"]))


def _clean_name(name: str) -> str:
    clean = " ".join("".join(letter if letter.isprintable() else " " for letter in name).split())
    if not clean or len(clean) > NAME_MOST:
        raise Refused(NO_NAME)
    return clean


def _read(answer: str) -> dict[str, Any]:
    """What the browser sent, if it is a JSON object of a sensible size."""
    if len(answer) > MOST_BYTES:
        raise Refused(UNREADABLE)
    try:
        said = json.loads(answer)
    except MANGLED as error:
        raise Refused(UNREADABLE) from error
    if not isinstance(said, dict):
        raise Refused(UNREADABLE)
    return said


def _server(request: HttpRequest) -> Fido2Server:
    """For this host of the desk alone: an answer given to any other page, were it a sister host's, is refused."""
    own = f"{request.scheme}://{request.get_host()}"
    rp = PublicKeyCredentialRpEntity(id=request.get_host().partition(":")[0], name=settings.MFA_TOTP_ISSUER)
    server = Fido2Server(rp, verify_origin=lambda origin: origin == own)
    return server


def _keep(request: HttpRequest, what: str, state: dict[str, Any], options: dict[str, Any]) -> dict[str, Any]:
    request.session[STATE] = {**state, "what": what, "at": time.time()}
    return options


def _take(request: HttpRequest, what: str) -> dict[str, Any]:
    """The challenge that this session was given, good for one answer and five minutes. Raises Refused."""
    state = request.session.pop(STATE, None)
    if not isinstance(state, dict) or state["what"] != what or not 0 <= time.time() - state["at"] < PATIENCE:
        raise Refused(UNREADABLE)
    return state
