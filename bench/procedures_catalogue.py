"""A catalogue of any size up to 6,000 procedures, always the same one: names as they are posted, alike enough to be taken for each other.

`fill(count, by=)` puts them into the database in bulk, the samples that come with the house among them; other benches call it.
"""

import random
from collections.abc import Iterator
from pathlib import Path
from typing import Any

MOST = 6000
SEED = 1193


def _fields() -> Iterator[tuple[str, str, str, tuple[str, ...]]]:
    """Field of administration, its slug, whose it is, what is acted on."""
    for block in Path(__file__).with_suffix(".txt").read_text().split("\n\n"):
        first, *things = block.strip().splitlines()
        name, slug, office = first.split(" | ")
        yield name, slug, office, tuple(thing.strip() for thing in things)


FIELDS = tuple(_fields())
VERBS = ("Đăng ký", "Cấp", "Cấp lại", "Cấp đổi", "Gia hạn", "Điều chỉnh", "Thu hồi", "Xóa", "Xác nhận", "Công nhận", "Đính chính",
         "Khai báo", "Thông báo", "Đề nghị hỗ trợ", "Chấm dứt", "Tạm ngừng", "Thẩm định", "Phê duyệt")  # fmt: skip
FOR = (
    "", "cho người chưa thành niên", "cho người cao tuổi", "cho hộ gia đình", "cho cá nhân", "cho tổ chức", "cho hộ nghèo",
    "cho người khuyết tật", "có yếu tố nước ngoài", "tại khu vực biên giới", "do thay đổi thông tin", "do bị mất, hư hỏng",
    "theo yêu cầu của Tòa án", "lưu động tại bản", "đối với cơ sở mới thành lập", "đối với trường hợp chuyển tiếp",
    "thuộc thẩm quyền cấp tỉnh", "trong thời hạn 30 ngày",
)  # fmt: skip
WORDS = {"commune_police": "Công an cấp xã", "peoples_committee": "Ủy ban nhân dân cấp xã", "border_post": "Đồn Biên phòng",
         "province_police": "Công an tỉnh", "inspectorate": "Thanh tra tỉnh"}  # fmt: skip


def names() -> Iterator[tuple[int, str]]:
    """(index of the field, name) of every procedure that can be made, each once, in an order that mixes the fields."""
    every = [
        (index, " ".join(part for part in (verb, thing, case) if part))
        for index, (_name, _slug, _office, things) in enumerate(FIELDS)
        for verb in VERBS
        for thing in things
        for case in FOR
    ]
    random.Random(SEED).shuffle(every)
    yield from every


def contents(count: int) -> Iterator[tuple[str, int, dict[str, Any]]]:
    """(code, index of the field, published sections) of `count` procedures, the same every time."""
    chance = random.Random(SEED)
    for number, (index, name) in zip(range(count), names(), strict=False):
        field, _slug, office, things = FIELDS[index]
        yield f"2.{number + 100_000:06d}", index, _content(name, field, office, things, chance)


def _content(name: str, field: str, office: str, things: tuple[str, ...], chance: random.Random) -> dict[str, Any]:
    days = chance.choice((1, 2, 3, 5, 7, 10, 15, 20, 30))
    lower = name[0].lower() + name[1:]
    return {
        "name": name,
        "level": "province" if office.startswith(("province", "inspectorate")) else "commune",
        "competent": office,
        "agency": WORDS[office],
        "applicants": chance.choice(("Cá nhân", "Cá nhân, hộ gia đình", "Cá nhân, tổ chức", "Tổ chức")),
        "amount": days,
        "time_note": "Kể từ ngày nhận đủ hồ sơ hợp lệ.",
        "result": f"Kết quả giải quyết thủ tục {lower}"[:300],
        "conditions": "Hồ sơ đầy đủ, hợp lệ theo quy định.",
        "online": chance.choice(("full", "full", "partial", "none")),
        "ways": [{"way": way, "note": ""} for way in chance.choice((("online", "counter"), ("counter", "post"), ("counter",)))],
        "steps": [
            {"title": "Kiểm tra, tiếp nhận hồ sơ", "text": "", "office": "service_centre", "hours": 4},
            {"title": "Thẩm định, xử lý", "text": f"Xem xét hồ sơ {lower}.", "office": "", "hours": max(2, days * 7 - 6)},
            {"title": "Ký, trả kết quả", "text": "", "office": "", "hours": 2},
        ],
        "costs": [{"kind": chance.choice(("fee", "charge")), "amount": chance.choice((5000, 8000, 15000, 50000)), "note": ""}]
        if chance.random() < 0.4
        else [],
        "documents": [{"title": f"Tờ khai {lower}"[:500], "original": 1, "copy": 0, "note": "", "field": ""}]
        + [
            {"title": f"Giấy tờ liên quan đến {thing}", "original": 0, "copy": 1, "note": "", "field": ""}
            for thing in chance.sample(things, k=min(len(things), chance.randint(1, 3)))
        ],
        "bases": [_basis(field, chance)],
        "papers": [{"title": f"Tờ khai {lower}"[:300], "number": f"Mẫu {chance.randint(1, 30):02d}"}],
    }  # fmt: skip


def _basis(field: str, chance: random.Random) -> dict[str, str]:
    number = f"{chance.randint(1, 180)}/2025/NĐ-CP"
    return {"title": f"Nghị định về {field.lower()}", "number": number, "date": "2025-06-11", "issuer": "Chính phủ"}


def fill(count: int = MOST, *, by: Any) -> int:
    """Publishes procedures until there are `count`, the eight samples among them, in the name of the user `by`; returns how many are new.

    6,000 take a few seconds. `by` is an administrator of the province: the samples go through the catalogue's own services.
    """
    from django.db import transaction
    from django.utils import timezone

    from keng.core.text import fold
    from keng.procedures.catalogue.load import FROM, load_procedures
    from keng.procedures.models import Field, Procedure, ProcedureVersion

    with transaction.atomic():
        load_procedures(by=by)
        fields = [
            Field.objects.get_or_create(slug=slug, defaults={"name": name, "order": order})[0]
            for order, (name, slug, _office, _things) in enumerate(FIELDS, 10)
        ]
        there = set(Procedure.objects.values_list("code", flat=True))
        new = [row for row in contents(max(0, min(count, MOST) - 8)) if row[0] not in there]
        made = Procedure.objects.bulk_create(
            [Procedure(code=code, field=fields[index]) for code, index, _content in new],
            batch_size=500,
        )
        now = timezone.now()
        ProcedureVersion.objects.bulk_create(
            [
                ProcedureVersion(
                    procedure=procedure, number=1, search_key=fold(content["name"])[:300], valid_from=FROM, published_at=now,
                    published_by=by, sample=True, **content,
                )
                for procedure, (_code, _index, content) in zip(made, new, strict=True)
            ],
            batch_size=500,
        )  # fmt: skip
    return len(new)
