"""The prompts of a box: how large the file of 40 is. Conditions: docs/performance.md.

Nobody's voice is in the repository, so each sentence is spoken by a small synthesiser: a buzz through the formants of Vietnamese
vowels with a tone on each syllable, hisses between them, a room's noise below; at 3.5 syllables a second, which is slow. It is
recorded as the desk's page does (Opus, 24 kbit/s), then cleaned and packed by the server's own code. The 40 are the longest
sentences of a crime box's page. The floor is the sound alone: the same speech at the nominal 12 kbit/s, without container, index
or padding.
"""

import io
import json
import math
import os
import random
import tempfile
from array import array
from collections.abc import Iterator
from pathlib import Path

import av

RATE = 16_000
SYLLABLES_A_SECOND = 3.5
PROMPTS = 40
RECORDED_AT, KEPT_AT = 24_000, 12_000  # bits a second
# First three formants of a, e, i, o, u (Hz).
VOWELS = ((850, 1450, 2600), (500, 2000, 2700), (300, 2400, 3000), (500, 900, 2500), (320, 750, 2400))
TONES = ((0, 0), (0, -30), (-20, 40), (20, -40), (-10, 20), (-30, -50))
WIDTH = 90.0


def main() -> None:
    with tempfile.TemporaryDirectory(prefix="bench-prompts-") as folder:
        os.environ |= {"KENG_DEMO": "1", "KENG_VAR": folder, "DJANGO_SETTINGS_MODULE": "config.settings"}
        Path(folder).mkdir(exist_ok=True)
        import django

        django.setup()
        for figure in measured():
            print(json.dumps(figure, ensure_ascii=False))


def measured() -> Iterator[dict[str, object]]:
    from django.core.management import call_command

    from keng.mailbox.languages import prompts
    from keng.mailbox.languages.sentences import spoken_in
    from keng.mailbox.models import Prompt

    call_command("migrate", verbosity=0)
    box = a_box()
    longest = sorted(spoken_in(box.kind), key=lambda one: -len(one.text.split()))[:PROMPTS]
    for number, sentence in enumerate(longest):
        raw = recorded(speech(len(sentence.text.split()), random.Random(number)))
        prompts.record(box=box, language="vi", key=sentence.key, raw=raw, by="hoa", office="")
        digest = prompts.digest_of(Prompt.objects.get(key=sentence.key))
        prompts.approve(box=box, language="vi", key=sentence.key, digest=digest, by="nam", office="")
    box.refresh_from_db()
    pack = prompts.pack_of(box, "vi")
    seconds = sum(Prompt.objects.values_list("seconds", flat=True))
    sounds = sum(len(prompt.sound) for prompt in Prompt.objects.all())
    floor = seconds * KEPT_AT / 8
    yield {
        "name": "prompts.bytes", "value": len(pack.body), "unit": "B", "most": 250_000, "floor": round(floor),
        "ratio": round(len(pack.body) / floor, 2), "prompts": len(pack.keys), "seconds": round(seconds, 1), "sounds_bytes": sounds,
    }  # fmt: skip


def a_box():  # type: ignore[no-untyped-def]
    from datetime import date

    from keng.mailbox.models import Box
    from keng.units.models import Office, Unit

    since = date(2025, 7, 1)
    province = Unit.objects.create(code="11", name="Điện Biên", kind="tinh", valid_from=since)
    office = Office.objects.create(code="don", name="Đồn", kind="border_post", province=province, valid_from=since)
    return Box.objects.create(slug="don", office=office, title="Đồn", languages=["vi"])


def speech(syllables: int, chance: random.Random) -> "array[int]":
    """Mono samples, with a third of a second of room before and after."""
    out = [chance.gauss(0, 20) for _ in range(RATE // 3)]
    pitch = chance.uniform(110, 220)
    for _ in range(syllables):
        out += hiss(chance)
        out += voiced(pitch, chance.choice(VOWELS), chance.choice(TONES), chance)
        out += [chance.gauss(0, 20) for _ in range(int(RATE * chance.uniform(0.01, 0.05)))]
    out += [chance.gauss(0, 20) for _ in range(RATE // 3)]
    return array("h", (max(-32767, min(32767, int(sample))) for sample in out))


def hiss(chance: random.Random) -> list[float]:
    loud = chance.choice((0, 600, 1500))
    return [chance.gauss(0, loud) for _ in range(int(RATE * chance.uniform(0.03, 0.09)))]


def voiced(pitch: float, formants: tuple[int, int, int], tone: tuple[int, int], chance: random.Random) -> list[float]:
    """A syllable's vowel: harmonics as loud as the formants near them let through, sliding along the tone."""
    length = int(RATE * (1 / SYLLABLES_A_SECOND - 0.09))
    harmonics = [
        (k, sum(1 / (1 + ((k * pitch - f) / WIDTH) ** 2) for f in formants) / k**0.3)
        for k in range(1, int(3500 / pitch))
    ]
    harmonics = [(k, loud) for k, loud in harmonics if loud > 0.02]
    out, phase = [], 0.0
    for i in range(length):
        at = i / length
        phase += 2 * math.pi * (pitch + tone[0] + (tone[1] - tone[0]) * at + chance.gauss(0, 1.5)) / RATE
        swell = math.sin(math.pi * min(1.0, at * 1.1)) ** 0.6
        out.append(4500 * swell * sum(loud * math.sin(k * phase) for k, loud in harmonics) + chance.gauss(0, 60))
    return out


def recorded(samples: "array[int]") -> bytes:
    """As a browser's recorder hands it over."""
    out = io.BytesIO()
    with av.open(out, "w", format="webm", options={"live": "1"}) as file:
        stream = file.add_stream("libopus", rate=RATE, layout="mono", bit_rate=RECORDED_AT)
        step = 320
        for at in range(0, len(samples) - step, step):
            frame = av.AudioFrame(format="s16", layout="mono", samples=step)
            frame.planes[0].update(samples[at : at + step].tobytes())
            frame.sample_rate, frame.pts = RATE, at
            file.mux(stream.encode(frame))
        file.mux(stream.encode(None))
    return out.getvalue()


if __name__ == "__main__":
    main()
