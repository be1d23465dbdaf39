"""What a receipt's holder is shown of the thread (section 7). Reading writes nothing, and nothing tells who did what."""

import base64
from hashlib import sha256
from http import HTTPStatus
from typing import Any

from keng.mailbox.errors import Refused
from keng.mailbox.log import log_of
from keng.mailbox.models import Box, KeyStatement, Part, Thread
from keng.mailbox.services.parts import NO_THREAD


def look_up(token: bytes) -> dict[str, Any]:
    """The thread of this token, as JSON. Raises Refused (`no_thread`) alike for unknown, deleted and wrong tokens.

    Alike in time too (R7): for each of them it is one look into an index that finds nothing.
    """
    key = sha256(token).hexdigest()
    thread = Thread.objects.select_related("holder", "box").filter(key=key).first()
    if thread is None:
        raise Refused("no_thread", HTTPStatus.NOT_FOUND, NO_THREAD)
    sent = dict(thread.parts.filter(direction=Part.Direction.REPORTER).order_by("index").values_list("index", "digest"))
    following = max(sent, default=-1) + 1
    return {
        "state": thread.state,
        "kind": thread.box.kind,
        "erase_on": thread.erase_on and thread.erase_on.isoformat(),
        "box": {"slug": thread.holder.slug, "title": thread.holder.title},
        "pin": thread.pin,
        "pin_mac": thread.pin_mac,
        "sent": [sent.get(index) for index in range(following)],
        "next": following,
        "answers": _answers(thread),
        "keys": {box.slug: signed for box in {thread.holder, thread.box} if (signed := key_statement(box))},
        "log": log_of(thread=key, first=sent.get(0)),
    }


def _answers(thread: Thread) -> list[dict[str, Any]]:
    found = thread.parts.filter(direction=Part.Direction.OFFICER).order_by("index")
    return [
        {
            "index": part.index,
            "digest": part.digest,
            "sealed": base64.b64encode(bytes(part.header) + bytes(part.payload)).decode(),
        }
        for part in found
    ]


def key_statement(box: Box) -> dict[str, str] | None:
    """The box's newest key statement as it travels; None before the first."""
    newest = KeyStatement.objects.filter(box=box).order_by("-seq").first()
    if newest is None:
        return None
    return {"statement": newest.text, "signature": newest.signature, "root": box.root}
