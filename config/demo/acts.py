"""What happens to the demo's reports, each act through the service that the pages use. `ACTS` is the vocabulary of the stories."""

from collections.abc import Callable
from decimal import Decimal

from django.utils import timezone

from config.demo.telling import Act, Telling
from keng.accounts.models import User
from keng.desk.intake import services as intake
from keng.desk.mailbox import services as desk
from keng.desk.models import Outcome
from keng.desk.outcomes import services as counting
from keng.desk.sharing import services as sharing
from keng.mailbox import public_answers
from keng.mailbox import services as mailbox


def _officer(act: Act) -> User:
    return User.objects.get(username=act["by"])


def _open(told: Telling, act: Act) -> None:
    desk.open_report(thread=told.thread, by=_officer(act))


def _verify(told: Telling, act: Act) -> None:
    _move(told, {**act, "to": "verifying"})


def _move(told: Telling, act: Act) -> None:
    by = _officer(act)
    thread = desk.open_report(thread=told.thread, by=by)
    desk.move(thread=thread, to=act["to"], version=thread.version, by=by)


def _answer(told: Telling, act: Act) -> None:
    by = _officer(act)
    desk.open_report(thread=told.thread, by=by)
    report = told.opened()
    index, sealed = report.answer(act["text"])
    desk.answer(thread=report.thread, index=index, sealed=sealed, by=by)


def _note(told: Telling, act: Act) -> None:
    by = _officer(act)
    desk.open_report(thread=told.thread, by=by)
    report = told.opened()
    desk.write_note(thread=report.thread, sealed=report.note(act["text"]), by=by)


def _assess(told: Telling, act: Act) -> None:
    thread = told.thread
    desk.assess(
        thread=thread,
        category=act["category"],
        value=act["value"],
        reason=act.get("reason", ""),
        complex=act.get("complex", False),
        extended=False,
        version=thread.version,
        by=_officer(act),
    )


def _forward(told: Telling, act: Act) -> None:
    report, to = told.opened(), told.keys[act["to"]]
    vouching = report.vouching(to)
    headers = report.headers_for(to, vouching)
    desk.pass_on(
        thread=report.thread,
        to=to.slug,
        headers=headers,
        part=vouching,
        version=report.thread.version,
        by=_officer(act),
    )
    told.reporter.follow(to)


def _reply(told: Telling, act: Act) -> None:
    told.send(told.reporter.later(index=told.sent, kind="message", name="text.txt", body=act["text"].encode()))


def _photo(told: Telling, act: Act) -> None:
    told.send_file("photo", act["file"])


def _delete(told: Telling, act: Act) -> None:
    mailbox.delete(token=told.reporter.keys.token)


def _count(told: Telling, act: Act) -> None:
    """Something came of it, today."""
    line = counting.record(
        thread=told.thread,
        kind=act["kind"],
        exhibit=act.get("exhibit", ""),
        quantity=Decimal(str(act["quantity"])),
        unit=act["unit"],
        day=timezone.localdate(),
        by=_officer(act),
    )
    told.counted.append(line.pk)


def _correct(told: Telling, act: Act) -> None:
    """The line that the story counted first was wrong."""
    line = Outcome.objects.get(pk=told.counted[act.get("line", 0)])
    counting.correct(outcome=line, quantity=Decimal(str(act["quantity"])), reason=act["reason"], by=_officer(act))


def _link(told: Telling, act: Act) -> None:
    other = told.named[act["to"]].thread
    counting.link(thread=told.thread, to=other, role=act.get("role", "duplicate"), by=_officer(act))


def _assign(told: Telling, act: Act) -> None:
    sharing.assign(threads=[told.thread], to=User.objects.get(username=act["to"]), by=_officer(act))


def _tell(told: Telling, act: Act) -> None:
    """The named reporter is told the result."""
    intake.mark_told(thread=told.thread, by=_officer(act))


def _publish(told: Telling, act: Act) -> None:
    """Answers a suggestion for all to read, where its reporter allowed it."""
    allowed = bool(told.opened().first["public"])
    public_answers.publish(
        thread=told.thread, asked=act["asked"], answered=act["answered"], allowed=allowed, by=act["by"]
    )


ACTS: dict[str, Callable[[Telling, Act], None]] = {
    "open": _open,
    "verify": _verify,
    "state": _move,
    "answer": _answer,
    "note": _note,
    "assess": _assess,
    "forward": _forward,
    "reply": _reply,
    "photo": _photo,
    "delete": _delete,
    "count": _count,
    "correct": _correct,
    "link": _link,
    "assign": _assign,
    "tell": _tell,
    "publish": _publish,
}
