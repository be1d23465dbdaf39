"""What a draft begins with: what e-identity or the card has told of its applicant already, so that nobody types it again."""

from keng.accounts.models import Citizen
from keng.procedures import forms
from keng.procedures.forms import Kind
from keng.procedures.models import FormVersion

# By the names that ready fields and samples have, each only where it is a field of that kind. Whoever files for a child writes over it.
KINDS = {"name": Kind.TEXT, "born": Kind.DATE, "number": Kind.PERSONAL_ID, "phone": Kind.PHONE}


# An officer who files for somebody has typed these, and is shown nothing else of what is known of the number (C2).
TYPED_AT_COUNTER = ("name", "number")


def known(citizen: Citizen | None, form: FormVersion | None, *, own: bool) -> dict[str, str]:
    """Answers by field, as a form keeps them (days as 2026-11-22), as far as known. `own`: the resident fills in."""
    if citizen is None or form is None:
        return {}
    told = {
        "name": citizen.name,
        "born": citizen.born.isoformat() if citizen.born else "",
        "number": citizen.number,
        "phone": citizen.phone,
    }
    asked = {field.name for page in forms.pages(form) for field in page.fields if KINDS.get(field.name) == field.kind}
    return {
        name: value for name, value in told.items() if value and name in asked and (own or name in TYPED_AT_COUNTER)
    }
