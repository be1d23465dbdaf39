"""`manage.py first_administrator`: the first person of a new installation, and the first office; all others are added on the desk."""

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import transaction

from keng.accounts import people
from keng.units import offices
from keng.units.models import Office, OfficeKind, Unit
from keng.units.names import Refused as UnitRefused


class Command(BaseCommand):
    help = "Thêm quản trị đầu tiên của một đơn vị. / Adds an office's first administrator."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("username", help="tên đăng nhập / login, e.g. lo-van-nam")
        parser.add_argument("name", help="họ và tên / full name")
        parser.add_argument("--office", required=True, help="mã đơn vị / the office's code, e.g. ca-dien-bien")
        parser.add_argument(
            "--office-name",
            help="tên đơn vị, nếu chưa có thì lập / its name: the office is added if it is not there yet",
        )
        parser.add_argument(
            "--office-kind",
            default=OfficeKind.PROVINCE_POLICE,
            choices=OfficeKind.values,
            help="loại đơn vị khi lập / its kind, when it is added",
        )

    @transaction.atomic
    def handle(self, *, username: str, name: str, office: str, **options: Any) -> None:
        try:
            place = Office.objects.filter(code=office).first() or self.add_office(office, **options)
            user, password = people.add_first_administrator(username=username, name=name, office=place)
        except (people.Refused, UnitRefused) as error:
            raise CommandError(str(error)) from error
        self.stdout.write(
            f"{user.name}, quản trị của {place}. / administrator.\n"
            f"Tên đăng nhập / login:                    {user.username}\n"
            f"Mật khẩu dùng một lần / one-time password: {password}"
        )

    def add_office(self, code: str, *, office_name: str | None, office_kind: str, **_options: Any) -> Office:
        """The topmost office of the installation's province, which it covers whole."""
        if office_name is None:
            raise CommandError(
                f'Không có đơn vị {code}: thêm --office-name "…" để lập. / There is no office {code}: --office-name "…" adds it.'
            )
        province = Unit.objects.filter(code=settings.PROVINCE).first()
        if province is None:
            raise CommandError("Chưa có địa bàn: chạy manage.py load_units. / No units yet: run manage.py load_units.")
        details = offices.Details(name=office_name, kind=office_kind, above=None)
        return offices.add(code=code, details=details, covers=[province], by="")
