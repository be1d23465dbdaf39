// What a file really is and how large its picture would be, read from its first bytes: before anything decodes it.

export type Size = { width: number; height: number }

/** Pixels above which nothing is decoded: a small file can unfold to gigabytes. */
export const MOST_PIXELS = 40_000_000
const LONGEST_SIDE = 20_000

const ascii = (bytes: Uint8Array, at: number, length: number): string => String.fromCharCode(...bytes.subarray(at, at + length))
const big16 = (bytes: Uint8Array, at: number): number => (bytes[at] << 8) | bytes[at + 1]
const little16 = (bytes: Uint8Array, at: number): number => bytes[at] | (bytes[at + 1] << 8)
const little24 = (bytes: Uint8Array, at: number): number => little16(bytes, at) | (bytes[at + 2] << 16)

/** Width and height from a JPEG's frame header (ITU T.81 B.2.2); null when there is none. */
function jpeg(bytes: Uint8Array): Size | null {
  let at = 2
  while (at + 9 < bytes.length) {
    if (bytes[at] !== 0xff) return null
    const marker = bytes[at + 1]
    if (marker === 0xff) {
      at += 1
      continue
    }
    // C4, C8 and CC are tables, not frames.
    if (marker >= 0xc0 && marker <= 0xcf && ![0xc4, 0xc8, 0xcc].includes(marker)) return { height: big16(bytes, at + 5), width: big16(bytes, at + 7) }
    if (marker === 0xda || marker === 0xd9) return null
    at += 2 + big16(bytes, at + 2)
  }
  return null
}

/** From the first chunk of a WebP (RFC 9649): lossy, lossless or extended; null for anything else. */
function webp(bytes: Uint8Array): Size | null {
  const chunk = ascii(bytes, 12, 4)
  if (chunk === "VP8X") return { width: little24(bytes, 24) + 1, height: little24(bytes, 27) + 1 }
  if (chunk === "VP8L" && bytes[20] === 0x2f) {
    return { width: 1 + (little16(bytes, 21) & 0x3fff), height: 1 + (((little24(bytes, 22) >> 6) & 0x3fff) >>> 0) }
  }
  if (chunk === "VP8 " && bytes[23] === 0x9d && bytes[24] === 0x01 && bytes[25] === 0x2a) {
    return { width: little16(bytes, 26) & 0x3fff, height: little16(bytes, 28) & 0x3fff }
  }
  return null
}

/** The picture's size, or null when the bytes are neither JPEG nor WebP, whatever the file is called. */
export function measure(bytes: Uint8Array): (Size & { type: string }) | null {
  if (bytes.length < 32) return null
  if (bytes[0] === 0xff && bytes[1] === 0xd8 && bytes[2] === 0xff) {
    const size = jpeg(bytes)
    return size && { ...size, type: "image/jpeg" }
  }
  if (ascii(bytes, 0, 4) === "RIFF" && ascii(bytes, 8, 4) === "WEBP") {
    const size = webp(bytes)
    return size && { ...size, type: "image/webp" }
  }
  return null
}

export function isTooLarge({ width, height }: Size): boolean {
  return width * height > MOST_PIXELS || Math.max(width, height) > LONGEST_SIDE
}

/** The voice's media type by its first bytes, or null. */
export function voiceType(bytes: Uint8Array): string | null {
  if (bytes.length < 32) return null
  if (bytes[0] === 0x1a && bytes[1] === 0x45 && bytes[2] === 0xdf && bytes[3] === 0xa3) return "audio/webm"
  if (ascii(bytes, 0, 4) === "OggS") return "audio/ogg"
  if (ascii(bytes, 4, 4) === "ftyp") return "audio/mp4"
  if (ascii(bytes, 0, 4) === "RIFF" && ascii(bytes, 8, 4) === "WAVE") return "audio/wav"
  return null
}
