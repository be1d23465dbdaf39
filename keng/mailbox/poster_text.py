"""What a poster says. Page 1 is for villagers, page 2 for the one who hangs it."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

WALL: dict[str, Promise] = {
    "heading": _("Báo tin · Dịch vụ công · Cảnh báo"),
    "scan_here": _("Giơ điện thoại, quét ô này"),
    "shared": _("Một mã dùng chung cho cả ba việc. Ai cũng quét được, không cần đăng nhập."),
    "code": _("Mã ngắn"),
    "step1": _("Quét mã"),
    "step1_how": _("Mở máy ảnh hoặc Zalo, giơ trước ô vuông."),
    "step2": _("Kể rồi gửi"),
    "step2_how": _("Gõ chữ, chụp ảnh hay nói. Không hỏi tên, chỉ cán bộ mở được tin."),
    "step3": _("Giữ mã 24 số"),
    "step3_how": _("Gửi xong, chép mã lại. Có mã mới đọc được trả lời."),
    "type_address": _("Không quét được? Gõ địa chỉ này, rồi gõ mã ngắn"),
    "danger": _("Nguy hiểm: gọi 113"),
    "card_hide": _("Chép mã 24 số ra chỗ khác rồi cất kín, đừng ghi lên thẻ này."),
}

HANGER: dict[str, Promise] = {
    "hanger": _("Dành cho người treo áp phích"),
    "hanger_why": _("Bà con chỉ dám quét khi không ai nhìn thấy. Treo đúng chỗ quan trọng hơn treo nhiều."),
    "before": _("Trước khi treo"),
    "where": _("Nên treo ở"),
    "where_not": _("Không treo ở"),
    "monthly": _("Mỗi tháng ghé xem một lần"),
    "hung": _("Đã treo ở"),
}

BEFORE: list[Promise] = [
    _("So mã ngắn trên áp phích với mã của hộp thư trong Kẻng, mục Hộp thư & áp phích. Khác một chữ cũng không treo."),
    _("Quét thử bằng điện thoại của mình. Trang mở ra phải ghi đúng tên cơ quan và không báo lỗi khoá."),
]
WHERE: list[Promise] = [
    _("Trạm y tế, trường học, chợ, nhà văn hoá bản, cửa hàng: nơi ai cũng có việc để đứng lại."),
    _("Ngang tầm mắt, đủ sáng, khô ráo; đứng cách một bước là quét được."),
]
WHERE_NOT: list[Promise] = [
    _("Trước camera, kể cả camera của nhà bên cạnh."),
    _("Cổng hoặc tường của đồn, công an, uỷ ban, hay chỗ từ đó nhìn ra thấy."),
]
# The picture beside each, and what to look for. False stickers are put over the code by those who want to read what villagers send.
CHECKS: list[tuple[str, Promise]] = [
    ("check-edge", _("Sờ quanh mã: có giấy hay tem dán đè, có mép bong không? Rách, mờ thì in tờ mới, mã vẫn như cũ.")),
    ("check-code", _("So đủ 12 ký tự của mã ngắn với mã trong Kẻng. Khác một chữ là giả.")),
    ("check-scan", _("Quét thử, chỉ bằng máy ảnh hoặc Zalo. Địa chỉ hiện ra phải đúng địa chỉ in trên áp phích.")),
    ("found", _("Thấy tem giả: chụp ảnh, gỡ cả tờ, báo ngay người giữ khoá. Đừng mở trang đó.")),
]
HUNG_COLUMNS: list[Promise] = [_("Nơi treo"), _("Ngày"), _("Người treo")]

DEMO = _("Bản dùng thử: khoá dùng thử, đừng gửi tin thật")
TRAINING = _("Hộp thư để tập: tin gửi vào đây không ai xử lý")
