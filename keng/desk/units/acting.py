"""How the pages under /units/ call a service: in whose name, and what becomes of a refusal."""

from typing import Any

from django.forms import Form
from django.http import HttpRequest

from keng.accounts.permissions import offices
from keng.desk.units.scope import PERM
from keng.units.names import Refused


def by(request: HttpRequest) -> dict[str, str]:
    """Who acts, as the ledger keeps it: the login, and an office that makes them an administrator."""
    office = offices(request.user, PERM).filter(appointments__user=request.user.pk).order_by("code").first()
    return {"by": request.user.get_username(), "office": office.code if office else ""}


def done(form: Form, service: Any, **what: Any) -> bool:
    """Runs a service; what it refuses becomes an error of the form."""
    try:
        service(**what)
    except Refused as error:
        form.add_error(None, str(error))
        return False
    return True
