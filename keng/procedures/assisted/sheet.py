"""The sheet that a person signs who agrees in writing to what an officer types for them: empty, for it is signed before that.

The signed paper stays with the office; what is kept here is who saw it signed, and when (`Consent.witness`, `given_at`).
"""

from django.http import HttpResponse
from django.utils import translation
from django.utils.functional import Promise

from keng.accounts.models import User
from keng.core.pdf import pdf
from keng.procedures.models import ProcedureVersion
from keng.procedures.slips import wording
from keng.procedures.slips.kinds import PRINT
from keng.units.letterhead import heading
from keng.units.models import Office

TEMPLATE = PRINT / "consent.typ"


def served(
    title: str, sentence: Promise, version: ProcedureVersion, *, office: Office, witness: User, dossier: str = ""
) -> HttpResponse:
    """One page as PDF, in Vietnamese for every reader: `sentence` is what is read aloud; `dossier` the code, where there is one already."""
    with translation.override("vi"):
        said = str(sentence)
    what_for = wording.what_for(version, version.procedure.code)
    values = {
        **heading(office),
        "title": title,
        "what_for": f"{what_for}, hồ sơ {dossier}" if dossier else what_for,
        "blanks": ["Họ và tên", "Số định danh cá nhân", "Ngày sinh"],
        "sentence": said,
        "signatures": [
            ("Người đồng ý", "(Ký hoặc điểm chỉ, ghi rõ họ tên)", ""),
            ("Cán bộ nhận", "(Ký, ghi rõ họ tên)", witness.name),
        ],
        "foot": "Giấy này lưu ở đơn vị cùng hồ sơ. Muốn rút lại sự đồng ý: nói với cán bộ, hoặc bấm trên trang của mình.",
    }
    answer = HttpResponse(pdf(TEMPLATE, values), content_type="application/pdf")
    answer["Content-Disposition"] = f'inline; filename="dong-y-{dossier or version.procedure.code}.pdf"'
    return answer
