"""The eight sample procedures that come with Kẻng, each marked as a sample to be checked against the official list."""

from datetime import date
from pathlib import Path

from django.db import transaction
from django.utils.translation import gettext as _

from keng.accounts.models import Role, User
from keng.accounts.permissions import appointments
from keng.ledger.services import append
from keng.procedures.catalogue import incoming, json_in
from keng.procedures.catalogue.keeping import must_keep
from keng.procedures.forms import samples
from keng.procedures.models import Form, Procedure
from keng.procedures.scope import of_province

SAMPLES = Path(__file__).with_name("samples")
FROM = date(2025, 7, 1)  # when local government got its two levels


class NobodyToPublish(Exception):
    """There is no administrator of the province in whose name to publish, or several."""


def catalogue() -> incoming.Catalogue:
    """All samples as one catalogue."""
    whole = incoming.Catalogue()
    for path in sorted(SAMPLES.glob("*.json")):
        one = json_in.read(path.read_bytes())
        whole.fields += one.fields
        whole.life_events += one.life_events
        whole.procedures += one.procedures
        whole.errors += [(f"{path.name}: {where}", says) for where, says in one.errors]
    return whole


@transaction.atomic
def load_procedures(*, by: User) -> list[str]:
    """Publishes the samples that are not in the catalogue yet; returns their codes. What is there stays, edited or not.

    Their forms come with them, where there is none of that name. Raises NotAllowed.
    """
    whole = catalogue()
    there = set(Procedure.objects.values_list("code", flat=True))
    whole.procedures = [one for one in whole.procedures if one.code not in there]
    _load_forms({one.frame["form"] for one in whole.procedures}, by)
    made = incoming.plan(whole, publish=True)
    if made.does_something:
        incoming.carry_out(made, by=by, publish_from=FROM, subject="samples")
    return [one.code for one in made.new]


def _load_forms(slugs: set[str], by: User) -> None:
    """Publishes the sample forms of these names that are not there yet."""
    office = must_keep(by)
    for slug in sorted(slugs - set(Form.objects.values_list("slug", flat=True))):
        samples.load_one(slug, by)
        append(verb="procedures.form.published", subject=slug, office=office, by=by.username, purpose="1")


def only_administrator() -> User:
    """The one active administrator of the province's own offices. Raises NobodyToPublish."""
    found = [
        user
        for user in User.objects.filter(is_active=True, appointments__role=Role.ADMINISTRATOR).distinct()
        if appointments(user).filter(role=Role.ADMINISTRATOR, office__in=of_province()).exists()
    ]
    if len(found) != 1:
        raise NobodyToPublish(_("Nói ai công bố: thêm --by và tên đăng nhập của một quản trị cấp tỉnh."))
    return found[0]
