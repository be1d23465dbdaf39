"""Prompts: sentences of a box's page as people of the place have spoken them. One officer records, another listens and approves.

All that may be heard in a language goes to the phone as one file, `pack()`, so that nothing asked of the server tells what was played.
"""

import hashlib
import json
from dataclasses import dataclass
from functools import lru_cache
from http import HTTPStatus

from django.db import transaction
from django.db.models import F
from django.utils.timezone import localdate
from django.utils.translation import gettext_lazy as _

from keng.ledger.services import append
from keng.mailbox.errors import NotAllowed, Refused
from keng.mailbox.languages.catalogue import COMPILED, Catalogue
from keng.mailbox.languages.sentences import Sentence, Sort, sentences, spoken_in
from keng.mailbox.languages.sound import clean
from keng.mailbox.languages.tongues import version_of
from keng.mailbox.languages.wordings import NO_SENTENCE
from keng.mailbox.models import Box, Prompt

VERBS = {
    "mailbox.prompt.recorded": "ghi âm lời đọc của một câu",
    "mailbox.prompt.approved": "duyệt lời đọc của một câu",
    "mailbox.prompt.removed": "bỏ lời đọc của một câu",
}
STEP = 16 * 1024  # a pack's size is a multiple of this many bytes
PACKS_KEPT = 16

NOT_SPOKEN = _("Hộp thư này chưa dùng thứ tiếng ấy. Quản trị thêm thứ tiếng cho hộp thư trước.")
NO_PROMPT = _("Câu này chưa có bản ghi.")
OWN = _("Người ghi không tự duyệt được. Đồng chí nhờ người khác nghe và duyệt.")
STALE = _("Câu chữ đã đổi sau khi ghi. Đồng chí ghi lại.")
OTHER_SOUND = _("Bản ghi vừa được thay. Đồng chí nghe bản mới rồi duyệt.")
NOT_REVIEWED = _("Lời đồng ý, lời hứa và lời dặn chỉ ghi âm khi lời dịch đã được người bản ngữ duyệt.")


@dataclass(frozen=True)
class Pack:
    """The file of a box's prompts in a language, and the keys in it."""

    body: bytes
    keys: tuple[str, ...]
    digest: str


def record(*, box: Box, language: str, key: str, raw: bytes, by: str, office: str) -> Prompt:
    """Cleans the recording and keeps it until somebody else approves it; what was there before is gone. Raises Refused, BadSound."""
    sentence = sentence_for(box, language, key)
    sound = clean(raw)
    with transaction.atomic():
        _touch(box)
        fields = {
            "source": source_of(sentence, _catalogue(language)), "sound": sound.webm, "seconds": sound.seconds, "recorded_by": by,
            "recorded_on": localdate(), "approved_by": "", "approved_on": None,
        }  # fmt: skip
        prompt, _new = Prompt.objects.update_or_create(box=box, language=language, key=key, defaults=fields)
        append(
            verb="mailbox.prompt.recorded", subject=_subject(box, language, key), office=office, by=by, case=box.slug
        )
    return prompt


@transaction.atomic
def approve(*, box: Box, language: str, key: str, digest: str, by: str, office: str) -> Prompt:
    """`digest`, the hex SHA-256 of the sound that was listened to. From now on the page plays it. Raises Refused."""
    sentence = sentence_for(box, language, key)
    _touch(box)
    prompt = _kept(box, language, key)
    if prompt.recorded_by == by:
        raise Refused("own", HTTPStatus.CONFLICT, OWN)
    if prompt.source != source_of(sentence, _catalogue(language)):
        raise NotAllowed(STALE, "stale")
    if digest_of(prompt) != digest:
        raise NotAllowed(OTHER_SOUND, "other_sound")
    prompt.approved_by, prompt.approved_on = by, localdate()
    prompt.save(update_fields=["approved_by", "approved_on"])
    append(verb="mailbox.prompt.approved", subject=_subject(box, language, key), office=office, by=by, case=box.slug)
    return prompt


@transaction.atomic
def remove(*, box: Box, language: str, key: str, by: str, office: str) -> None:
    """Raises Refused when there is none."""
    _touch(box)
    _kept(box, language, key).delete()
    append(verb="mailbox.prompt.removed", subject=_subject(box, language, key), office=office, by=by, case=box.slug)


def sentence_for(box: Box, language: str, key: str) -> Sentence:
    """The sentence that a prompt of this box may speak. Raises Refused."""
    if language != "vi" and (language not in box.languages or version_of(language) is None):
        raise NotAllowed(NOT_SPOKEN, "not_spoken")
    sentence = next((one for one in spoken_in(box.kind) if one.key == key), None)
    if sentence is None:
        raise Refused("no_sentence", HTTPStatus.NOT_FOUND, NO_SENTENCE)
    if not may_be_spoken(sentence, _catalogue(language)):
        raise NotAllowed(NOT_REVIEWED, "not_reviewed")
    return sentence


def may_be_spoken(sentence: Sentence, catalogue: Catalogue | None) -> bool:
    """A consent or a promise only once its wording is reviewed; the compiled languages are."""
    return sentence.sort is Sort.PLAIN or catalogue is None or catalogue.said[sentence.key].reviewed


def source_of(sentence: Sentence, catalogue: Catalogue | None) -> str:
    """What a prompt was spoken from. Of a consent or a promise the reviewed wording is part: reworded, it is to be spoken anew."""
    if sentence.sort is Sort.PLAIN or catalogue is None:
        return sentence.text
    return f"{sentence.text}\n{catalogue.said[sentence.key].text or ''}"


def digest_of(prompt: Prompt) -> str:
    return hashlib.sha256(bytes(prompt.sound)).hexdigest()


def voice(box: Box, language: str) -> dict[str, object] | None:
    """For the page's script: where the pack lies and which sentences are in it; None when nothing may be heard."""
    pack = pack_of(box, language)
    if not pack.keys:
        return None
    return {"pack": f"/b/{box.slug}/voice/{language}/{pack.digest}", "keys": pack.keys}


def pack_of(box: Box, language: str) -> Pack:
    return _pack(box.pk, box.kind, language, box.version, version_of(language))


@lru_cache(maxsize=PACKS_KEPT)
def _pack(box: int, kind: str, language: str, _version: int, _words: int | None) -> Pack:
    """Four bytes, big-endian, say how long the index is; the index, JSON `{key: [from, length]}`; the sounds; zero bytes up to a step."""
    wanted, catalogue = {one.key for one in spoken_in(kind)}, _catalogue(language)
    index: dict[str, tuple[int, int]] = {}
    sounds = b""
    prompts = Prompt.objects.filter(box=box, language=language, key__in=wanted).exclude(approved_by="")
    for prompt in prompts.order_by("key"):
        sentence = sentences()[prompt.key]
        if prompt.source == source_of(sentence, catalogue) and may_be_spoken(sentence, catalogue):
            index[prompt.key] = (len(sounds), len(prompt.sound))
            sounds += bytes(prompt.sound)
    head = json.dumps(index, separators=(",", ":")).encode()
    body = len(head).to_bytes(4, "big") + head + sounds
    body += bytes(-len(body) % STEP)
    return Pack(body, tuple(index), hashlib.sha256(body).hexdigest()[:20])


def _catalogue(language: str) -> Catalogue | None:
    return None if language in COMPILED else Catalogue.of(language)


def _kept(box: Box, language: str, key: str) -> Prompt:
    found = Prompt.objects.filter(box=box, language=language, key=key).first()
    if found is None:
        raise NotAllowed(NO_PROMPT, "no_prompt")
    return found


def _touch(box: Box) -> None:
    """The pages of the box are built anew; taken first, so that two deeds come one after the other."""
    Box.objects.filter(pk=box.pk).update(version=F("version") + 1)


def _subject(box: Box, language: str, key: str) -> str:
    return f"{box.slug} {language} {key}"
