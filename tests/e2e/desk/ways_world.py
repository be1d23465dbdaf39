"""The office of `world` with a mailbox for suggestions besides, for the tests of other ways in. Run inside the server's settings."""

import json

from config.demo import client
from config.demo.client import BoxKeys, Reporter
from keng.mailbox.models import Box
from tests.cast import PASSPHRASE, Cast, grant, open_box
from tests.e2e.desk.world import Sent, World, no_work

SUGGESTIONS = "gop-y-quang-lam"
ALLOWED = "Cầu treo bản Na Cô Sa 1 hỏng ba tháng nay, trẻ con đi học phải lội suối."
FORBIDDEN = "Xin xã xem lại danh sách hộ nghèo."


def suggest(keys: BoxKeys, text: str, **said: object) -> Sent:
    sent = Sent(Reporter(slug=keys.slug, recipient=keys.recipient, root=keys.root.fingerprint))
    sent.deliver(sent.reporter.first(text, what="roads", **said))
    return sent


def build() -> None:
    client.solve = no_work
    world = World(Cast())
    cast = world.cast
    _ = cast.box, cast.minh, cast.quan, cast.lan
    keys = BoxKeys(SUGGESTIONS)
    box = open_box(SUGGESTIONS, cast.post, keys)
    Box.objects.filter(pk=box.pk).update(kind=Box.Kind.DEMOCRACY, title="Góp ý xã Quảng Lâm")
    for officer in (cast.hoa, cast.nam):
        grant(box, keys, officer, cast.nam, cast.pairs[officer.username])
    reports = {
        "allowed": suggest(keys, ALLOWED, public=True),
        "forbidden": suggest(keys, FORBIDDEN),
        "theft": world.report("Nhà tôi mất trâu."),
    }
    known = {
        "phones": world.people(),
        "passphrase": PASSPHRASE,
        "identity": cast.keys.identity,
        "codes": {"na-co-sa": cast.keys.root.fingerprint[:12], SUGGESTIONS: keys.root.fingerprint[:12]},
        "threads": {name: sent.reporter.keys.thread for name, sent in reports.items()},
        "receipts": {name: sent.reporter.receipt for name, sent in reports.items()},
    }
    print(json.dumps(known))  # noqa: T201 - this is how the test hears of it
