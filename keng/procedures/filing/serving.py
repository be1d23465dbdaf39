"""A resident's file on its way to a browser: as what it was found to be, never run, never kept. Who may have it, the caller knows."""

from urllib.parse import quote

from django.http import Http404, HttpResponse

from keng.procedures.filing import files
from keng.procedures.models import Attachment, AttachmentBytes

# Nothing in it may run, load or be framed, whatever a browser takes it for.
ALONE = (
    "default-src 'none'; img-src 'self' data:; style-src 'unsafe-inline'; sandbox; base-uri 'none'; form-action 'none'; "
    "frame-ancestors 'none'"
)


def response(attachment: Attachment) -> HttpResponse:
    """Pictures are shown, PDFs saved: a browser's own reader does not work in the sandbox.

    Raises at_rest.KeyLost, and Http404 where it was erased since it was found.
    """
    try:
        content = files.plain(attachment)
    except AttachmentBytes.DoesNotExist:
        raise Http404 from None
    answer = HttpResponse(content, content_type=attachment.kind)
    how = "inline" if attachment.kind.startswith("image/") else "attachment"
    answer["Content-Disposition"] = f"{how}; filename*=UTF-8''{quote(attachment.name, safe='')}"
    answer["X-Content-Type-Options"] = "nosniff"
    answer["Cache-Control"] = "no-store"
    answer["Content-Security-Policy"] = ALONE
    return answer
