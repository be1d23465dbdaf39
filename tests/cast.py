"""The cast, used in every test: short names, real keys.

`hoa` an officer of the Na Cô Sa post with a grant, `nam` its custodian, `lan` an officer of another commune (whom every view must
refuse), `minh` a leader of the province, `quan` the administrator. `box` is /b/na-co-sa, `police` the box of the province's police.
"""

from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property

from config.demo.client import BoxKeys, Reporter, new_identity, seal
from keng.accounts.models import Appointment, Role, User
from keng.core.ids import this_hour
from keng.desk.models import BoxSecret, Grant, OfficerKey
from keng.mailbox.models import Box, KeyStatement
from keng.units.models import Coverage, Office, Unit, Village

FOUNDED = date(2025, 7, 1)
PASSWORD = "mot con trau den 2026"
PASSPHRASE = "nuong ban suoi trang trau ruong"


def unit(code: str, name: str, kind: str = "xa", parent: Unit | None = None) -> Unit:
    return Unit.objects.get_or_create(
        code=code, defaults={"name": name, "kind": kind, "parent": parent, "valid_from": FOUNDED}
    )[0]


def office(code: str, name: str, kind: str, *covers: Unit, above: Office | None = None) -> Office:
    province = covers[0].parent or covers[0]
    made, new = Office.objects.get_or_create(
        code=code, defaults={"name": name, "kind": kind, "above": above, "province": province, "valid_from": FOUNDED}
    )
    if new:
        Coverage.objects.bulk_create(Coverage(office=made, unit=one, valid_from=FOUNDED) for one in covers)
    return made


def user(username: str, name: str, *roles: tuple[Office, str]) -> User:
    made = User(username=username, name=name, must_change_password=False)
    made.set_password(PASSWORD)
    made.save()
    Appointment.objects.bulk_create(
        Appointment(user=made, office=place, role=role, since=this_hour() - timedelta(days=30)) for place, role in roles
    )
    return made


def open_box(
    slug: str, place: Office, keys: BoxKeys, *, above: Box | None = None, forward: list[tuple[str, str]] | None = None
) -> Box:
    """A box with a valid statement, put straight into the database."""
    signed = keys.statement(forward=forward)
    today = this_hour().date()
    box = Box.objects.create(
        slug=slug, office=place, above=above, title=place.name, languages=["vi", "en"], root=signed["root"],
        recipient=keys.recipient, opened_on=today,
    )  # fmt: skip
    KeyStatement.objects.create(
        box=box,
        seq=1,
        text=signed["statement"],
        signature=signed["signature"],
        root=signed["root"],
        until=today + timedelta(days=365),
    )
    BoxSecret.objects.create(box=box, recovery=keys.recovery())
    return box


def grant(
    box: Box,
    keys: BoxKeys,
    to: User,
    by: User,
    pair: tuple[str, str],
    sealed_identity: bytes = b"age-encryption.org/v1\n",
) -> Grant:
    key, _new = OfficerKey.objects.get_or_create(
        user=to, defaults={"recipient": pair[1], "sealed_identity": sealed_identity}
    )
    sealed = seal(pair[1], keys.identity.encode())
    return Grant.objects.create(box=box, key=key, by=by, recipient=keys.recipient, sealed_box_identity=sealed)


@dataclass
class Cast:
    """Everybody and everything of the usual story, made when first asked for."""

    @cached_property
    def province(self) -> Unit:
        return unit("11", "Điện Biên", "tinh")

    @cached_property
    def quang_lam(self) -> Unit:
        made = unit("03164", "Quảng Lâm", parent=self.province)
        for name in ("Bản Na Cô Sa 1", "Bản Na Cô Sa 2"):
            Village.objects.get_or_create(unit=made, name=name, valid_from=FOUNDED, defaults={"search_key": ""})
        return made

    @cached_property
    def thanh_yen(self) -> Unit:
        return unit("03349", "Thanh Yên", parent=self.province)

    @cached_property
    def province_police(self) -> Office:
        return office("ca-dien-bien", "Công an tỉnh Điện Biên", "province_police", self.province)

    @cached_property
    def post(self) -> Office:
        return office(
            "bp-na-co-sa", "Đồn Biên phòng Na Cô Sa", "border_post", self.quang_lam, above=self.province_police
        )

    @cached_property
    def neighbour(self) -> Office:
        return office(
            "ca-thanh-yen", "Công an xã Thanh Yên", "commune_police", self.thanh_yen, above=self.province_police
        )

    @cached_property
    def hoa(self) -> User:
        return user("hoa", "Giàng A Hoà", (self.post, Role.OFFICER))

    @cached_property
    def nam(self) -> User:
        return user("nam", "Lò Văn Nam", (self.post, Role.CUSTODIAN))

    @cached_property
    def lan(self) -> User:
        return user("lan", "Quàng Thị Lan", (self.neighbour, Role.OFFICER))

    @cached_property
    def dung(self) -> User:
        """An officer of the province's police, with a grant on `police`."""
        return user("dung", "Nguyễn Tiến Dũng", (self.province_police, Role.CUSTODIAN))

    @cached_property
    def minh(self) -> User:
        return user("minh", "Trần Quang Minh", (self.province_police, Role.LEADER))

    @cached_property
    def quan(self) -> User:
        return user("quan", "Phạm Hồng Quân", (self.province_police, Role.ADMINISTRATOR))

    @cached_property
    def keys(self) -> BoxKeys:
        return BoxKeys("na-co-sa")

    @cached_property
    def police_keys(self) -> BoxKeys:
        return BoxKeys("ca-dien-bien")

    @cached_property
    def pairs(self) -> dict[str, tuple[str, str]]:
        """Age key pairs of the officers, by login."""
        return {name: new_identity() for name in ("hoa", "nam", "lan", "dung")}

    @cached_property
    def police(self) -> Box:
        box = open_box("ca-dien-bien", self.province_police, self.police_keys)
        grant(box, self.police_keys, self.dung, self.dung, self.pairs["dung"])
        return box

    @cached_property
    def box(self) -> Box:
        box = open_box(
            "na-co-sa",
            self.post,
            self.keys,
            above=self.police,
            forward=[("ca-dien-bien", self.police_keys.root.fingerprint)],
        )
        for officer in (self.nam, self.hoa):
            grant(box, self.keys, officer, self.nam, self.pairs[officer.username])
        return box

    def reporter(self, receipt: str = "") -> Reporter:
        """A villager whose phone has read the poster of `box`."""
        _ = self.box
        return Reporter(
            slug="na-co-sa", recipient=self.keys.recipient, root=self.keys.root.fingerprint, receipt=receipt
        )
