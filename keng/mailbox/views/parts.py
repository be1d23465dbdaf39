"""`POST /b/<slug>/parts`: one sealed part (section 6)."""

from http import HTTPStatus

from django.http import HttpRequest, HttpResponse

from keng.mailbox import bodies, proof
from keng.mailbox.bodies import BODY_MOST
from keng.mailbox.envelope import read_body
from keng.mailbox.services import accept
from keng.mailbox.views.json_answers import answer, posted


@posted
def take_part(request: HttpRequest, slug: str) -> HttpResponse:
    """Shapes: 201, 200 `{"index", "digest"}`; every refusal `{"error", "message", …}`. Nothing of the request but the body is looked at."""
    length = bodies.length_of(request, most=BODY_MOST)
    with bodies.place_for(length):
        line, sealed = read_body(bodies.read(request, length))
        proof.check(slug=slug, line=line, digest=sealed.digest)
        accepted = accept(slug=slug, line=line, sealed=sealed, spent=sealed.digest in proof.spent)
    if accepted.created:
        proof.demand.count(slug)
        proof.spent.add(hour=line.hour, digest=sealed.digest)
    status = HTTPStatus.CREATED if accepted.created else HTTPStatus.OK
    return answer({"index": accepted.index, "digest": accepted.digest}, status)
