"""The door to documents: issue one, get its file, take it back, ask whether it is genuine. What else is in this app is private to it.

Issuing is cheap and stands in the caller's transaction. The file is made when somebody first asks for it, and is the same for ever after.
"""

import hashlib
import json
from collections.abc import Mapping

from django.conf import settings

from keng.accounts.models import User
from keng.core import at_rest
from keng.core.ids import now
from keng.core.qr import qr
from keng.ledger.services import append
from keng.signing import codes
from keng.signing.kinds import kinds
from keng.signing.models import Document
from keng.signing.renderers import renderers
from keng.units.models import Office

ISSUED, REVOKED, FORGOTTEN = "signing.document.issued", "signing.document.revoked", "signing.document.forgotten"
VERBS = {
    ISSUED: "cấp văn bản, phiếu",
    REVOKED: "thu hồi văn bản, phiếu",
    FORGOTTEN: "xoá nội dung các văn bản, phiếu của một hồ sơ",
}


class Forgotten(Exception):
    """What stood on the document was erased; that it was issued is still known."""


def issue(
    *, kind: str, case: str, title: str, office: Office, values: Mapping[str, object], by: User | None = None
) -> Document:
    """A new document of a registered `kind`. `values` (JSON) are all that its template prints; `title` is public, so it names nobody.

    Nothing is laid out yet. Raises LookupError for an unknown kind, NotInTransaction outside a transaction, at_rest.KeyLost.
    """
    kinds[kind]
    sealed = at_rest.seal(json.dumps(values, ensure_ascii=False).encode())
    code, who = codes.new(), by.username if by else ""
    append(verb=ISSUED, subject=code, office=office.code, by=who, purpose=kind, case=case)
    return Document.objects.create(code=code, kind=kind, case=case, title=title, office=office.code, values=sealed)


def pdf(document: Document) -> bytes:
    """The document's file. The first to ask has it made; of two at once one is kept, and both get that one.

    Raises Forgotten, at_rest.KeyLost.
    """
    kept = _kept(document)
    if kept is None:
        made = _made(document)
        digest = hashlib.sha256(made).hexdigest()
        fresh = Document.objects.filter(pk=document.pk, sha256="", values__isnull=False)
        if fresh.update(pdf=at_rest.seal(made), sha256=digest):
            document.sha256 = digest
            return made
        kept = _kept(document)
    if kept is None:
        raise Forgotten(document.code)
    return kept


def revoke(*, document: Document, by: User | None) -> bool:
    """Takes a document back; `/verify/` says so from now on. False where it was taken back before. `by` None: by the server itself."""
    who = by.username if by else ""
    standing = Document.objects.filter(pk=document.pk, revoked_at=None)
    document.revoked_at, document.revoked_by = now(), who
    if not standing.update(revoked_at=document.revoked_at, revoked_by=who):
        document.refresh_from_db(fields=["revoked_at", "revoked_by"])
        return False
    append(
        verb=REVOKED,
        subject=document.code,
        office=document.office,
        by=who,
        purpose=document.kind,
        case=document.case,
    )
    return True


def verify(code: str) -> Document | None:
    """The document that a code stands on, taken back or not; None if there is none. Without its values and file. One query at most."""
    asked = codes.read(code)
    return Document.objects.defer("values", "pdf").filter(code=asked).first() if asked else None


def of_case(case: str) -> list[Document]:
    """All documents of a case, newest first, without values and files."""
    return list(Document.objects.defer("values", "pdf").filter(case=case).order_by("-issued_at", "pk"))


def forget(*, case: str) -> int:
    """C4: what stood on the documents of a case goes, with their files and the files' hashes; that they were issued stays. How many."""
    gone = Document.objects.filter(case=case, values__isnull=False).update(values=None, pdf=None, sha256="")
    if gone:
        append(verb=FORGOTTEN, subject=case, case=case)
    return gone


def address(code: str) -> str:
    """Where anybody asks whether it is genuine: what the QR holds."""
    return f"{settings.PUBLIC_ORIGIN}/verify/{code}"


def _kept(document: Document) -> bytes | None:
    sealed = Document.objects.filter(pk=document.pk).values_list("pdf", flat=True).first()
    return at_rest.unseal(bytes(sealed)) if sealed else None


def _made(document: Document) -> bytes:
    sealed = Document.objects.filter(pk=document.pk).values_list("values", flat=True).first()
    if sealed is None:
        raise Forgotten(document.code)
    kind = kinds[document.kind]
    there = address(document.code)
    printed = {
        **json.loads(at_rest.unseal(bytes(sealed))),
        "document": {
            "title": document.title,
            "code": document.code,
            "address": there.partition("://")[2].removesuffix(f"/{document.code}"),
            "qr": qr(there, error="m"),
            "alt": f"Mã QR mở trang {there}",
        },
    }
    return renderers[kind.renderer](kind.template, printed)
