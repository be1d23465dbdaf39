"""Who files and who decides, for tests of procedures: of the usual cast (`tests.cast`), and besides.

`thu` takes in at Thanh Yên's service centre, `khoa` decides residence at its police, `lam` takes in at Quảng Lâm's (whom every view must
refuse), `minh` leads the province, `quan` keeps the catalogue. `an` has e-identity of level 2; `ba_sua` has no phone.
"""

from datetime import date
from functools import cached_property

from keng.accounts.models import Citizen, Identity, Role, User
from keng.core.ids import now
from keng.procedures.models import Field, Form, FormVersion, Procedure, ProcedureVersion
from keng.units.models import Office, OfficeKind
from tests.cast import FOUNDED, Cast, office, user

ISSUER = "https://dinh-danh.example"
STEPS = [
    {"title": "Kiểm tra, tiếp nhận", "text": "", "office": "service_centre", "hours": 4},
    {"title": "Thẩm tra, cập nhật", "text": "", "office": "", "hours": 16},
    {"title": "Ký, trả kết quả", "text": "", "office": "", "hours": 4},
]


class Province(Cast):
    """The usual cast, with the offices, the residents and one procedure (temporary residence, three working days, e-identity level 2)."""

    @cached_property
    def committee(self) -> Office:
        return office("ubnd-thanh-yen", "Uỷ ban nhân dân xã Thanh Yên", "peoples_committee", self.thanh_yen)

    @cached_property
    def centre(self) -> Office:
        name = "Trung tâm Phục vụ hành chính công xã Thanh Yên"
        return office("pvhcc-thanh-yen", name, "service_centre", self.thanh_yen, above=self.committee)

    @cached_property
    def other_centre(self) -> Office:
        name = "Trung tâm Phục vụ hành chính công xã Quảng Lâm"
        return office("pvhcc-quang-lam", name, "service_centre", self.quang_lam)

    @cached_property
    def thu(self) -> User:
        return user("thu", "Lò Thị Thu", (self.centre, Role.CASEWORKER))

    @cached_property
    def khoa(self) -> User:
        return user("khoa", "Cà Văn Khoa", (self.neighbour, Role.CASEWORKER))

    @cached_property
    def lam(self) -> User:
        return user("lam", "Vừ A Lâm", (self.other_centre, Role.CASEWORKER))

    @cached_property
    def an(self) -> Citizen:
        made = citizen("011090000123", "Quàng Văn An", born=date(1990, 5, 4))
        Identity.objects.create(citizen=made, issuer=ISSUER, subject="an", level=2, used_on=date(2026, 1, 5))
        return made

    @cached_property
    def ba_sua(self) -> Citizen:
        return citizen("011150000456", "Giàng Thị Sua", born=date(1950, 2, 3), source="pvhcc-thanh-yen")

    @cached_property
    def form(self) -> FormVersion:
        """One page: where one will live, until when. Published."""
        form = Form.objects.create(slug="tam-tru", title="Đăng ký tạm trú")
        schema = {
            "$schema": "https://json-schema.org/draft/2020-12/schema",
            "type": "object",
            "required": ["address"],
            "properties": {"address": {"type": "string", "title": "Địa chỉ tạm trú", "minLength": 1, "maxLength": 200}},
        }
        display = {"pages": [{"title": "Nơi tạm trú", "fields": ["address"]}]}
        return FormVersion.objects.create(
            form=form, number=1, schema=schema, display=display, published_at=now(), published_by=self.quan
        )

    @cached_property
    def version(self) -> ProcedureVersion:
        """`1.004194`, in force since the founding, decided by the commune's police."""
        field = Field.objects.get_or_create(slug="cu-tru", defaults={"name": "Cư trú"})[0]
        procedure = Procedure.objects.create(code="1.004194", field=field, form=self.form.form)
        return ProcedureVersion.objects.create(
            procedure=procedure, number=1, name="Đăng ký tạm trú", search_key="dang ky tam tru", agency="Công an xã",
            competent=OfficeKind.COMMUNE_POLICE, steps=STEPS, amount=3, result="Thông báo kết quả đăng ký tạm trú",
            online="full", form=self.form, valid_from=FOUNDED, published_at=now(), published_by=self.quan,
        )  # fmt: skip


def citizen(number: str, name: str, *, born: date | None = None, source: str = ISSUER) -> Citizen:
    return Citizen.objects.create(number=number, name=name, born=born, source=source, confirmed_on=date(2026, 1, 5))
