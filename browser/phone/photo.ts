// A photo as it may leave the phone: drawn anew, so that nothing but its picture is left (R8).
import type { Entry } from "../sealed/tar"

export type MediaFault = "heic" | "video" | "huge" | "no_photo" | "no_sound" | "long"

/** A chosen file that can't be stripped or read; `kind` chooses the sentence. */
export class MediaError extends Error {
  constructor(readonly kind: MediaFault) {
    super(kind)
  }
}

const LONGEST_SIDE = 1280
// Decoding takes 4 bytes a pixel: 64 megapixels are 256 MB, more than that breaks a cheap phone.
const MOST_PIXELS = 64e6
// A sealed part is padded to a power of two; 4 KiB of it are not the picture.
const STEPS = [128, 256, 512].map((kib) => kib * 1024 - 4096)

type Size = { width: number; height: number }

const ascii = (bytes: Uint8Array, from: number, to: number): string => String.fromCharCode(...bytes.subarray(from, to))

function jpegSize(bytes: Uint8Array, view: DataView): Size | null {
  let at = 2
  while (at + 9 < bytes.length) {
    if (bytes[at] !== 0xff) return null
    const marker = bytes[at + 1]
    const isFrame = marker >= 0xc0 && marker <= 0xcf && ![0xc4, 0xc8, 0xcc].includes(marker)
    if (isFrame) return { height: view.getUint16(at + 5), width: view.getUint16(at + 7) }
    at += marker === 0xff ? 1 : 2 + view.getUint16(at + 2)
  }
  return null
}

function webpSize(bytes: Uint8Array, view: DataView): Size | null {
  const form = ascii(bytes, 12, 16)
  if (form === "VP8 ") return { width: view.getUint16(26, true) & 0x3fff, height: view.getUint16(28, true) & 0x3fff }
  if (form === "VP8L") {
    const bits = view.getUint32(21, true)
    return { width: (bits & 0x3fff) + 1, height: ((bits >> 14) & 0x3fff) + 1 }
  }
  const three = (at: number): number => (bytes[at] | (bytes[at + 1] << 8) | (bytes[at + 2] << 16)) + 1
  return form === "VP8X" ? { width: three(24), height: three(27) } : null
}

/** Width and height from the file's own header, before anything is decoded. Throws MediaError. */
export function sizeOf(bytes: Uint8Array): Size {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  let size: Size | null = null
  if (bytes.length > 32) {
    if (ascii(bytes, 4, 8) === "ftyp") throw new MediaError(/hei[cmx]|hev|mif1|msf1|avi[fs]/.test(ascii(bytes, 8, 32)) ? "heic" : "video")
    if (bytes[0] === 0xff && bytes[1] === 0xd8) size = jpegSize(bytes, view)
    if (ascii(bytes, 1, 4) === "PNG") size = { width: view.getUint32(16), height: view.getUint32(20) }
    if (ascii(bytes, 0, 4) === "RIFF" && ascii(bytes, 8, 12) === "WEBP") size = webpSize(bytes, view)
    if (view.getUint32(0) === 0x1a45dfa3 || (ascii(bytes, 0, 4) === "RIFF" && ascii(bytes, 8, 11) === "AVI")) throw new MediaError("video")
  }
  if (!size || !size.width || !size.height) throw new MediaError("no_photo")
  if (size.width * size.height > MOST_PIXELS) throw new MediaError("huge")
  return size
}

async function decode(file: Blob): Promise<HTMLImageElement> {
  const image = new Image()
  image.src = URL.createObjectURL(file)
  try {
    await image.decode()
    return image
  } catch {
    throw new MediaError("no_photo")
  } finally {
    URL.revokeObjectURL(image.src)
  }
}

const encode = (canvas: HTMLCanvasElement, type: string, quality: number): Promise<Blob | null> =>
  new Promise((resolve) => canvas.toBlob(resolve, type, quality))

async function smallest(canvas: HTMLCanvasElement): Promise<Blob> {
  let best: Blob | null = null
  for (const quality of [0.8, 0.7, 0.6]) {
    let blob = await encode(canvas, "image/webp", quality)
    if (blob?.type !== "image/webp") blob = await encode(canvas, "image/jpeg", quality)
    if (!blob || blob.size === 0) break
    const step = (b: Blob): number => STEPS.findIndex((limit) => b.size <= limit) >>> 0
    // Less quality is worth it only when it halves what goes over the line.
    if (!best || step(blob) < step(best)) best = blob
    if (step(best) === 0) break
  }
  if (!best) throw new MediaError("no_photo")
  return best
}

/** The picture alone, at most 1280 pixels a side, as WebP or, where the browser makes none, JPEG. Throws MediaError. */
export async function cleanPhoto(file: Blob): Promise<Entry> {
  if (file.type.startsWith("video/")) throw new MediaError("video")
  sizeOf(new Uint8Array(await file.slice(0, 1 << 20).arrayBuffer()))
  const image = await decode(file)
  const scale = Math.min(1, LONGEST_SIDE / Math.max(image.naturalWidth, image.naturalHeight))
  const canvas = document.createElement("canvas")
  canvas.width = Math.max(1, Math.round(image.naturalWidth * scale))
  canvas.height = Math.max(1, Math.round(image.naturalHeight * scale))
  const context = canvas.getContext("2d", { alpha: false })
  if (!context) throw new MediaError("no_photo")
  context.fillStyle = "#fff" // what is transparent would turn black
  context.fillRect(0, 0, canvas.width, canvas.height)
  context.drawImage(image, 0, 0, canvas.width, canvas.height)
  const blob = await smallest(canvas)
  canvas.width = canvas.height = 0
  return { name: blob.type === "image/webp" ? "photo.webp" : "photo.jpg", bytes: new Uint8Array(await blob.arrayBuffer()) }
}
