"""Drafts and dossiers as the services make them, and moments to make them at."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from unittest.mock import patch
from zoneinfo import ZoneInfo

from keng.accounts.models import Citizen, User
from keng.core import ids
from keng.ledger.models import Entry
from keng.procedures import consents
from keng.procedures.dossiers import services
from keng.procedures.models import Attachment, Channel, Dossier, Draft
from keng.units.models import Office, Unit
from tests.procedures.cast import Province

HERE = ZoneInfo("Asia/Ho_Chi_Minh")
ADDRESS = {"address": "Bản Noong Vai, xã Thanh Yên"}


@contextmanager
def at(text: str) -> Iterator[datetime]:
    """Everything inside happens at this local moment, "2026-11-23 08:00"."""
    moment = datetime.fromisoformat(text).replace(tzinfo=HERE)
    with patch.object(ids, "now", lambda: moment):
        yield moment


def draft(
    cast: Province,
    *,
    citizen: Citizen | None = None,
    unit: Unit | None = None,
    answers: dict[str, str] | None = None,
    to: Dossier | None = None,
) -> Draft:
    """An online one of An's, filled in; `to`: the dossier that asked for more."""
    return Draft.objects.create(
        citizen=citizen or cast.an,
        version=cast.version,
        form=cast.version.form,
        unit=unit or cast.thanh_yen,
        answers=answers or ADDRESS,
        supplements=to,
    )


def counter_draft(cast: Province, by: User, office: Office, unit: Unit | None = None) -> Draft:
    """One that an officer filled in for Mrs Sua at a counter, who agreed to it."""
    made = Draft.objects.create(
        citizen=cast.ba_sua, filed_by=by, office=office, channel=Channel.COUNTER, version=cast.version,
        form=cast.version.form, unit=unit or cast.thanh_yen, answers=ADDRESS,
    )  # fmt: skip
    consents.give(citizen=cast.ba_sua, purpose="assisted", dossier=None, draft=made, how="spoken", witness=by)
    return made


def paper(of: Draft | Dossier, citizen: Citizen, *, field: str = "", title: str = "Giấy thuê nhà") -> Attachment:
    """A file's row without bytes, where its bytes don't matter."""
    where = {"draft": of} if isinstance(of, Draft) else {"dossier": of}
    return Attachment.objects.create(
        citizen=citizen, field=field, title=title, name="giay.pdf", kind="application/pdf", size=9, sha256="0" * 64,
        **where,
    )  # fmt: skip


def submitted(cast: Province) -> Dossier:
    return services.submit(draft=draft(cast), by=None)


def accepted(cast: Province) -> Dossier:
    """Thu's, at the centre, its clock running."""
    return services.accept(dossier=submitted(cast), by=cast.thu)


def decided(cast: Province) -> Dossier:
    """Khoa's, at the police, in its last step but one."""
    return services.advance(dossier=accepted(cast), by=cast.thu, to=cast.khoa)


def entries(dossier: Dossier) -> list[str]:
    """The last words of the ledger's verbs about it, unordered within the hour: sorted."""
    verbs = Entry.objects.filter(case=dossier.code, verb__startswith="procedures.").values_list("verb", flat=True)
    return sorted(verb.removeprefix("procedures.dossier.") for verb in verbs)
