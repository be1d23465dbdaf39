// A recording, made here or chosen as a file, and whether it can be a prompt. The server looks again, and cleans it.
import type { Fault } from "./words"

export const LONGEST = 30 // seconds
const SHORTEST = 0.3
const MOST = 1024 * 1024
const BITS_PER_SECOND = 24_000
const TYPES = ["audio/webm;codecs=opus", "audio/ogg;codecs=opus", "audio/mp4"]
const LISTEN_AT = 16_000
// What a quiet room gives is below this root mean square of a fiftieth of a second.
const FLOOR = 0.005

export class BadSound extends Error {
  constructor(readonly kind: Fault) {
    super(kind)
  }
}

/** A running recording. */
export class Take {
  private readonly pieces: Blob[] = []
  readonly began = Date.now()

  private constructor(
    private readonly stream: MediaStream,
    private readonly recorder: MediaRecorder,
  ) {
    recorder.ondataavailable = ({ data }) => this.pieces.push(data)
    recorder.start()
  }

  /** Throws what the browser throws when the microphone is refused or missing. */
  static async start(): Promise<Take> {
    const mimeType = TYPES.find((type) => MediaRecorder.isTypeSupported(type))
    const stream = await navigator.mediaDevices.getUserMedia({ audio: { channelCount: 1 } })
    return new Take(stream, new MediaRecorder(stream, { mimeType, audioBitsPerSecond: BITS_PER_SECOND }))
  }

  get seconds(): number {
    return Math.floor((Date.now() - this.began) / 1000)
  }

  async stop(): Promise<Blob> {
    const stopped = new Promise((resolve) => (this.recorder.onstop = resolve))
    this.recorder.stop()
    await stopped
    for (const track of this.stream.getTracks()) track.stop()
    return new Blob(this.pieces, { type: this.recorder.mimeType.split(";")[0] })
  }
}

function isLoud(samples: Float32Array): boolean {
  const window = LISTEN_AT / 50
  for (let at = 0; at + window <= samples.length; at += window) {
    let sum = 0
    for (let i = at; i < at + window; i++) sum += samples[i] * samples[i]
    if (Math.sqrt(sum / window) > FLOOR) return true
  }
  return false
}

/** Throws BadSound. */
export async function check(sound: Blob): Promise<void> {
  if (sound.type.startsWith("video/")) throw new BadSound("video")
  if (sound.size > MOST) throw new BadSound("large")
  let decoded: AudioBuffer
  try {
    decoded = await new OfflineAudioContext(1, 1, LISTEN_AT).decodeAudioData(await sound.arrayBuffer())
  } catch {
    throw new BadSound("unreadable")
  }
  if (decoded.duration > LONGEST + 1) throw new BadSound("long")
  if (decoded.duration < SHORTEST) throw new BadSound("short")
  if (!isLoud(decoded.getChannelData(0))) throw new BadSound("silent")
}
