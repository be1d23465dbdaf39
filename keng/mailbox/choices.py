"""What the reporter's page asks with: its heading, the choices of what happened and of when, by the kind of box."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy

from keng.mailbox.models import Box

HEADINGS = {
    Box.Kind.CRIME: gettext_lazy("Báo tin kín"),
    Box.Kind.DEMOCRACY: gettext_lazy("Góp ý kín"),
    Box.Kind.COMPLAINT: gettext_lazy("Phản ánh kín"),
}
OTHER = ("other", gettext_lazy("Chuyện khác"), "M4 12h2M11 12h2M18 12h2")
LAND = ("land", gettext_lazy("Đất đai, nương rẫy"), "M3 19h18M5 19c2-6 4-9 7-9s5 3 7 9M12 10V4M9 6l3-2 3 2")
PAPER = "M6 3h9l4 4v14H6zM9 12h7M9 16h5"
# What may have happened (protocol, section 4), each with the outline of its picture in a square of 24.
CHOICES: dict[str, tuple[tuple[str, str | Promise, str], ...]] = {
    Box.Kind.CRIME: (
        ("theft", gettext_lazy("Trộm cắp"), "M4 10h16v10H4zM8 10V7a4 4 0 0 1 8 0M15 13l-6 5"),
        ("drugs", gettext_lazy("Ma tuý"), "M6.500 9h11a3.500 3.500 0 0 1 0 7h-11a3.500 3.500 0 0 1 0-7zM12 9v7"),
        (
            "trafficking",
            gettext_lazy("Lừa bán người"),
            "M5 8a3 3 0 1 0 6 0a3 3 0 1 0-6 0M15 9a2 2 0 1 0 5 0a2 2 0 1 0-5 0M3 20c0-4 2-6 5-6s5 2 5 6M14 20c0-3 1-5 3-5s4 2 4 5",
        ),
        ("fraud", gettext_lazy("Lừa tiền"), "M7 2h10v20H7zM10 7h4M12 7v6M10 17h4"),
        ("border", gettext_lazy("Vượt biên"), "M3 20 9 8l4 7 3-5 5 10zM17 4v4M15 6h4"),
        ("violence", gettext_lazy("Bạo lực"), "M7 21v-6l-3-3V7h3V5h3V4h3v1h3v2h3v7l-3 3v4zM10 5v5M13 5v5M16 7v4"),
        OTHER,
    ),
    Box.Kind.DEMOCRACY: (
        ("roads", gettext_lazy("Đường sá, cầu"), "M7 21 10 3h4l3 18M12 7v2M12 12v2M12 17v2"),
        ("water", gettext_lazy("Nước, điện"), "M12 3c4 5 6 8 6 11a6 6 0 0 1-12 0c0-3 2-6 6-11z"),
        LAND,
        ("school", gettext_lazy("Trường học"), "M3 10 12 5l9 5-9 5zM7 12v5c3 2 7 2 10 0v-5"),
        ("health", gettext_lazy("Y tế"), "M9 4h6v5h5v6h-5v5H9v-5H4V9h5z"),
        ("welfare", gettext_lazy("Trợ cấp, chính sách"), "M4 12h16v8H4zM4 12l2-5h12l2 5M12 7v13"),
        ("environment", gettext_lazy("Rác, môi trường"), "M5 7h14M9 7V4h6v3M7 7l1 14h8l1-14"),
        ("slow_papers", gettext_lazy("Giấy tờ, thủ tục"), PAPER),
        OTHER,
    ),
    Box.Kind.COMPLAINT: (
        (
            "corruption",
            gettext_lazy("Đòi tiền, nhận tiền"),
            "M3 7h18v10H3zM9.500 12a2.500 2.500 0 1 0 5 0a2.500 2.500 0 1 0-5 0",
        ),
        ("behaviour", gettext_lazy("Thái độ, cư xử"), "M4 5h16v11h-9l-5 4v-4H4z"),
        ("slow_papers", gettext_lazy("Chậm giấy tờ"), PAPER),
        ("abuse", gettext_lazy("Lạm quyền, làm sai"), "M12 3v18M5 7h14M5 7l-3 7h6zM19 7l-3 7h6zM8 21h8"),
        ("funds", gettext_lazy("Thu chi không rõ"), "M5 20V10M12 20V4M19 20v-7"),
        LAND,
        OTHER,
    ),
}
TIMES = (
    ("now", gettext_lazy("Đang xảy ra")),
    ("today", gettext_lazy("Hôm nay")),
    ("days", gettext_lazy("Mấy hôm trước")),
    ("soon", gettext_lazy("Sắp tới")),
    ("unknown", gettext_lazy("Không rõ")),
)
