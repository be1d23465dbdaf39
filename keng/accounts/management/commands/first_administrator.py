"""`manage.py first_administrator`: the first person of a new installation; every other is added on the desk."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from keng.accounts import people
from keng.units.models import Office


class Command(BaseCommand):
    help = "Thêm quản trị đầu tiên của một đơn vị. / Adds an office's first administrator."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("username", help="tên đăng nhập / login, e.g. lo-van-nam")
        parser.add_argument("name", help="họ và tên / full name")
        parser.add_argument("--office", required=True, help="mã đơn vị / the office's code, e.g. ca-dien-bien")

    def handle(self, *, username: str, name: str, office: str, **options: Any) -> None:
        place = Office.objects.filter(code=office).first()
        if place is None:
            raise CommandError(f"Không có đơn vị {office}. / There is no office {office}.")
        try:
            user, password = people.add_first_administrator(username=username, name=name, office=place)
        except people.Refused as error:
            raise CommandError(str(error.sentence)) from error
        self.stdout.write(
            f"{user.name}, quản trị của {place}. / administrator.\n"
            f"Tên đăng nhập / login:                    {user.username}\n"
            f"Mật khẩu dùng một lần / one-time password: {password}"
        )
