"""The log's files over the public face: as they are, immutable where they are, nothing else, no cookie."""

from urllib.parse import quote

import pytest
from django.conf import settings
from django.db import transaction

from keng.ledger.publication import latest, publish
from keng.ledger.services import append
from keng.ledger.verbs import verbs
from tests.conftest import FaceClient
from tests.ledger.log import folder

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _published() -> None:
    verbs.register("test.done", "đã làm (thử)")
    with transaction.atomic():
        for at in range(300):
            append(verb="test.done", subject=str(at))
    publish(force=True)


def test_every_published_file_is_served_as_it_is_and_as_what_it_is(public: FaceClient) -> None:
    found = folder()
    assert len(found) >= 8
    for path, content in found.items():
        answer = public.get(f"/ledger/{path}")
        assert answer.status_code == 200, path
        assert answer.content == content
        kind, keep = kind_of(path)
        assert answer.headers["Content-Type"] == kind
        assert answer.headers["Cache-Control"] == keep
        assert int(answer.headers["Content-Length"]) == len(content)
        assert "Set-Cookie" not in answer.headers
        assert "Vary" not in answer.headers
        assert "Last-Modified" not in answer.headers


def kind_of(path: str) -> tuple[str, str]:
    if path.startswith("tile/"):
        return "application/octet-stream", "public, max-age=31536000, immutable"
    return ("text/plain; charset=utf-8" if path.startswith("checkpoint") else "application/json"), "no-cache"


def test_r5_the_answer_is_the_same_with_an_officers_cookie(public: FaceClient) -> None:
    plain = public.get("/ledger/checkpoint")
    signed_in = public.get("/ledger/checkpoint", headers={"cookie": "session=x"})
    assert (plain.headers.items(), plain.content) == (signed_in.headers.items(), signed_in.content)


def test_who_has_a_file_already_is_told_so(public: FaceClient) -> None:
    answer = public.get("/ledger/checkpoint")
    again = public.get("/ledger/checkpoint", headers={"if-none-match": answer.headers["ETag"]})
    assert again.status_code == 304
    assert not again.content
    publish(force=True)
    newer = public.get("/ledger/checkpoint", headers={"if-none-match": answer.headers["ETag"]})
    assert newer.status_code == 200
    assert newer.headers["ETag"] != answer.headers["ETag"]


def test_only_reading_is_allowed(public: FaceClient) -> None:
    for path in ("checkpoint", "keys", "tile/0/000", f"checkpoints/{latest().size}", "days/2026-11"):
        assert public.head(f"/ledger/{path}").status_code in (200, 404)
        for method in (public.post, public.put, public.delete):
            assert method(f"/ledger/{path}").status_code == 405


@pytest.mark.parametrize(
    "path",
    [
        ".lock",
        ".new",
        "tile",
        "tile/",
        "tile/0",
        "tile/0/000/",
        "tile/0/999",
        "tile/0/x000",
        "tile/0/0000",
        "tile/0/000.p/",
        "tile/0/000.p/0",
        "tile/0/000.p/256",
        "tile/64/000",
        "tile/00/000",
        "tile/data/000",
        "tile/entries/000.p/3",
        "tile/0/../../checkpoint",
        "tile/0/%2e%2e/%2e%2e/checkpoint",
        "tile/entries/000\n",
        "tile/entries/٠٠٠",
        "tile/0/" + "x001/" * 60 + "000",
        "checkpoints/0",
        "checkpoints/",
        "checkpoints/../checkpoint",
        "checkpoints/99999999999999999999",
        "checkpoints/256\x00",
        "days/2026-1",
        "days/../keys",
        "keys/",
        "checkpoint/",
        "../ledger-keys",
        "a" * 5000,
    ],
)
def test_s3_whatever_else_is_asked_for_is_not_there(public: FaceClient, path: str) -> None:
    answer = public.get("/ledger/" + quote(path, safe="/%."))
    assert answer.status_code == 404, path
    assert "Set-Cookie" not in answer.headers


def test_before_the_first_publication_there_is_nothing(public: FaceClient) -> None:
    for path in ("checkpoint", "keys"):
        (settings.LEDGER_FOLDER / path).unlink()
        assert public.get(f"/ledger/{path}").status_code == 404
