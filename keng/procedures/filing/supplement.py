"""The resident's own page on which they answer the one request for more."""

from django.http import HttpResponseBase
from django.views.decorators.http import require_http_methods

from keng.accounts.citizens.gates import CitizenRequest, signed_in_citizen, step_up
from keng.procedures.filing import drafts
from keng.procedures.filing.answering import Answer
from keng.procedures.filing.pages import go
from keng.procedures.filing.views import MY, own_dossier, sent
from keng.procedures.models import Draft, State, Supplement


@signed_in_citizen()
@require_http_methods(["GET", "HEAD", "POST"])
def supplement(request: CitizenRequest, dossier: str) -> HttpResponseBase:
    mine = own_dossier(request, dossier)
    if higher := step_up(request, mine.version.identity_level):
        return higher
    asked = Supplement.objects.filter(dossier=mine, answered_at=None).first()
    if asked is None or mine.state != State.WAITING:
        return go(sent(mine))
    draft = drafts.open_draft(draft=drafts.answering(dossier=mine).pk, citizen=mine.citizen)
    try:
        return Answer(request, mine, asked, draft, MY, sent(mine)).respond()
    except Draft.DoesNotExist:  # sent by another window while a file was looked at
        return go(sent(mine))
