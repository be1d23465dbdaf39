"""Takes the pictures in docs/pictures/ anew, walking through a demo of its own as villager, officer, custodian and so on:

    .venv/bin/python -m tools.pictures

Needs what the tests need (make test installs it: Chromium, Playwright, Pillow). Some ten minutes. Nothing of it stays but the pictures.
"""

import json
import sys
import tempfile
from pathlib import Path

from playwright.sync_api import sync_playwright

from tests.e2e.log_stage import WatchedServer
from tests.e2e.server import Server
from tools.pictures import errands, keepers, keys, languages, log, officer, posters, services, villager
from tools.pictures.walk import ALL, CHROMIUM, FLAGS, FOLDER, LARGEST, Walk


def take(server: Server) -> list[str]:
    known = json.loads((server.var / "demo/logins.json").read_text())
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        walk = Walk(browser, server, known)
        villager.report(walk)
        villager.other_doors(walk)
        officer.read(walk)
        log.publish_and_sign(walk)
        villager.come_back(walk)
        log.prove(walk)
        errands.walk_all(walk)
        keepers.keep_keys(walk, keepers.first_day(walk, keepers.prepare_box(walk)))
        keepers.lead(walk)
        keys.all_of(walk)
        languages.speak(walk)
        posters.look_after(walk)
        services.serve_them(walk)
        log.bury(walk)
        browser.close()
    return walk.taken


def main() -> None:
    FOLDER.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        server = WatchedServer(Path(folder) / "var")
        server.run("tools/prepare.sh")
        server.witnesses = (log.found_witness(server),)
        server.manage("demo")
        server.start()
        try:
            taken = take(server)
        finally:
            server.stop()
    for old in FOLDER.glob("*.png"):
        if old.stem not in taken:
            old.unlink()
    sizes = {name: (FOLDER / f"{name}.png").stat().st_size for name in sorted(taken)}
    for name, size in sizes.items():
        print(f"{name:<16}{size // 1024:>5} KB")
    if sum(sizes.values()) > ALL or max(sizes.values()) > LARGEST:
        sys.exit("The pictures are too large.")


if __name__ == "__main__":
    main()
