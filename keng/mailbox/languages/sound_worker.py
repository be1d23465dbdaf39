"""Run by `keng.core.confined` as a process of its own for `sound.py`: a recording comes in by stdin; its seconds (8 bytes) and a clean
WebM go out by stdout.

What can't be taken is named in one word on stderr, with exit status 3. Knows nothing of the rest of the house.
"""

import io
import itertools
import math
import struct
import sys
from array import array

RATE = 16_000  # samples a second: wide-band speech
BITS = 12_000  # a second
WINDOW = RATE // 50  # 20 ms
FLOOR = 150  # root mean square of a 16-bit sample, below which nobody speaks: about -47 dB
MARGIN = 6  # windows of quiet that stay before and after
PEAK, MOST_GAIN = 22_000, 8.0
# What recorders make. Other formats that the decoder knows are no recordings but name files and addresses to read (playlists, calls).
FORMATS = "matroska,webm,ogg,mov,wav,mp3,aac,flac,amr,caf"
READ_MOST = 90  # seconds decoded: silence round the words is cut, but nobody waits a minute before speaking


class Unfit(Exception):
    """`sys.stderr` gets its word."""


def samples_of(raw: bytes) -> "array[int]":
    """Mono, 16 bits, RATE. Raises Unfit."""
    import av

    out: array[int] = array("h")
    try:
        with av.open(io.BytesIO(raw), "r", metadata_errors="ignore", options={"format_whitelist": FORMATS}) as file:
            if file.streams.video:
                raise Unfit("video")
            if len(file.streams.audio) != 1:
                raise Unfit("unreadable")
            to_mono = av.AudioResampler(format="s16", layout="mono", rate=RATE)
            for frame in itertools.chain(file.decode(audio=0), [None]):
                for piece in to_mono.resample(frame):
                    out.frombytes(bytes(piece.planes[0])[: piece.samples * 2])
                if len(out) > READ_MOST * RATE:
                    raise Unfit("long")
    except (av.error.FFmpegError, ValueError, MemoryError) as error:
        raise Unfit("unreadable") from error
    return out


def spoken(samples: "array[int]", shortest: float, longest: float) -> "array[int]":
    """Without the silence before and after. Raises Unfit."""
    loud = [i for i in range(len(samples) // WINDOW) if power(samples[i * WINDOW : (i + 1) * WINDOW]) > FLOOR]
    if len(samples) < shortest * RATE:
        raise Unfit("short")
    if not loud:
        raise Unfit("silent")
    cut = samples[max(0, loud[0] - MARGIN) * WINDOW : (loud[-1] + 1 + MARGIN) * WINDOW]
    if len(loud) * WINDOW < shortest * RATE / 2:
        raise Unfit("short")
    if len(cut) > longest * RATE:
        raise Unfit("long")
    return cut


def power(window: "array[int]") -> float:
    return math.sqrt(sum(sample * sample for sample in window) / len(window))


def louder(samples: "array[int]") -> "array[int]":
    """As loud as a cheap loudspeaker needs."""
    gain = min(MOST_GAIN, PEAK / max(1, max(abs(sample) for sample in samples)))
    return array("h", (max(-32768, min(32767, int(sample * gain))) for sample in samples))


def as_webm(samples: "array[int]") -> bytes:
    import av

    out = io.BytesIO()
    with av.open(out, "w", format="webm", container_options={"fflags": "+bitexact"}) as file:
        options = {"application": "voip", "frame_duration": "60", "vbr": "on"}
        stream = file.add_stream("libopus", rate=RATE, layout="mono", bit_rate=BITS, options=options)
        stream.codec_context.flags |= av.codec.context.Flags.bitexact
        size = stream.codec_context.frame_size or WINDOW * 3
        for at in range(0, len(samples), size):
            piece = samples[at : at + size]
            piece.extend([0] * (size - len(piece)))
            frame = av.AudioFrame(format="s16", layout="mono", samples=size)
            frame.planes[0].update(piece.tobytes())
            frame.sample_rate, frame.pts = RATE, at
            file.mux(stream.encode(frame))
        file.mux(stream.encode(None))
    return out.getvalue()


def main() -> None:
    try:
        found = spoken(samples_of(sys.stdin.buffer.read()), float(sys.argv[1]), float(sys.argv[2]))
        webm = as_webm(louder(found))
    except Unfit as unfit:
        sys.stderr.write(str(unfit))
        sys.exit(3)
    sys.stdout.buffer.write(struct.pack(">d", len(found) / RATE) + webm)


if __name__ == "__main__":
    main()
