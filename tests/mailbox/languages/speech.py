"""Recordings for tests: something like speech, and what is no recording at all."""

import io
import math
import random
import struct
import wave


def wav(seconds: float, *, loud: float = 9000, rate: int = 16_000, channels: int = 1) -> bytes:
    """Syllables of a humming voice, four a second, as a phone's recorder might write them."""
    out = io.BytesIO()
    noise = random.Random(1)
    with wave.open(out, "wb") as file:
        file.setnchannels(channels)
        file.setsampwidth(2)
        file.setframerate(rate)
        for i in range(int(rate * seconds)):
            at = i / rate
            swell = max(0.0, math.sin(2 * math.pi * 2 * at)) ** 0.5
            tone = sum(math.sin(2 * math.pi * 140 * k * at) / k for k in range(1, 9)) + 0.2 * noise.uniform(-1, 1)
            file.writeframes(struct.pack("<h", int(loud * swell * tone / 2)) * channels)
    return out.getvalue()


def film() -> bytes:
    """A second of moving picture with no sound."""
    import av

    out = io.BytesIO()
    with av.open(out, "w", format="mp4") as file:
        stream = file.add_stream("mpeg4", rate=5)
        stream.width = stream.height = 32
        stream.pix_fmt = "yuv420p"
        for _ in range(5):
            file.mux(stream.encode(av.VideoFrame(32, 32, "yuv420p")))
        file.mux(stream.encode(None))
    return out.getvalue()
