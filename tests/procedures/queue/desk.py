"""The cast of procedures with what a queue needs: dossiers in any number and state, a colleague, a resident whose data are markers."""

import io
from datetime import datetime, timedelta
from functools import cached_property
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image

from keng.accounts.models import Citizen, Role, User
from keng.core import ids
from keng.procedures.dossiers import services
from keng.procedures.filing import files
from keng.procedures.models import Attachment, Channel, Dossier, Draft, State
from keng.units.models import Office
from tests.cast import user
from tests.procedures.cast import Province, citizen

NUMBER, NAME, PHONE, STREET = "011090777333", "Mùa Thị Đánh Dấu", "0911222777", "Bản Dấu Hiệu 77"
MARKERS = (NUMBER, NAME, PHONE, STREET)


class Desk(Province):
    @cached_property
    def ly(self) -> User:
        """Thu's colleague at the centre."""
        return user("ly", "Lường Văn Lý", (self.centre, Role.CASEWORKER))

    @cached_property
    def marked(self) -> Citizen:
        """A resident of whom each datum can be searched for in an answer."""
        made = citizen(NUMBER, NAME)
        made.phone = PHONE
        made.save()
        return made

    def filed(self, who: Citizen | None = None) -> Dossier:
        """As the resident files it, with one picture; at Thu's centre, nobody's yet."""
        draft = Draft.objects.create(
            citizen=who or self.marked,
            version=self.version,
            form=self.version.form,
            unit=self.thanh_yen,
            answers={"address": STREET},
        )
        files.store(upload=picture(), citizen=draft.citizen, draft=draft, title="Giấy thuê nhà")
        return services.submit(draft=draft, by=None)

    def accepted(self, by: User | None = None) -> Dossier:
        return services.accept(dossier=self.filed(), by=by or self.thu)

    def paper(self, dossier: Dossier) -> Attachment:
        return dossier.attachments.get(result=False)

    def row(self, number: int, *, office: Office | None = None, due: datetime | None = None, **more: Any) -> Dossier:
        """A dossier straight into the table, due in `number` hours."""
        due = due or ids.now() + timedelta(hours=number)
        state = more.pop("state", State.PROCESSING)
        step_due, begun = more.pop("step_due", due), ids.now() - timedelta(days=4)
        more.setdefault("accepted_at", begun if state != State.SUBMITTED else None)
        more.setdefault("due", due if state != State.SUBMITTED else None)
        return Dossier.objects.create(
            code=more.pop("code", f"03349-261122-{number % 10_000:04}"), citizen=self.an, procedure=self.version.procedure,
            version=self.version, form=self.version.form, unit=self.thanh_yen, office=office or self.centre,
            channel=more.pop("channel", Channel.ONLINE), state=state, step_due=step_due, submitted_at=begun,
            answers={"address": "Bản Noong Vai"}, **more,
        )  # fmt: skip


def picture(name: str = "giay.jpg") -> SimpleUploadedFile:
    out = io.BytesIO()
    Image.new("RGB", (40, 30), "#8a5a00").save(out, "JPEG")
    return SimpleUploadedFile(name, out.getvalue(), content_type="image/jpeg")
