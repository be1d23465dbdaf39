"""What a citizen's browser does at a hostile provider, and what Kẻng's one page of trouble must look like."""

from typing import Any

from keng.accounts.models import Citizen, Identity
from tests.accounts.citizens.hostile import PERSON, Hostile
from tests.accounts.citizens.providers import led_to
from tests.conftest import FaceClient

DOWN, GARBLED = "Hệ thống định danh chưa trả lời", "Câu trả lời của hệ thống định danh không đúng"
STALE = "không còn dùng được"


def leave(my: FaceClient, **form: str) -> str:
    return led_to(my.post("/oidc/begin", form))


def comes_back(my: FaceClient, hostile: Hostile, **more: str) -> Any:
    return my.get(hostile.answer_to(leave(my), **more))


def refused(answer: Any, sentence: str, caplog: Any = None) -> None:
    """One clear page, nobody signed in, nothing kept, nothing personal in the log."""
    page = answer.content.decode()
    assert sentence in page, page
    assert answer.status_code in (400, 403, 502, 503)
    assert "quầy" in page
    assert "Traceback" not in page
    assert not Citizen.objects.exists()
    assert not Identity.objects.exists()
    assert answer.wsgi_request.citizen is None
    if caplog is not None:
        said = " ".join(record.getMessage() for record in caplog.records if record.name.startswith("keng"))
        for marker in (*PERSON.values(), "c0de", "opens-userinfo", "127.0.0.1"):
            assert marker not in said
