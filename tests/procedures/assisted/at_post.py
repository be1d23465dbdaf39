"""A draft that the post's caseworker fills in for a person, its step, and a paper in it: for the test of every address (O2)."""

from collections.abc import Iterator

from keng.accounts.models import Role, User
from keng.core import at_rest, ids
from keng.procedures.filing import drafts, files
from keng.procedures.models import Draft, Field, Form, FormVersion, Procedure, ProcedureVersion
from keng.units.models import OfficeKind
from tests.cast import FOUNDED, Cast, user
from tests.procedures.cast import STEPS, citizen
from tests.procedures.filing import made


def named(cast: Cast) -> Iterator[tuple[str, str]]:
    draft = begun(cast)
    paper = files.store(upload=made.upload(made.pdf()), citizen=draft.citizen, draft=draft, field="contract")
    yield "draft", str(draft.pk)
    yield "step", "1"
    yield "paper", str(paper.pk)


def begun(cast: Cast) -> Draft:
    at_rest.ensure()
    sua = citizen("011150000456", "Giàng Thị Sua", source=cast.post.code)
    return drafts.start(
        version=posted(cast),
        citizen=sua,
        unit=cast.quang_lam,
        filed_by=caseworker(cast),
        office=cast.post,
        channel="counter",
        agreed="spoken",
    )


def posted(cast: Cast) -> ProcedureVersion:
    """A procedure of the post's, with a form of one page."""
    field = Field.objects.get_or_create(slug="cu-tru", defaults={"name": "Cư trú"})[0]
    form = Form.objects.create(slug="vung-bien", title="Vào vùng biên")
    schema = {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "type": "object",
        "required": ["address"],
        "properties": {
            "address": {"type": "string", "title": "Nơi đến", "minLength": 1, "maxLength": 200},
            "contract": {"type": "integer", "format": "files", "title": "Giấy tờ", "minimum": 0, "maximum": 1},
        },
    }
    display = {"pages": [{"title": "Nơi đến", "fields": ["address", "contract"]}]}
    asked = FormVersion.objects.create(
        form=form, number=1, schema=schema, display=display, published_at=ids.now(), published_by=cast.quan
    )
    procedure = Procedure.objects.create(code="1.000002", field=field, form=form)
    return ProcedureVersion.objects.create(
        procedure=procedure, number=1, name="Vào vùng biên", search_key="vao vung bien", agency="Đồn Biên phòng",
        competent=OfficeKind.BORDER_POST, steps=STEPS, amount=3, result="Giấy phép", valid_from=FOUNDED, form=asked,
        published_at=ids.now(), published_by=cast.quan,
    )  # fmt: skip


def caseworker(cast: Cast) -> User:
    """The one whose drafts are theirs alone."""
    there = User.objects.filter(username="caseworker-own").first()
    return there or user("caseworker-own", "Ai Đó", (cast.post, Role.CASEWORKER))
