"""Provinces, communes, villages and offices."""

from django.apps import AppConfig

from keng.ledger.verbs import verbs

VERBS = {
    "units.loaded": "nạp danh mục tỉnh, xã",
    "units.unit.founded": "lập đơn vị hành chính",
    "units.unit.renamed": "đổi tên đơn vị hành chính",
    "units.unit.kind_changed": "đổi loại đơn vị hành chính",
    "units.unit.merged": "nhập đơn vị hành chính",
    "units.unit.split": "tách đơn vị hành chính",
    "units.village.added": "thêm bản",
    "units.village.renamed": "sửa tên bản",
    "units.village.ended": "bỏ bản",
    "units.villages.imported": "nhập danh sách bản",
    "units.office.added": "thêm cơ quan",
    "units.office.changed": "sửa cơ quan",
    "units.office.ended": "kết thúc cơ quan",
    "units.coverage.added": "giao địa bàn",
    "units.coverage.ended": "thôi giao địa bàn",
}


class UnitsApp(AppConfig):
    name = "keng.units"
    label = "units"

    def ready(self) -> None:
        for verb, says in VERBS.items():
            verbs.register(verb, says)
