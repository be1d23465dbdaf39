"""The keys that a box has had: each recipient with the statement that named it last, and what an officer's browser is told of them."""

import base64
import json
from collections.abc import Iterable, Sequence
from itertools import groupby

from keng.desk.models import Grant
from keng.mailbox.models import Box, KeyStatement


def generations(box: Box) -> dict[str, KeyStatement]:
    """By recipient, the newest first, the newest statement that names it. Sorted here, so that a prefetch serves every box of a list."""
    found: dict[str, KeyStatement] = {}
    for statement in sorted(box.statements.all(), key=lambda statement: -statement.seq):
        recipient = _recipient(statement)
        if recipient:
            found.setdefault(recipient, statement)
    return found


def _recipient(statement: KeyStatement) -> str:
    """What the text says; it was checked when it was stored, and may have been altered since."""
    try:
        return str(json.loads(statement.text)["recipient"])
    except (ValueError, TypeError, KeyError, RecursionError):
        return ""


def signed(statement: KeyStatement, box: Box) -> dict[str, str]:
    """As it travels: under the root that signed it, which may not be the box's of today."""
    return {"statement": statement.text, "signature": statement.signature, "root": statement.root or box.root}


def signed_json(box: Box) -> dict[str, str] | None:
    """The newest statement as it travels."""
    newest = max(box.statements.all(), key=lambda statement: statement.seq, default=None)
    return None if newest is None else signed(newest, box)


def grants_json(grants: Iterable[Grant]) -> list[dict[str, object]]:
    """One object a box, with all its identities that these grants of one officer hold. With `box__statements` prefetched, no query."""
    by_box = sorted(grants, key=lambda grant: grant.box_id)
    return [_of_box(list(held)) for _box, held in groupby(by_box, key=lambda grant: grant.box_id)]


def _of_box(held: Sequence[Grant]) -> dict[str, object]:
    box = held[0].box
    known = generations(box)
    order = list(known)
    newest, *older = sorted(held, key=lambda g: order.index(g.recipient) if g.recipient in known else len(order))
    return {
        "box": box.slug,
        "title": box.title,
        **_identity(newest, known),
        "older": [_identity(grant, known) for grant in older],
        "missing": newest.recipient != box.recipient,
        "demo_keys": box.demo_keys,
    }


def _identity(grant: Grant, known: dict[str, KeyStatement]) -> dict[str, object]:
    statement = known.get(grant.recipient)
    return {
        "sealed_box_identity": base64.b64encode(grant.sealed_box_identity).decode(),
        "statement": statement and signed(statement, grant.box),
    }
