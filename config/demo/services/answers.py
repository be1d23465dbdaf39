"""What residents of the demo write into a form: something plausible for each kind of field, whatever the form asks."""

from collections.abc import Iterable
from datetime import timedelta
from random import Random
from typing import Any

from django.utils.timezone import localdate

from config.demo.province import VILLAGES
from config.demo.services.residents import Resident
from keng.core import ids
from keng.procedures import forms
from keng.procedures.forms import Field, Kind
from keng.procedures.models import FormVersion

NAMES = ("Lò Văn Thanh", "Quàng Thị Hương", "Cà Văn Minh", "Tòng Thị Nga", "Lường Văn Sơn")
LINES = ("Bản Noong Nhai", "Bản Na Lao", "Thôn Yên Trường", "Thôn Việt Yên", "Bản Hạ")
# What fits a line of this name; of any other, a place does.
SAID = {
    "name": NAMES,
    "child_name": NAMES,
    "holder": NAMES,
    "relation": ("con", "vợ", "chồng", "cháu", "em"),
    "citizenship": ("Việt Nam",),
    "birthplace_name": ("Trạm Y tế xã", "Bệnh viện Đa khoa tỉnh Điện Biên"),
    "child_hour": ("8 giờ 30", "21 giờ 15"),
    "job": ("Làm ruộng", "Đi làm thuê"),
    "bank": ("Ngân hàng Nông nghiệp và Phát triển nông thôn",),
    "reason": ("Đi làm ăn xa", "Đi chữa bệnh", "Về quê"),
    "reason_other": ("Chăm người ốm",),
    "group_other": ("Nhà nghèo, ông bà già yếu không còn làm được.",),
    "case_other": ("Về ở cùng anh chị em.",),
}
LONGER = "Gia đình chuyển về ở cùng bố mẹ để tiện đi làm và cho con đi học."


def fill(form: FormVersion, who: Resident, random: Random) -> dict[str, Any]:
    """Answers to all that the form asks: the resident's own where it asks for them."""
    answers: dict[str, Any] = {}
    for page in forms.pages(form):
        answers |= _fields(page.fields, who, random, answers, own=True)
    return forms.settled(form, answers)


def _fields(
    fields: Iterable[Field], who: Resident, random: Random, before: dict[str, Any], *, own: bool
) -> dict[str, Any]:
    answers: dict[str, Any] = {}
    for field in fields:
        if field.kind is Kind.FILE or (field.when and not field.when.met({**before, **answers})):
            continue
        if field.required or random.random() < 0.6:
            answers[field.name] = _one(field, who, random, own=own)
    return answers


def _one(field: Field, who: Resident, random: Random, *, own: bool) -> Any:
    if field.kind is Kind.GROUP:
        return _fields(field.fields, who, random, {}, own=False)
    if field.kind is Kind.ROWS:
        return [
            _fields(field.fields, who, random, {}, own=False) for _row in range(max(field.least, random.randint(1, 2)))
        ]
    if field.kind in (Kind.ONE, Kind.SEVERAL):
        chosen = random.choice(field.choices)[0]
        return [chosen] if field.kind is Kind.SEVERAL else chosen
    if field.kind in (Kind.YES_NO, Kind.PLEDGE):
        return True
    return _typed(field, who, random, own=own)


def _typed(field: Field, who: Resident, random: Random, *, own: bool) -> Any:
    mine = {"name": who.name, "born": who.born.isoformat(), "number": who.number, "phone": who.phone}
    if own and field.name in mine:
        return mine[field.name]
    if field.kind in (Kind.NUMBER, Kind.DECIMAL, Kind.MONEY):
        low = field.low or 1
        return min(field.most, low + random.randint(0, 9))
    if field.kind is Kind.DATE:
        days = {"past": -random.randint(30, 9000), "coming": random.randint(15, 60)}.get(
            field.dates, random.randint(-20, 20)
        )
        return (localdate(ids.now()) + timedelta(days=days)).isoformat()
    plain = {
        Kind.PERSONAL_ID: f"0110{random.randrange(10**8):08d}",
        Kind.PHONE: f"09{random.randrange(10**8):08d}",
        Kind.EMAIL: "gia.dinh@example.vn",
        Kind.LONG: LONGER,
    }
    if field.kind in plain:
        return plain[field.kind]
    if field.most <= 12:
        return "".join(random.choices("0123456789", k=field.most))
    return random.choice(SAID[field.name] if field.name in SAID else VILLAGES.get(who.commune, LINES))
