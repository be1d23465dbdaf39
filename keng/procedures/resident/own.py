"""What is a resident's own, at the level of e-identity with which they are here. Everything on their pages is found by these."""

from django.db.models import Max, QuerySet
from django.http import Http404

from keng.accounts.citizens.gates import CitizenRequest
from keng.accounts.models import Citizen
from keng.procedures.models import Attachment, Consent, DataRequest, Dossier, Draft, Message

RELATED = ("version__procedure", "office", "unit", "received_by", "form")


def dossiers(request: CitizenRequest) -> QuerySet[Dossier]:
    """Those that their level may see, newest first."""
    return of(request.citizen).filter(version__identity_level__lte=request.identity_level)


def of(citizen: Citizen) -> QuerySet[Dossier]:
    return Dossier.objects.filter(citizen=citizen, test=False).select_related(*RELATED).order_by("-submitted_at")


def level_of_all(citizen: Citizen) -> int:
    """The level of e-identity at which nothing of theirs is hidden: 1 or 2."""
    return of(citizen).order_by().aggregate(most=Max("version__identity_level"))["most"] or 1


def dossier(request: CitizenRequest, code: str) -> Dossier:
    """The resident's own dossier; 404 for anybody else's, as if it were not there."""
    found = of(request.citizen).filter(code=code).first()
    if found is None:
        raise Http404
    return found


def drafts(request: CitizenRequest) -> QuerySet[Draft]:
    """All that is begun in their name and that their level may see: by themselves, by an officer, or as an answer to a request for more."""
    begun = Draft.objects.filter(
        citizen=request.citizen, test=False, version__identity_level__lte=request.identity_level
    )
    return begun.select_related("version__procedure", "form", "unit", "office", "supplements").order_by(
        "-updated_at", "pk"
    )


def cases(request: CitizenRequest) -> list[str]:
    """Under which the ledger keeps looks at what their level may see: codes of dossiers, and ids of what an officer fills in for them."""
    filed = dossiers(request).values_list("code", "pk")
    level = request.identity_level
    begun = Consent.objects.filter(citizen=request.citizen, dossier=None, version__identity_level__lte=level)
    unfiled = begun.exclude(draft=None).values_list("draft", flat=True)
    return [str(case) for pair in filed for case in pair] + [str(draft) for draft in unfiled]


def consents(request: CitizenRequest) -> QuerySet[Consent]:
    """What they agreed to, newest first; not what is of a dossier or a procedure that their level may not see."""
    level = request.identity_level
    given = Consent.objects.filter(citizen=request.citizen).order_by("-given_at")
    return given.exclude(dossier__version__identity_level__gt=level).exclude(version__identity_level__gt=level)


def messages(request: CitizenRequest) -> QuerySet[Message]:
    """Of the dossiers that their level may see, and of none in particular; newest first."""
    citizen, level = request.citizen, request.identity_level
    hidden = Dossier.objects.filter(citizen=citizen, version__identity_level__gt=level)
    return Message.objects.filter(citizen=citizen).exclude(dossier__in=hidden).order_by("-at")


def requests(request: CitizenRequest) -> QuerySet[DataRequest]:
    """What they asked for about the dossiers that their level may see, newest first."""
    level = request.identity_level
    mine = DataRequest.objects.filter(citizen=request.citizen, dossier__version__identity_level__lte=level)
    return mine.select_related("dossier", "office").order_by("-filed_at")


def papers(request: CitizenRequest) -> QuerySet[Attachment]:
    """Files that they gave, and results that they were given; those that were only used again left out."""
    given = Attachment.objects.filter(citizen=request.citizen, dossier__in=dossiers(request), again=None)
    return given.select_related("dossier__version").order_by("-given_at")
