"""A post at work for the ten errands of docs/using/officer.md and four of administrator.md and leader.md: an officer for each, and what
lies in the mailbox that day. Run inside a server's settings (`Server.python`); prints as JSON what the walks must know."""

import json
from datetime import timedelta
from decimal import Decimal

from django.utils import timezone

from config.demo import client
from config.demo.age import seal_with_passphrase
from config.demo.client import new_identity
from keng.accounts.models import Role, User
from keng.core.ids import this_hour
from keng.desk.mailbox.services import assess, move, open_report
from keng.desk.outcomes.services import record
from keng.desk.sharing.services import assign
from keng.mailbox.models import Thread
from tests.accounts.signing_in import give_phone
from tests.cast import PASSPHRASE, Cast, grant, user
from tests.desk.training.cast import training_box
from tests.e2e.desk.world import WHERE, Sent, World, no_work

# Beside the usual cast, whose Hoà is in her first week and whose Nam keeps the keys.
OFFICERS = {
    "su": "Sùng A Sử",
    "thu": "Lò Thị Thu",
    "pao": "Giàng A Páo",
    "chu": "Hạng A Chu",
    "mai": "Vàng Thị Mai",
    "tung": "Nguyễn Văn Tùng",
    "giong": "Mùa A Giống",
    "phong": "Cà Văn Phong",
    "hanh": "Lò Văn Hạnh",
    "say": "Vừ A Say",
}
REPORTS = {
    "morning": "Sáng sớm có hai người lạ dắt xe máy không biển số qua suối.",
    "hut": "Ông Phềnh cất thuốc phiện trong lán nương, tối nào cũng có người đến lấy.",
    "bike": "Xe máy Wave đỏ của nhà tôi mất đêm qua ở cạnh nhà văn hoá.",
    "bike-too": "Đêm qua thấy người dắt chiếc Wave đỏ xuống dốc, chắc là ăn trộm.",
    "joke-1": "Đùa thôi: có ma ở cầu treo.",
    "joke-2": "Đùa thôi: ma lại về cầu treo.",
    "joke-3": "Đùa thôi: con ma đi ngủ rồi.",
    "lorry": "Xe tải chở người đi trong đêm, bảo là đi làm bên kia biên giới.",
    "fence": "Ca này: có người cắt rào trâu nhà ông Dế.",
    "shop": "Ca này: quán cuối bản bán pháo nổ.",
    "field": "Việc dở: bãi ngô bị nhổ trộm ba đêm liền.",
    "wrong": "Bắt được người lấy trộm loa của bản.",
}


def colleagues(cast: Cast) -> dict[str, User]:
    """Officers of the post who can open its box; each of their keys is behind the same six words."""
    made = {}
    for login, name in OFFICERS.items():
        made[login] = user(login, name, (cast.post, Role.OFFICER))
        pair = new_identity()
        sealed = seal_with_passphrase(PASSPHRASE, f"{pair[0]}\n".encode())
        grant(cast.box, cast.keys, made[login], cast.nam, pair, sealed)
    return made


def above(cast: Cast) -> None:
    """A reader at the province's police, beside Dũng who keeps its box's key."""
    xuan = user("xuan", "Cà Thị Xuân", (cast.province_police, Role.OFFICER))
    pair = new_identity()
    grant(
        cast.police, cast.police_keys, xuan, cast.dung, pair, seal_with_passphrase(PASSPHRASE, f"{pair[0]}\n".encode())
    )


def opened(sent: Sent, by: User) -> Thread:
    return open_report(thread=sent.thread, by=by)


def begun(sent: Sent, by: User) -> Thread:
    """In this officer's hands and being verified."""
    thread = opened(sent, by)
    assign(threads=[thread], to=by, by=by)
    thread.refresh_from_db()
    return move(thread=thread, to="verifying", version=thread.version, by=by)


def done_wrongly(sent: Sent, by: User) -> None:
    """Done with, but with two arrests counted where there was one."""
    thread = begun(sent, by)
    assess(
        thread=thread, category="theft", value="valuable", reason="new_fact", complex=False, extended=False, version=thread.version, by=by
    )  # fmt: skip
    record(thread=thread, kind="arrest", quantity=Decimal(2), unit="person", day=timezone.localdate(), by=by)
    thread.refresh_from_db()
    move(thread=thread, to="acted_on", version=thread.version, by=by)


def build() -> None:
    client.solve = no_work
    world = World(Cast())
    cast = world.cast
    _ = cast.box, cast.minh, cast.quan, cast.lan
    training_box(cast)
    officers = colleagues(cast)
    above(cast)
    reports = {name: world.report(text, **WHERE) for name, text in REPORTS.items()}
    tonight = timezone.localtime().replace(hour=23, minute=0, second=0, microsecond=0)
    # The others not even tomorrow: midnight may pass while the errands are walked.
    Thread.objects.update(open_due=tonight + timedelta(days=3))
    Thread.objects.filter(key=reports["morning"].reporter.keys.thread).update(open_due=tonight)
    for name in ("fence", "shop"):
        begun(reports[name], officers["giong"])
    begun(reports["field"], officers["hanh"])
    done_wrongly(reports["wrong"], cast.nam)
    officers["xuan"] = User.objects.get(username="xuan")
    phones = world.people() | {login: give_phone(one) for login, one in officers.items()}
    known = {
        "phones": phones,
        "passphrase": PASSPHRASE,
        "code": cast.keys.root.fingerprint[:12],
        "threads": {name: sent.reporter.keys.thread for name, sent in reports.items()},
        "receipts": {name: sent.reporter.receipt for name, sent in reports.items()},
        "sheets": [cast.police_keys.sheet_a, cast.police_keys.sheet_b],
        "hour": this_hour().isoformat(),
    }
    print(json.dumps(known))  # noqa: T201 - this is how the walks hear of it


if __name__ == "__main__":
    build()
