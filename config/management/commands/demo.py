"""`manage.py demo`: makes the demo once; each time prints how to walk about in it."""

import shlex
import time
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser, OutputWrapper
from django.utils import timezone

from config.demo import residents, world
from config.demo.people import Person

FIRST_BOX = "na-co-sa"


def codes_command() -> str:
    """The line to type in another terminal, in the folder of the code, for the present codes of this demo."""
    elsewhere = "" if settings.VAR == settings.BASE_DIR / "var" else f"KENG_VAR={shlex.quote(str(settings.VAR))} "
    return f"KENG_DEMO=1 {elsewhere}.venv/bin/python manage.py demo --codes"


class Progress:
    """Says on the terminal how far the making is, at each twentieth, and from the second one on for how long it will go on."""

    STEPS = 20

    def __init__(self, out: OutputWrapper) -> None:
        self.out, self.said, self.began = out, 0, 0.0

    def tell(self, done: int, whole: int) -> None:
        if not whole:
            self._say("Đang lập bản dùng thử, chỉ lần đầu, mất vài phút. Dừng giữa chừng được: lần sau lập lại từ đầu.")
            return
        if not done:
            self.began = time.monotonic()
        step = done * self.STEPS // whole
        if step == self.said:
            return
        self.said = step
        left = (time.monotonic() - self.began) * (whole - done) / done
        self._say(f"  {100 * step // self.STEPS:3} %{self._how_long(left) if step > 1 else ''}")

    def _say(self, line: str) -> None:
        self.out.write(line, str)  # no error, so not in red
        self.out.flush()

    @staticmethod
    def _how_long(seconds: float) -> str:
        return f", còn khoảng {round(seconds / 60)} phút" if seconds >= 90 else f", còn khoảng {round(seconds)} giây"


class Command(BaseCommand):
    help = "Lập bản dùng thử ở Điện Biên và Lai Châu, rồi in địa chỉ, tài khoản, mã và cụm từ mở khoá."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--codes", action="store_true", help="chỉ in mã đăng nhập lúc này")
        parser.add_argument("--dossiers", type=int, help="khoảng bao nhiêu hồ sơ thủ tục hành chính; bỏ trống là đủ")

    def handle(self, *args: Any, **options: Any) -> None:
        if not settings.DEMO:
            raise CommandError("Bản dùng thử chỉ chạy với KENG_DEMO=1.")
        try:
            progress = Progress(self.stderr)
            demo, made = world.load_or_make(now=timezone.now(), dossiers=options["dossiers"], tell=progress.tell)
        except world.NotHere as refused:
            raise CommandError(str(refused)) from refused
        except KeyboardInterrupt:
            raise CommandError("Đã dừng: chưa lập gì. Chạy lại thì lập từ đầu.", returncode=130) from None
        if options["codes"]:
            for person in demo.people:
                self.stdout.write(f"{person.login:<6} {world.code_now(person.totp)}")
            return
        self.stdout.write("Đã lập bản dùng thử." if made else "Bản dùng thử đã có sẵn.")
        parts = (self._addresses(demo), self._people(demo), self._residents(), self._receipts(demo))
        for line in (line for part in parts for line in (*part, "")):
            self.stdout.write(line)

    def _addresses(self, demo: world.Demo) -> list[str]:
        desk = f"http://{settings.FACE_HOSTS['desk'][0]}:{settings.PORT}/"
        code = demo.fingerprints[FIRST_BOX][:12]
        rows = [
            ("Trang chủ của bà con", f"{settings.PUBLIC_ORIGIN}/"),
            ("Hộp thư, như quét áp phích", f"{settings.PUBLIC_ORIGIN}/b/{FIRST_BOX}#{demo.fingerprints[FIRST_BOX]}"),
            (
                "Hộp thư, gõ địa chỉ",
                f"{settings.PUBLIC_ORIGIN}/b/{FIRST_BOX}   mã ngắn {code[:4]} {code[4:8]} {code[8:]}",
            ),
            ("Xem trả lời", f"{settings.PUBLIC_ORIGIN}/r"),
            ("Sổ công khai", f"{settings.PUBLIC_ORIGIN}/ledger"),
            ("Số liệu đã công bố", f"{settings.PUBLIC_ORIGIN}/figures/mailbox"),
            ("Tìm thủ tục", f"{settings.PUBLIC_ORIGIN}/services"),
            ("Trang của công dân", f"http://{settings.FACE_HOSTS['my'][0]}:{settings.PORT}/"),
            ("Bàn làm việc của cán bộ", desk),
            ("Áp phích", f"{desk}boxes/{FIRST_BOX}/poster.pdf"),
            ("Tờ khoá giấy A và B", str(world.folder() / "sheets")),
        ]
        return ["", *(f"  {what:<28}{where}" for what, where in rows)]

    def _people(self, demo: world.Demo) -> list[str]:
        lines = [
            "Cán bộ (mã đổi sau mỗi 30 giây: nạp khoá mã vào ứng dụng xác thực, hoặc xem mã lúc này bằng lệnh dưới đây)",
            f"  {codes_command()}",
        ]
        for person in sorted(demo.people, key=lambda person: not person.passphrase):
            lines += ["", *self._person(person)]
        return lines

    def _person(self, person: Person) -> list[str]:
        rows = [
            ("mật khẩu", person.password),
            ("mã lúc này", f"{world.code_now(person.totp)}   khoá mã {person.totp}"),
            *([("cụm từ mở khoá", person.passphrase)] if person.passphrase else []),
        ]
        return [
            f"  {person.login:<6}{person.name}, {person.does}",
            *(f"        {what:<16}{value}" for what, value in rows),
        ]

    def _residents(self) -> list[str]:
        """Who signs in on the citizens' face: no password, the stand-in of e-identity asks only who one is."""
        rows = residents.everybody()
        lines = [
            f"Công dân (ở trang của công dân, chọn đăng nhập rồi bấm tên; {settings.IDENTITY_ISSUER} đóng vai hệ thống định danh)"
        ]
        return [*lines, *(f"  {who.sub:<8}{who.name}, định danh mức {who.level}" for who in rows)]

    def _receipts(self, demo: world.Demo) -> list[str]:
        lines = [f"Mã của vài tin, để thử ở {settings.PUBLIC_ORIGIN}/r"]
        for receipt, about in demo.receipts:
            groups = " ".join(receipt[start : start + 4] for start in range(0, 24, 4))
            lines.append(f"  {groups}   {about}")
        return lines
