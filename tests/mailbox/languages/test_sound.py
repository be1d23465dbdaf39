"""A recording is decoded and written anew; whatever can't be a prompt is refused in one sentence."""

import io
import os
import subprocess
import sys
import time

import av
import pytest

from keng.core import confined
from keng.mailbox.errors import Refused
from keng.mailbox.languages import sound
from tests.mailbox.languages.speech import film, wav


def probed(webm: bytes) -> tuple[str, int, float]:
    """Codec, channels, seconds."""
    with av.open(io.BytesIO(webm)) as file:
        frames = list(file.decode(audio=0))
        return (
            file.streams.audio[0].codec.name,
            file.streams.audio[0].channels,
            sum(f.samples / f.sample_rate for f in frames),
        )


def test_a_recording_becomes_mono_opus_of_some_12_kbit_a_second() -> None:
    clean = sound.clean(wav(4, rate=44_100, channels=2))
    codec, channels, seconds = probed(clean.webm)
    assert clean.webm[:4] == b"\x1aE\xdf\xa3"
    assert (codec, channels) == ("opus", 1)
    assert seconds == pytest.approx(clean.seconds, abs=0.15)
    assert clean.seconds == pytest.approx(4, abs=0.4)
    assert len(clean.webm) < 4 * 2200


def test_what_a_browsers_recorder_makes_is_taken() -> None:
    out = io.BytesIO()
    with (
        av.open(io.BytesIO(wav(2, rate=48_000))) as source,
        av.open(out, "w", format="webm", options={"live": "1"}) as file,
    ):
        stream = file.add_stream("libopus", rate=48_000, layout="mono", bit_rate=24_000)
        for frame in source.decode(audio=0):
            file.mux(stream.encode(frame))
        file.mux(stream.encode(None))
    assert sound.clean(out.getvalue()).seconds == pytest.approx(2, abs=0.4)


def test_silence_before_and_after_is_cut_away() -> None:
    quiet = bytes(16_000 * 2 * 3)
    raw = wav(2)
    body = quiet + raw[44:] + quiet
    whole = raw[:40] + len(body).to_bytes(4, "little") + body
    whole = whole[:4] + (len(whole) - 8).to_bytes(4, "little") + whole[8:]
    assert sound.clean(whole).seconds < 2.5


def test_no_metadata_of_the_recording_is_left() -> None:
    """Neither a title nor a tool's name nor a time."""
    marked = io.BytesIO()
    with av.open(io.BytesIO(wav(1))) as source, av.open(marked, "w", format="ogg") as file:
        file.metadata.update({"title": "MARKER", "artist": "MARKER", "location": "MARKER"})
        stream = file.add_stream("libopus", rate=48_000, layout="mono")
        to = av.AudioResampler(rate=48_000, format="s16", layout="mono")
        for frame in source.decode(audio=0):
            for piece in to.resample(frame):
                file.mux(stream.encode(piece))
        file.mux(stream.encode(None))
    assert b"MARKER" in marked.getvalue()
    webm = sound.clean(marked.getvalue()).webm
    assert b"MARKER" not in webm
    assert webm == sound.clean(marked.getvalue()).webm  # nor anything random or of the clock


@pytest.mark.parametrize(
    ("raw", "code"),
    [
        (b"", "unreadable"),
        (b"\x00" * 5000, "unreadable"),
        (b"MZ" + bytes(900), "unreadable"),
        (b"<html><script>alert(1)</script>" * 50, "unreadable"),
        (b"\x1aE\xdf\xa3" + bytes(900), "unreadable"),
        (wav(2)[:60], "short"),
        (wav(0.1), "short"),
        (wav(3, loud=0), "silent"),
        (wav(3, loud=40), "silent"),
        (wav(33, rate=8000), "long"),
        (wav(2) + bytes(sound.MOST), "large"),
    ],
    ids=["nothing", "zeros", "a program", "a page", "a torn webm", "a torn wav", "a tenth of a second", "silence",
         "a quiet room", "33 s", "over 1 MB"],
)  # fmt: skip
def test_s3_what_cannot_be_a_prompt_is_refused_in_a_sentence(raw: bytes, code: str) -> None:
    with pytest.raises(sound.BadSound) as refused:
        sound.clean(raw)
    assert refused.value.code == code
    assert str(refused.value.sentence).endswith(".")


def test_s3_a_film_is_refused_even_under_another_name() -> None:
    with pytest.raises(sound.BadSound) as refused:
        sound.clean(film())
    assert refused.value.code == "video"


def test_s3_twenty_minutes_that_fit_a_megabyte_are_refused_before_they_are_decoded_whole() -> None:
    """Opus at 6 kbit/s squeezes a long quiet hum small."""
    out = io.BytesIO()
    with av.open(out, "w", format="ogg") as file:
        stream = file.add_stream("libopus", rate=8000, layout="mono", bit_rate=6000, options={"application": "voip"})
        second = wav(1, rate=8000)[44:]
        for i in range(1200):
            frame = av.AudioFrame(format="s16", layout="mono", samples=8000)
            frame.planes[0].update(second)
            frame.sample_rate, frame.pts = 8000, i * 8000
            file.mux(stream.encode(frame))
        file.mux(stream.encode(None))
    assert len(out.getvalue()) < sound.MOST + 200_000
    began = time.monotonic()
    with pytest.raises(sound.BadSound) as refused:
        sound.clean(out.getvalue()[: sound.MOST])
    assert refused.value.code == "long"
    assert time.monotonic() - began < 10


def test_a_worker_that_dies_or_hangs_is_a_refusal_and_nothing_more(monkeypatch: pytest.MonkeyPatch, tmp_path) -> None:
    worker = tmp_path / "worker.py"
    monkeypatch.setattr(sound, "WORKER", worker)
    monkeypatch.setattr(confined, "PATIENCE", 1)
    for deed in (
        "import os; os.abort()",
        "import time; time.sleep(60)",
        "print('x' * 9, file=__import__('sys').stderr); raise SystemExit(3)",
    ):
        worker.write_text(deed)
        with pytest.raises(sound.BadSound) as refused:
            sound.clean(wav(0.5))
        assert refused.value.code == "unreadable"


def test_the_worker_sees_nothing_of_the_servers_environment(monkeypatch: pytest.MonkeyPatch, tmp_path) -> None:
    monkeypatch.setenv("KENG_SECRET_KEY", "secret")
    worker = tmp_path / "worker.py"
    worker.write_text(
        "import os, sys; sys.stderr.write('silent' if 'KENG_SECRET_KEY' not in os.environ else 'short'); sys.exit(3)"
    )
    monkeypatch.setattr(sound, "WORKER", worker)
    with pytest.raises(sound.BadSound) as refused:
        sound.clean(b"")
    assert refused.value.code == "silent"
    assert "KENG_SECRET_KEY" in os.environ


def test_a_crowd_is_told_to_wait(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(confined, "PATIENCE", 0.02)
    taken = [confined._places.acquire(blocking=False) for _ in range(confined.AT_ONCE)]
    try:
        with pytest.raises(Refused) as refused:
            sound.clean(wav(0.5))
    finally:
        for _ in filter(None, taken):
            confined._places.release()
    assert (refused.value.code, refused.value.status) == ("busy", 503)


def test_the_worker_has_no_more_memory_than_it_was_given(tmp_path) -> None:
    greedy = tmp_path / "greedy.py"
    source = sound.WORKER.read_text()
    assert "found = spoken(" in source
    greedy.write_text(source.replace("found = spoken(", "bytes(2 << 30); found = spoken("))
    limits = [str(confined.MEMORY), str(confined.SECONDS_OF_WORK)]
    command = [sys.executable, "-I", confined.START, *limits, greedy, "0.3", "30"]
    done = subprocess.run(command, input=wav(0.5), capture_output=True, check=False)
    assert done.returncode
    assert b"MemoryError" in done.stderr


@pytest.mark.parametrize(
    ("raw", "seconds"),
    [
        (b"ffconcat version 1.0\nfile 'overheard.wav'\n", 5),
        (b"v=0\no=- 0 0 IN IP4 127.0.0.1\ns=x\nc=IN IP4 127.0.0.1\nt=0 0\nm=audio 8550 RTP/AVP 0\n", 5),
    ],
    ids=["a list of files", "a call to listen on a port"],
)
def test_s3_a_file_that_sends_the_decoder_elsewhere_is_refused_unread(
    raw: bytes, seconds: float, monkeypatch: pytest.MonkeyPatch, tmp_path
) -> None:
    """Neither the server's own files nor its network are a recording."""
    (tmp_path / "overheard.wav").write_bytes(wav(2))
    monkeypatch.chdir(tmp_path)
    began = time.monotonic()
    with pytest.raises(sound.BadSound) as refused:
        sound.clean(raw)
    assert refused.value.code == "unreadable"
    assert time.monotonic() - began < seconds


def test_s2_a_server_that_can_start_no_process_says_busy(monkeypatch: pytest.MonkeyPatch) -> None:
    def none_to_spare(*_args: object, **_kwargs: object) -> None:
        raise BlockingIOError("Resource temporarily unavailable")

    monkeypatch.setattr(subprocess, "run", none_to_spare)
    with pytest.raises(Refused) as refused:
        sound.clean(wav(0.5))
    assert (refused.value.code, refused.value.status) == ("busy", 503)
