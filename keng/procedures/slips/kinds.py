"""The kinds of documents that dossiers issue, by the numbers of Circular 03/2025/TT-VPCP, annex."""

from pathlib import Path

import keng.procedures
from keng.signing.kinds import Kind, kinds

PRINT = Path(keng.procedures.__file__).parent / "print"
RECEIPT, SUPPLEMENT, REFUSAL, APOLOGY, STOP, RESULT = (
    "procedures.receipt",
    "procedures.supplement",
    "procedures.refusal",
    "procedures.apology",
    "procedures.stop",
    "procedures.result",
)
TITLES = {
    RECEIPT: "Giấy tiếp nhận hồ sơ và hẹn trả kết quả",
    SUPPLEMENT: "Phiếu yêu cầu bổ sung, hoàn thiện hồ sơ",
    REFUSAL: "Phiếu từ chối tiếp nhận, giải quyết hồ sơ",
    APOLOGY: "Phiếu xin lỗi và hẹn lại ngày trả kết quả",
    STOP: "Phiếu dừng giải quyết hồ sơ",
    RESULT: "Thông báo kết quả giải quyết thủ tục hành chính",
}


def register() -> None:
    for kind, title in TITLES.items():
        kinds.register(kind, Kind(title, PRINT / "slip.typ"))
