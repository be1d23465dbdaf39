"""The desk's front door: each role is taken to its first section; the register is a book to look things up in, not where a day begins."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET

from keng.accounts.context import shell
from keng.accounts.permissions import signed_in


@signed_in
@require_GET
def home(request: HttpRequest) -> HttpResponse:
    seen = shell(request)
    if seen and seen.sections:
        return redirect(next((one for one in seen.sections if one.name != "register"), seen.sections[0]).address)
    return render(request, "desk/no_role.html")
