"""What every rendered page may know: whether this is the demo."""

from django.conf import settings
from django.http import HttpRequest


def keng(request: HttpRequest) -> dict[str, object]:
    return {"demo": settings.DEMO, "public_origin": settings.PUBLIC_ORIGIN}
