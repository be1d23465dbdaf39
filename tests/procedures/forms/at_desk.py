"""A form with a draft, for the tests of who may do what at which address."""

from collections.abc import Iterator

from keng.procedures.forms import editing
from keng.procedures.forms.writing import write
from keng.procedures.models import Form, FormVersion


def named() -> Iterator[tuple[str, str]]:
    """What an address of a form names, by the names that it has there."""
    schema, display = write(editing.first_pages())
    form = Form.objects.create(slug="don-xin-xac-nhan", title="Đơn xin xác nhận")
    FormVersion.objects.create(form=form, number=1, schema=schema, display=display)
    yield "form", form.slug
    yield "number", "1"
    yield "spot", "0.0"
