"""The files of the public log under `/ledger/`: read from the folder as they are, with no database behind them.

nginx may serve the tiles itself (docs/operating/nginx.conf); what it would answer is answered here too.
"""

from hashlib import sha256

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.utils.cache import get_conditional_response
from django.views.decorators.http import require_safe

from keng.ledger import files

TEXT, JSON, BYTES = "text/plain; charset=utf-8", "application/json", "application/octet-stream"
FOR_EVER = "public, max-age=31536000, immutable"
ASK_AGAIN = "no-cache"


@require_safe
def checkpoint(request: HttpRequest) -> HttpResponseBase:
    """The newest note, with its cosignatures."""
    return _file(request, "checkpoint", TEXT, ASK_AGAIN)


@require_safe
def checkpoint_of(request: HttpRequest, size: str) -> HttpResponseBase:
    """An older note; cosignatures may still come."""
    return _file(request, f"checkpoints/{size}", TEXT, ASK_AGAIN)


@require_safe
def tile(request: HttpRequest, path: str) -> HttpResponseBase:
    return _file(request, f"tile/{path}", BYTES, FOR_EVER)


@require_safe
def days(request: HttpRequest, month: str) -> HttpResponseBase:
    return _file(request, f"days/{month}", JSON, ASK_AGAIN)


@require_safe
def keys(request: HttpRequest) -> HttpResponseBase:
    return _file(request, "keys", JSON, ASK_AGAIN)


def _file(request: HttpRequest, path: str, kind: str, keep: str) -> HttpResponseBase:
    """`path` has passed the patterns of `keng.ledger.urls`, and leads nowhere else."""
    try:
        content = files.read(path)
    except OSError:
        raise Http404(path) from None
    etag = f'"{sha256(content).hexdigest()[:32]}"'
    response = HttpResponse(content, content_type=kind, headers={"ETag": etag, "Cache-Control": keep})
    return get_conditional_response(request, etag=etag, response=response) or response
