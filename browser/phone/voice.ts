// A voice as it may leave the phone: from our own recorder, or a file decoded and written anew as plain sound.
import type { Entry } from "../sealed/tar"
import { MediaError } from "./photo"

const FORMATS: [string, string][] = [
  ["audio/webm;codecs=opus", "voice.webm"],
  ["audio/ogg;codecs=opus", "voice.ogg"],
  ["audio/mp4", "voice.m4a"],
]
const BITS_PER_SECOND = 16_000
/** Seconds: what fits an attachment and 2G. */
export const LONGEST = 180
const LARGEST_FILE = 20e6
const TELEPHONE = 8000

const u32 = (view: DataView, at: number): number => view.getUint32(at)

/** Zeroes the times of day that an MP4 recorder writes into its headers. Works in place. */
export function withoutTimes(bytes: Uint8Array, from = 0, to = bytes.length): void {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  let at = from
  while (at + 8 <= to) {
    const size = u32(view, at)
    const kind = String.fromCharCode(...bytes.subarray(at + 4, at + 8))
    if (size < 8 || at + size > to) return
    if (/^(moov|trak|mdia)$/.test(kind)) withoutTimes(bytes, at + 8, at + size)
    if (/^(mvhd|tkhd|mdhd)$/.test(kind)) bytes.fill(0, at + 12, at + 12 + (bytes[at + 8] === 1 ? 16 : 8))
    at += size
  }
}

/** A running recording. */
export class Recording {
  private pieces: Blob[] = []
  private constructor(
    private readonly stream: MediaStream,
    private readonly recorder: MediaRecorder,
    private readonly name: string,
  ) {
    recorder.ondataavailable = ({ data }) => this.pieces.push(data)
  }

  /** Asks for the microphone and starts. Throws what the browser throws when it is refused or missing. */
  static async start(): Promise<Recording> {
    const [type, name] = FORMATS.find(([type]) => MediaRecorder.isTypeSupported(type)) ?? ["", ""]
    if (!type) throw new Error("no format")
    const stream = await navigator.mediaDevices.getUserMedia({ audio: { channelCount: 1 } })
    const recorder = new MediaRecorder(stream, { mimeType: type, audioBitsPerSecond: BITS_PER_SECOND })
    const recording = new Recording(stream, recorder, name)
    recorder.start()
    return recording
  }

  async stop(): Promise<Entry> {
    const stopped = new Promise((resolve) => (this.recorder.onstop = resolve))
    if (this.recorder.state !== "inactive") {
      this.recorder.stop()
      await stopped
    }
    for (const track of this.stream.getTracks()) track.stop()
    const bytes = new Uint8Array(await new Blob(this.pieces).arrayBuffer())
    if (this.name === "voice.m4a") withoutTimes(bytes)
    if (!bytes.length) throw new MediaError("no_sound")
    return { name: this.name, bytes }
  }
}

/** One sample, -1 to 1, as G.711 mu-law. */
function muLaw(sample: number): number {
  const sign = sample < 0 ? 0x80 : 0
  const magnitude = Math.min(32635, Math.abs(sample) * 32767) + 132
  const exponent = Math.floor(Math.log2(magnitude)) - 7
  return ~(sign | (exponent << 4) | ((magnitude >> (exponent + 3)) & 15)) & 255
}

/** Mono samples at 8 kHz as a mu-law WAV file: 8 KB a second, no header but what sound needs. */
export function wav(samples: Float32Array): Uint8Array {
  const bytes = new Uint8Array(58 + samples.length + (samples.length & 1))
  const view = new DataView(bytes.buffer)
  const put = (at: number, s: string): void => [...s].forEach((c, i) => (bytes[at + i] = c.charCodeAt(0)))
  put(0, "RIFF")
  view.setUint32(4, bytes.length - 8, true)
  put(8, "WAVEfmt ")
  view.setUint32(16, 18, true)
  view.setUint16(20, 7, true) // mu-law
  view.setUint16(22, 1, true)
  view.setUint32(24, TELEPHONE, true)
  view.setUint32(28, TELEPHONE, true)
  view.setUint16(32, 1, true)
  view.setUint16(34, 8, true)
  put(38, "fact")
  view.setUint32(42, 4, true)
  view.setUint32(46, samples.length, true)
  put(50, "data")
  view.setUint32(54, samples.length, true)
  samples.forEach((sample, i) => (bytes[58 + i] = muLaw(sample)))
  return bytes
}

function mono(sound: AudioBuffer): Float32Array {
  const out = new Float32Array(sound.length)
  for (let channel = 0; channel < sound.numberOfChannels; channel++) {
    sound.getChannelData(channel).forEach((sample, i) => (out[i] += sample / sound.numberOfChannels))
  }
  return out
}

/** A sound file from the phone's own recorder, decoded and written anew; its metadata stays behind. Throws MediaError. */
export async function cleanSound(file: Blob): Promise<Entry> {
  if (file.type.startsWith("video/")) throw new MediaError("video")
  if (file.size > LARGEST_FILE) throw new MediaError("long")
  let sound: AudioBuffer
  try {
    sound = await new OfflineAudioContext(1, 1, TELEPHONE).decodeAudioData(await file.arrayBuffer())
  } catch {
    throw new MediaError("no_sound")
  }
  if (sound.duration > LONGEST) throw new MediaError("long")
  return { name: "voice.wav", bytes: wav(mono(sound)) }
}
