"""Drawings of life events and fields: outlines in a square of 24, by the name that `LifeEvent.icon` or a slug begins with."""

PAPER = "M6 2h8l4 4v16H6zM14 2v4h4M9 11h6M9 15h6M9 19h3"
ICONS = {
    "baby": "M12 3a4 4 0 1 0 .1 0M9 12h6l3 4-2 2v3H8v-3l-2-2zM11 6.500h.1M13 6.500h.1",
    "rings": "M9 9a6 6 0 1 0 .1 0M15 9a6 6 0 1 0 .1 0M7 5l2 3 2-3z",
    "home": "M3 11 12 4l9 7M5 10v11h14V10M10 21v-6h4v6",
    "move": "M3 6h11v11H3zM14 10h4l3 3v4h-7M7 17a2 2 0 1 0 .1 0M17 17a2 2 0 1 0 .1 0",
    "road": "M8 3 4 21M16 3l4 18M12 4v3M12 11v3M12 18v3",
    "id": "M2 5h20v14H2zM8 8.500a2 2 0 1 0 .1 0M5 16c0-4 6-4 6 0M14 10h5M14 14h5",
    "candle": "M10 10h4v11h-4zM12 10V8M12 2c3 3 1.500 5 0 5s-3-2 0-5M7 21h10",
    "elder": "M11 3a2.500 2.500 0 1 0 .1 0M8 21l1-6-1-5h6l2 4M13 15l1 6M18 12v9",
    "heart": "M12 20C5 15 3 12 3 9a4.500 4.500 0 0 1 9-1 4.500 4.500 0 0 1 9 1c0 3-2 6-9 11",
    "disability": "M10 3a1.500 1.500 0 1 0 .1 0M10 7v7h6l3 6M10 10h5M8 11a5.500 5.500 0 1 0 6 8",
    "money": "M2 6h20v12H2zM12 9a3 3 0 1 0 .1 0M5.500 12h.1M18.500 12h.1",
    "land": "M3 20h18M5 20V9l5 3V9l5 3V6h4v14M9 16h2M14 16h2",
    "work": "M3 8h18v12H3zM9 8V5h6v3M3 13h18",
    "school": "M2 9l10-5 10 5-10 5zM6 11v5c3 3 9 3 12 0v-5M22 9v6",
    "car": "M3 16v-4l2-5h14l2 5v4zM6 16v3M18 16v3M3 12h18",
    "globe": "M12 3a9 9 0 1 0 .1 0M3 12h18M12 3c-5 5-5 13 0 18M12 3c5 5 5 13 0 18",
    "stamp": "M9 3h6v4l-1 5h4v4H6v-4h4L9 7zM5 20h14",
    "people": "M8 5a3 3 0 1 0 .1 0M17 7a2.500 2.500 0 1 0 .1 0M2 20c0-8 12-8 12 0M16 13c4 0 6 2 6 6",
    "phone": "M7 2h10v20H7zM10 18.500h4",
}
# How people who keep the catalogue may call the same: the beginning of an event's icon or slug, in Vietnamese or English.
CALLED = {
    "baby": ("baby", "birth", "child", "sinh", "khai-sinh", "co-con", "em-be", "tre"),
    "rings": ("ring", "wedding", "marriage", "ket-hon", "cuoi"),
    "home": ("home", "house", "cu-tru", "nha", "residence", "xay"),
    "move": ("move", "moving", "truck", "chuyen", "tam-tru", "den-o"),
    "road": ("road", "travel", "di-vang", "tam-vang", "di-xa"),
    "id": ("id", "card", "can-cuoc", "giay-to-tuy-than"),
    "candle": ("candle", "death", "mat-nguoi", "nguoi-mat", "khai-tu", "qua-doi", "tang", "nguoi-than"),
    "elder": ("elder", "old", "cao-tuoi", "nguoi-gia", "gia", "huu"),
    "disability": ("disab", "wheelchair", "khuyet-tat"),
    "heart": ("heart", "hands", "care", "help", "tro-giup", "tro-cap", "bao-tro", "kho-khan", "y-te", "xa-hoi"),
    "money": ("money", "coin", "tien", "vay"),
    "land": ("land", "field", "dat"),
    "work": ("work", "job", "viec", "kinh-doanh", "lao-dong", "business"),
    "school": ("school", "hoc", "giao-duc"),
    "car": ("car", "xe", "vehicle", "giao-thong"),
    "globe": ("globe", "nuoc-ngoai", "xuat-canh", "passport", "foreign"),
    "stamp": ("stamp", "chung-thuc", "sao-y"),
    "people": ("people", "family", "gia-dinh", "ho-tich", "con-nuoi", "civil"),
    "phone": ("phone", "dinh-danh", "vneid", "online"),
}


def outline(*names: str) -> str:
    """The drawing of the first name that is known; a sheet of paper for none."""
    for name in filter(None, names):
        for icon, beginnings in CALLED.items():
            if name.startswith(beginnings):
                return ICONS[icon]
    return PAPER
