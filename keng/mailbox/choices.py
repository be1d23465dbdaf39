"""What the reporter's page asks with: its heading, the choices of what happened and of when, by the kind of box."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy

from keng.mailbox.models import Box

HEADINGS = {
    Box.Kind.CRIME: gettext_lazy("Báo tin kín"),
    Box.Kind.DEMOCRACY: gettext_lazy("Góp ý kín"),
    Box.Kind.COMPLAINT: gettext_lazy("Phản ánh kín"),
}
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
        ("other", gettext_lazy("Chuyện khác"), "M4 12h2M11 12h2M18 12h2"),
    )
}
TIMES = (
    ("now", gettext_lazy("Đang xảy ra")),
    ("today", gettext_lazy("Hôm nay")),
    ("days", gettext_lazy("Mấy hôm trước")),
    ("soon", gettext_lazy("Sắp tới")),
    ("unknown", gettext_lazy("Không rõ")),
)
