"""The post's box for training, with real keys, which `hoa` and `nam` can open."""

from config.demo.client import BoxKeys
from keng.mailbox.models import Box
from tests.cast import Cast, grant, open_box

SLUG = "tap-na-co-sa"


def training_box(cast: Cast) -> tuple[Box, BoxKeys]:
    """Its statement names the police's box, as somebody might have signed it by mistake."""
    _ = cast.box
    keys = BoxKeys(SLUG)
    box = open_box(SLUG, cast.post, keys, forward=[("ca-dien-bien", cast.police_keys.root.fingerprint)])
    box.training = True
    box.save(update_fields=["training"])
    for officer in (cast.nam, cast.hoa):
        grant(box, keys, officer, cast.nam, cast.pairs[officer.username])
    return box, keys
