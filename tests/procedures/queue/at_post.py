"""A dossier that lies at a border post, for the tests of who may do what at which address."""

from collections.abc import Iterator
from datetime import date, timedelta

from keng.core import ids
from keng.procedures.models import Attachment, DataRequest, Dossier, Field, Procedure, ProcedureVersion
from keng.procedures.queue import wall
from keng.signing.models import Document
from keng.units.models import OfficeKind
from tests.cast import FOUNDED, Cast
from tests.procedures.cast import STEPS, citizen


def named(cast: Cast) -> Iterator[tuple[str, str]]:
    """What an address of a dossier names, by the names that it has there."""
    dossier = at_post(cast)
    paper = Attachment.objects.create(
        dossier=dossier, citizen=dossier.citizen, name="giay.pdf", kind="application/pdf", size=9, sha256="0" * 64
    )
    slip = Document.objects.create(
        code="TESTTESTTESTTEST", kind="procedures.receipt", case=dossier.code, title="Giấy hẹn", office=cast.post.code
    )
    yield "dossier", dossier.code
    yield "procedure", dossier.procedure.code
    yield "section", "steps"
    yield "attachment", str(paper.pk)
    yield "document", str(slip.pk)
    yield "sign", wall.signer.sign(cast.post.code)
    yield "asked", str(asked(dossier).pk)


def asked(dossier: Dossier) -> DataRequest:
    """What its resident asks for."""
    assert dossier.citizen is not None
    return DataRequest.objects.create(
        citizen=dossier.citizen, dossier=dossier, office=dossier.office, kind="correction", text="Sửa địa chỉ.",
        answer_by=ids.now() + timedelta(days=2), act_by=ids.now() + timedelta(days=15),
    )  # fmt: skip


def at_post(cast: Cast) -> Dossier:
    """Nobody's yet."""
    field = Field.objects.get_or_create(slug="cu-tru", defaults={"name": "Cư trú"})[0]
    procedure = Procedure.objects.create(code="1.000001", field=field)
    version = ProcedureVersion.objects.create(
        procedure=procedure, number=1, name="Khai báo vùng biên", search_key="khai bao vung bien", agency="Đồn Biên phòng",
        competent=OfficeKind.BORDER_POST, steps=STEPS, amount=3, result="Giấy phép", valid_from=FOUNDED,
    )  # fmt: skip
    return Dossier.objects.create(
        code=f"03164-{date(2026, 11, 20):%y%m%d}-0001", citizen=citizen("011090000999", "Vàng A Pó"), procedure=procedure,
        version=version, unit=cast.quang_lam, office=cast.post, channel="online",
        step_due=ids.now() + timedelta(hours=4), answers={},
    )  # fmt: skip
