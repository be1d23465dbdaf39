"""Where posters hang, and what is to be done when a box has another root. Comes last: after it the demo's posters are no longer good."""

from tools.pictures.walk import BOX, Walk

OTHER_ROOT = f"""
from config.demo.client import BoxKeys
from keng.mailbox.models import Box
Box.objects.filter(slug="{BOX}").update(root=BoxKeys("{BOX}").statement()["root"])
"""


def look_after(walk: Walk) -> None:
    quan = walk.officer("quan", f"/boxes/{BOX}/hangings/")
    walk.keep(quan, "hangings")
    quan.goto(f"{walk.server.desk}/people/digest/")
    walk.keep(quan, "digest", clip={"x": 0, "y": 0, "width": 1280, "height": 560})
    walk.server.python(f"import sys; sys.path.insert(0, '.')\n{OTHER_ROOT}")
    hoa = walk.officer("hoa", f"/boxes/{BOX}/hangings/?show=old")
    walk.keep(hoa, "replace")
