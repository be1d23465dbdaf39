"""Lets the planned dossiers happen: filed, checked, decided, handed out, each deed in its own minute by somebody of the office."""

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from random import Random
from typing import cast

from django.utils import timezone
from django.utils.timezone import localtime

from config.demo.services.answers import fill
from config.demo.services.plan import LACKING, REASONS, Planned, dossiers
from config.demo.services.residents import known
from config.demo.telling import FOLDER, Event
from keng.accounts.models import Appointment, Citizen, User
from keng.core import at_rest, calendar
from keng.core.calendar import add_working_days, add_working_hours
from keng.procedures import consents, forms
from keng.procedures.catalogue.load import load_procedures
from keng.procedures.dossiers import services
from keng.procedures.dossiers.routing import for_step, steps_of
from keng.procedures.dossiers.services.looking import SUPPLEMENT
from keng.procedures.filing import drafts
from keng.procedures.models import (
    Attachment,
    AttachmentBytes,
    DataRequest,
    Dossier,
    Draft,
    FormVersion,
    ProcedureVersion,
)
from keng.procedures.requests import services as requests
from keng.units.models import Office

PHOTO = "road.jpg"
MINUTE = timedelta(minutes=1)
# Whose phone number a resident has corrected, and when nothing else happens to a dossier any more.
CORRECTED, RIGHT, LONG = "tam-tru", "0912000112", timedelta(days=90)


def events(now: datetime, *, most: int | None = None) -> Iterator[Event]:
    """Everything that happened to the planned dossiers up to now; `most`: an even sample of so many dossiers."""
    versions = {
        one.form.form.slug: one
        for one in ProcedureVersion.objects.in_force().select_related("form__form", "procedure")
        if one.form
    }
    paper, staff = Paper.read(FOLDER / "media" / PHOTO), Staff()
    courses = [
        Course(planned, versions[planned.slug], paper, Random(number), staff)  # noqa: S311 - the same demo each time
        for number, planned in enumerate(dossiers(now, most=most))
    ]
    for course in courses:
        yield from (event for event in course.events() if event.moment < now)
    yield from (event for event in corrections(courses, now) if event.moment < now)


def corrections(courses: Sequence["Course"], now: datetime) -> Iterator[Event]:
    """Two residents who can sign in ask for their data to be put right: one long ago, which was done, one today, who waits."""
    theirs = [
        course
        for course in courses
        if course.planned.resident in known() and (course.planned.slug, course.planned.fate) == (CORRECTED, "done")
    ]
    old = [course for course in theirs if course.planned.filed + LONG < now]
    new = [course for course in theirs if now - LONG < course.planned.filed < now - timedelta(days=1)]
    if old:
        asked = add_working_hours(old[0].planned.filed + LONG, 1)
        yield Event(asked, old[0].ask)
        yield Event(add_working_hours(asked, 5), old[0].agree)
        yield Event(add_working_hours(asked, 9), old[0].correct)
    if new:
        yield Event(now - timedelta(hours=5), new[-1].ask)


def post(*, by: User) -> None:
    """Posts the sample procedures with their forms."""
    load_procedures(by=by)


@dataclass(frozen=True)
class Paper:
    """The one picture that stands for every paper of the demo: checked once, sealed once."""

    sealed: bytes
    size: int
    sha256: str

    @classmethod
    def read(cls, path: Path) -> "Paper":
        content = path.read_bytes()
        return cls(at_rest.seal(content), len(content), hashlib.sha256(content).hexdigest())

    def put(self, draft: Draft, field: forms.Field) -> None:
        made = Attachment.objects.create(
            citizen=draft.citizen, draft=draft, field=field.name, title=field.label[:200], name="giay-to.jpg",
            kind="image/jpeg", size=self.size, sha256=self.sha256,
        )  # fmt: skip
        AttachmentBytes.objects.create(attachment=made, sealed=self.sealed)


class Staff:
    """Who works where, asked of the database once: while the demo is played no office changes, and nobody comes or goes."""

    def __init__(self) -> None:
        self._centres: dict[str, Office] = {}
        self._steps: dict[tuple[int, int, str], Office] = {}
        self._workers: dict[int, list[User]] = {}

    def centre(self, commune: str) -> Office:
        """The counter of the commune."""
        if commune not in self._centres:
            self._centres[commune] = Office.objects.get(kind="service_centre", covers=commune)
        return self._centres[commune]

    def next_office(self, dossier: Dossier) -> Office:
        """Where the dossier's next step is done."""
        version, step = dossier.version, dossier.step + 1
        key = (version.pk, step, dossier.unit_id)
        if key not in self._steps:
            self._steps[key] = for_step(version=version, step=step, unit=dossier.unit)
        return self._steps[key]

    def worker(self, office: Office, random: Random | None = None) -> User:
        """A caseworker of the office; the first one, or one by chance."""
        if office.pk not in self._workers:
            held = Appointment.objects.filter(office=office, role="caseworker").select_related("user").order_by("pk")
            self._workers[office.pk] = [one.user for one in held]
        people = self._workers[office.pk]
        return random.choice(people) if random else people[0]


@dataclass
class Course:
    """One dossier from its filing to where it stands."""

    planned: Planned
    version: ProcedureVersion
    paper: Paper
    random: Random
    staff: Staff
    # Kept from deed to deed: each brings it up to date.
    dossier: Dossier = field(init=False)

    @property
    def form(self) -> FormVersion:
        if self.version.form is None:
            raise ValueError(f"{self.version} has no form")
        return self.version.form

    def events(self) -> Iterator[Event]:
        planned = self.planned
        yield Event(planned.filed, self._file)
        checked = add_working_hours(planned.filed, self.random.uniform(0.3, 3.5))
        if planned.fate == "refused":
            yield Event(checked, partial(self._do, "refuse", reason=REASONS["refused"]))
            return
        if planned.fate in ("supplemented", "stopped"):
            yield Event(checked, self._ask)
            if planned.fate == "stopped":
                yield Event(add_working_hours(checked, 88), partial(self._do, "stop", reason=REASONS["stopped"]))
                return
            answered = checked + timedelta(days=self.random.uniform(0.3, 6))
            yield Event(answered, self._answer)
            checked = add_working_hours(answered, self.random.uniform(0.3, 3))
        yield Event(checked, self._accept)
        if planned.fate == "withdrawn":
            yield Event(add_working_hours(checked, 1), self._withdraw)
            return
        yield from self._decided(checked)

    def _decided(self, accepted: datetime) -> Iterator[Event]:
        """The steps between acceptance and result, at even distances; extended a day before it would be late."""
        due = calendar.due_in(accepted, self.version.amount, self.version.time_unit)
        promised = calendar.working_time_between(accepted, due) / timedelta(hours=1)
        taken = promised * (1.4 if self.planned.fate == "extended" else self.planned.pace)
        turns = len(steps_of(self.version)) - 1
        for turn in range(1, turns + 1):
            yield Event(add_working_hours(accepted, taken * turn / (turns + 1)), self._advance)
        if self.planned.fate == "extended":
            yield Event(add_working_hours(accepted, promised * 0.9), self._extend)
        if self.planned.resident in known() and self.random.random() < 0.5:
            yield Event(add_working_hours(accepted, taken * 0.6), self._look)
        done = add_working_hours(accepted, taken)
        yield Event(done, partial(self._do, "finish"))
        if self.random.random() < 0.96:
            yield Event(add_working_hours(done, self.random.uniform(0.5, 20)), self._hand_out)

    def _file(self) -> None:
        who = self.planned.resident
        counter = self.planned.channel != "online"
        office = self.staff.centre(who.commune) if counter else None
        by = self.staff.worker(office) if office else None
        citizen, _new = Citizen.objects.get_or_create(
            number=who.number,
            defaults={
                "name": who.name, "born": who.born, "phone": who.phone, "confirmed_on": timezone.localdate(),
                "source": office.code if office else "dinh-danh-dien-tu",
            },
        )  # fmt: skip
        form = self.form
        draft = Draft.objects.create(
            citizen=citizen, version=self.version, form=form, unit_id=who.commune, filed_by=by, office=office,
            channel=self.planned.channel, answers=fill(form, who, self.random),
        )  # fmt: skip
        if by:
            consents.give(
                citizen=citizen, purpose=consents.ASSISTED, dossier=None, draft=draft, how="spoken", witness=by
            )
        for one in forms.file_fields(form).values():
            some = one.when is None and self.random.random() < 0.5
            for _file in range(max(one.least, int(some))):
                self.paper.put(draft, one)
        self.dossier = services.submit(draft=draft, by=by)

    def _do(self, verb: str, **said: str) -> None:
        getattr(services, verb)(dossier=self.dossier, by=self._owner(), **said)

    def _accept(self) -> None:
        services.accept(dossier=self.dossier, by=self._anybody())

    def _hand_out(self) -> None:
        services.hand_out(dossier=self.dossier, by=self._anybody())

    def _ask(self) -> None:
        by_day = add_working_days(timezone.localdate(), 10)
        services.ask_supplement(dossier=self.dossier, items=[LACKING], by_day=by_day, by=self._owner())

    def _answer(self) -> None:
        """As it was filed: by the resident online, or at the counter that took it in."""
        dossier, office = self.dossier, self.dossier.received_by
        by = self.staff.worker(office) if office else None
        draft = drafts.answering(dossier=dossier, filed_by=by, office=office, agreed="spoken")
        if by:
            services.look(dossier=dossier, by=by, reason=SUPPLEMENT)
        for one in list(forms.file_fields(self.form).values())[:1]:
            self.paper.put(draft, one)
        services.answer_supplement(dossier=dossier, draft=draft, by=by)

    def _withdraw(self) -> None:
        services.withdraw(dossier=self.dossier, by=None)

    def _extend(self) -> None:
        day = add_working_days(localtime(self.dossier.due).date(), 3)
        services.extend(dossier=self.dossier, due=day, reason=REASONS["extended"], by=self._owner())

    def _look(self) -> None:
        """A colleague opens it to answer a question at the counter: the resident sees that."""
        services.look(dossier=self.dossier, by=self.staff.worker(self.dossier.office), reason="counter")

    def _advance(self) -> None:
        """To somebody of the office that goes on; now and then to nobody yet."""
        to = (
            self.staff.worker(self.staff.next_office(self.dossier), self.random) if self.random.random() < 0.9 else None
        )
        services.advance(dossier=self.dossier, by=self._owner(), to=to)

    def ask(self) -> None:
        citizen = cast(Citizen, self.dossier.citizen)
        text = f"Số điện thoại ghi sai một số, xin sửa lại: {RIGHT}."
        requests.file(dossier=self.dossier, kind=DataRequest.Kind.CORRECTION, text=text, citizen=citizen)

    def agree(self) -> None:
        requests.agree(asked=self._asked(), answer="Đã nhận yêu cầu, sẽ sửa trong tờ khai.", by=self._clerk())

    def correct(self) -> None:
        requests.correct(asked=self._asked(), answers={**self.dossier.answers, "phone": RIGHT}, by=self._clerk())

    def _asked(self) -> DataRequest:
        return DataRequest.objects.get(dossier=self.dossier)

    def _clerk(self) -> User:
        """Somebody of the office that holds it now: a result goes back to the counter."""
        return self.staff.worker(Dossier.objects.select_related("office").get(pk=self.dossier.pk).office)

    def _anybody(self) -> User:
        return self.dossier.owner or self.staff.worker(self.dossier.office, self.random)

    def _owner(self) -> User:
        """Who works on it; the first who can take it does."""
        if self.dossier.owner is None:
            services.take(dossier=self.dossier, by=self.staff.worker(self.dossier.office, self.random))
        return cast(User, self.dossier.owner)
