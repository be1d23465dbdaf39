"""A post with a real box and one for training, for the browser test of the tour. Run inside a server's settings; prints what the test
must know as JSON."""

import json

from tests.cast import PASSPHRASE, Cast
from tests.desk.training.cast import SLUG, training_box
from tests.e2e.desk.world import World


def build() -> None:
    world = World(Cast())
    world.cast.box, world.cast.minh, world.cast.quan, world.cast.lan  # noqa: B018 - made when first asked for
    training_box(world.cast)
    print(json.dumps({"phones": world.people(), "passphrase": PASSPHRASE, "threads": {}, "box": SLUG}))  # noqa: T201


if __name__ == "__main__":
    build()
