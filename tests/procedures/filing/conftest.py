"""A province with a procedure whose form has two pages and files, and An's browser, signed in at level 2."""

from functools import cached_property
from typing import Any

import pytest

from keng.core.calendar.load import load_calendar
from keng.core.ids import now
from keng.procedures.filing import drafts, files
from keng.procedures.models import Draft, Form, FormVersion
from tests.conftest import FaceClient
from tests.procedures.cast import Province
from tests.procedures.citizens import as_citizen
from tests.procedures.filing import made

DISPLAY = {
    "pages": [
        {"title": "Nơi tạm trú", "fields": ["address", "owner"]},
        {"title": "Giấy tờ", "fields": ["contract", "photos"]},
    ]
}


class Filing(Province):
    """The usual province; its form asks where, who owns the house, for a contract (one file), for photographs (up to two, if any)."""

    @property
    def asked(self) -> dict[str, Any]:
        return {
            "$schema": "https://json-schema.org/draft/2020-12/schema",
            "type": "object",
            "required": ["address", "contract"],
            "properties": {
                "address": {"type": "string", "title": "Địa chỉ tạm trú", "minLength": 1, "maxLength": 200},
                "owner": {"type": "string", "title": "Chủ nhà", "maxLength": 100},
                "contract": {
                    "type": "integer",
                    "format": "files",
                    "title": "Hợp đồng thuê nhà",
                    "minimum": 1,
                    "maximum": 1,
                },
                "photos": {"type": "integer", "format": "files", "title": "Ảnh nhà", "minimum": 0, "maximum": 2},
            },
        }

    @cached_property
    def form(self) -> FormVersion:
        form = Form.objects.create(slug="tam-tru", title="Đăng ký tạm trú")
        return FormVersion.objects.create(
            form=form, number=1, schema=self.asked, display=DISPLAY, published_at=now(), published_by=self.quan
        )

    def draft(self) -> Draft:
        """An's, begun, with its commune."""
        return drafts.start(version=self.version, citizen=self.an, unit=self.thanh_yen)

    def filled(self) -> Draft:
        draft = self.draft()
        drafts.save(draft=draft, answers={"address": "Bản Noong Hẹt"}, seen=drafts.mark(draft, ["address"]), step=1)
        files.store(upload=made.upload(made.pdf(), "hop dong.pdf"), citizen=self.an, draft=draft, field="contract")
        return draft


@pytest.fixture
def cast(db: None) -> Filing:
    load_calendar()
    cast = Filing()
    for office in (cast.centre, cast.neighbour, cast.version):
        assert office.pk
    return cast


@pytest.fixture
def an(my: FaceClient, cast: Filing) -> FaceClient:
    return as_citizen(my, cast.an)  # type: ignore[no-any-return]
