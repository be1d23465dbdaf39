"""What the warnings page tells: numbers to call and six plain pieces of advice, each with the outline of its picture in a square of 24."""

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


@dataclass(frozen=True)
class Number:
    number: str
    what: Promise


@dataclass(frozen=True)
class Advice:
    icon: str
    title: Promise
    text: Promise


NUMBERS = (
    Number("113", _("Công an: có kẻ xấu, có người bị hại")),
    Number("114", _("Cháy, nổ, cứu người mắc kẹt")),
    Number("115", _("Cấp cứu: người ốm nặng, bị thương")),
    Number("111", _("Trẻ em bị hại; người bị lừa bán")),
    Number("112", _("Tìm người bị nạn, bão lũ, lạc rừng")),
)
ADVICE = (
    Advice(
        "M5 3h4l2 5-3 2a12 12 0 0 0 6 6l2-3 5 2v4a2 2 0 0 1-2 2A17 17 0 0 1 3 5a2 2 0 0 1 2-2M15 3l6 6M21 3l-6 6",
        _("Người lạ gọi điện, xưng là Công an"),
        _("Công an thật không bắt chuyển tiền qua điện thoại. Bà con dập máy, rồi hỏi Công an xã."),
    ),
    Advice(
        "M3 20 9 8l4 7 3-5 5 10zM17 4h4M19 2l2 2-2 2",
        _("Rủ sang bên kia biên giới, việc nhẹ lương cao"),
        _("Nhiều người đã bị bán, bị nhốt, bị đòi tiền chuộc. Đừng đi theo. Báo ngay cho Biên phòng hoặc Công an."),
    ),
    Advice(
        "M7 2h10v20H7zM10 18h4M12 5v9M14.500 7h-4a1.200 1.200 0 0 0 0 2.500h3a1.200 1.200 0 0 1 0 2.500h-4",
        _("Vay tiền nhanh trên điện thoại"),
        _("Vay thì dễ, lãi thì nặng, cả nhà bị doạ nạt. Cần tiền, hãy hỏi cán bộ xã về vay vốn chính sách."),
    ),
    Advice(
        "M2 6h20v13H2zM2 10h20M6 15h4M15 14l4 3M19 14l-4 3",
        _("Thuê, mua tài khoản ngân hàng"),
        _("Kẻ gian dùng nó để lừa người khác, chủ tài khoản phải chịu tội. Đừng cho thuê, đừng bán, đừng cho mượn."),
    ),
    Advice(
        "M4 10h16v11H4zM8 10V7a4 4 0 0 1 8 0v3M8.500 15.500h.1M12 15.500h.1M15.500 15.500h.1",
        _("Hỏi mã OTP, mật khẩu"),
        _("Mã ấy là chìa khoá tiền của mình. Không đọc cho ai, dù họ xưng là ngân hàng hay Công an."),
    ),
    Advice(
        "M4 4h16v16H4zM8.500 8.500h.1M15.500 8.500h.1M12 12h.1M8.500 15.500h.1M15.500 15.500h.1",
        _("Đánh bạc, cá độ trên mạng"),
        _("Chơi là mất, và là phạm luật. Ai rủ chơi kiếm tiền đều muốn lấy tiền của bà con."),
    ),
)
