"""`POST /r/thread` and `/r/delete`: what became of a report, for whoever has the token (section 7)."""

from django.http import HttpRequest, HttpResponse

from keng.mailbox import bodies
from keng.mailbox.envelope import read_object, read_token
from keng.mailbox.returning import look_up
from keng.mailbox.services import delete
from keng.mailbox.views.json_answers import answer, posted

BODY_MOST = 4096


@posted
def show_thread(request: HttpRequest) -> HttpResponse:
    """Shapes: 200 with the thread; 404 `no_thread` alike for unknown, deleted and wrong (R7). Writes nothing (R9)."""
    return answer(look_up(_token(request)))


@posted
def delete_thread(request: HttpRequest) -> HttpResponse:
    """Shapes: 200 `{"erase_on"}`, null when it was erased at once; 404 `no_thread`."""
    day = delete(token=_token(request))
    return answer({"erase_on": None if day is None else day.isoformat()})


def _token(request: HttpRequest) -> bytes:
    body = bodies.read(request, bodies.length_of(request, most=BODY_MOST))
    return read_token(read_object(bytes(body)).get("token"))
