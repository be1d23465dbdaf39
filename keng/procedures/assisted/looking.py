"""What an officer fills in for somebody is that person's data: each opening of it is an entry, and stands on their own page (C1).

It is no case with a code yet, so the entry's case is the draft's id, which the dossier keeps; the look hangs on the consent that allows it.
Where it answers what a dossier was asked for, it is a look at that dossier.
"""

from keng.accounts.models import Role, User
from keng.core import ids
from keng.core.group_commit import group_commit
from keng.ledger.services import append
from keng.procedures.consents import ASSISTED, SUPPLEMENT
from keng.procedures.dossiers.services import looking
from keng.procedures.dossiers.services.looking import SITTING
from keng.procedures.models import Attachment, Consent, DraftLook
from keng.units.models import Office

READ, FILE_READ = "procedures.draft.read", "procedures.file.read"


def opened(*, consent: Consent, office: Office, by: User) -> None:
    """To be called before anything is shown: once in a sitting it is written down that `by` opens it at `office`. Raises Refused."""
    if consent.purpose == SUPPLEMENT and consent.dossier is not None:
        looking.look(dossier=consent.dossier, by=by, reason=looking.SUPPLEMENT)
        return

    def job() -> None:
        if not consent.looks.filter(title="", at__gt=ids.now() - SITTING).exists():
            _record(READ, consent, office, by)

    group_commit(job)


def file_opened(*, consent: Consent, attachment: Attachment, office: Office, by: User) -> None:
    """Each opening of a file, besides."""
    title = (attachment.title or attachment.name)[:200]
    if consent.purpose == SUPPLEMENT and consent.dossier is not None:
        looking.note_file(dossier=consent.dossier, by=by, title=title, reason=looking.SUPPLEMENT)
        return
    group_commit(lambda: _record(FILE_READ, consent, office, by, title))


def _record(verb: str, consent: Consent, office: Office, by: User, title: str = "") -> None:
    case = str(consent.draft or consent.dossier_id)
    entry = append(
        verb=verb, subject=case, office=office.code, by=by.username, purpose=f"{Role.CASEWORKER.value}:{ASSISTED}", case=case
    )  # fmt: skip
    DraftLook.objects.create(consent=consent, at=ids.now(), title=title, entry=entry.pk)
