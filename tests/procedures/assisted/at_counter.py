"""Mrs Sua at the counter: what Thu types from her card, and how far Thu gets with it."""

import html
import re
from typing import Any

from keng.procedures.models import Draft
from tests.conftest import FaceClient

PERSON = "/dossiers/new/person/?procedure=1.004194"
SUA = {
    "number": "011150000456", "name": "Giàng Thị Sua", "born": "1950-02-03", "phone": "", "channel": "counter", "office": "pvhcc-thanh-yen",
    "agreed": "on", "how": "spoken",
}  # fmt: skip


def begin(client: FaceClient, **changes: str) -> Any:
    return client.post(PERSON, {**SUA, **changes})


def fill(client: FaceClient, address: str = "Bản Noong Hẹt") -> Draft:
    """Begins and fills in the form's one page."""
    begin(client)
    draft = Draft.objects.get()
    page = client.get(f"/dossiers/new/{draft.pk}/1/")
    answer = client.post(f"/dossiers/new/{draft.pk}/1/", {"address": address, "_seen": page.context["seen"]})
    assert answer["Location"] == f"/dossiers/new/{draft.pk}/review/"
    return draft


def plain_text(answer: Any) -> str:
    """What a page says, its marks left out."""
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", answer.content.decode())).split())
