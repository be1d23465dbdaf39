// The part's container: a plain ustar file that any `tar` opens, padded so that its length tells little.
import { type Bytes, text, utf8 } from "./bytes"

export type Entry = { name: string; bytes: Uint8Array }

const BLOCK = 512
const MAX_ENTRIES = 8
const MAX_BYTES = 16 * 1024 * 1024

const whole = (length: number): number => Math.ceil(length / BLOCK) * BLOCK

/** Padmé (Nikitin et al., PETS 2019): at most 12% longer, leaks O(log log) bits of the length. */
export function padme(length: number): number {
  const exponent = Math.floor(Math.log2(length))
  const step = 2 ** Math.max(0, exponent - Math.floor(Math.log2(exponent)) - 1)
  return Math.ceil(length / step) * step
}

/** Length in bytes of the padded tar whose length without padding is `length`. */
export function paddedLength(length: number, padTo: "text" | "media"): number {
  if (padTo === "text") return whole(Math.max(2048, padme(length)))
  return Math.max(2048, 2 ** Math.ceil(Math.log2(length)))
}

function header(name: string, size: number): Bytes {
  const block = new Uint8Array(BLOCK)
  const put = (at: number, s: string): void => block.set(utf8(s), at)
  put(0, name)
  put(100, "0000600\0" + "0000000\0" + "0000000\0")
  put(124, size.toString(8).padStart(11, "0") + "\0" + "00000000000\0")
  put(148, " ".repeat(8) + "0")
  put(257, "ustar\0" + "00")
  const sum = block.reduce((total, byte) => total + byte, 0)
  put(148, sum.toString(8).padStart(6, "0") + "\0 ")
  return block
}

/** A ustar of `entries` and then `padding`. Names are at most 99 ASCII characters. */
export function tar(entries: Entry[], padTo: "text" | "media"): Bytes {
  const bare = entries.reduce((sum, entry) => sum + BLOCK + whole(entry.bytes.length), 0) + BLOCK + 2 * BLOCK
  const total = paddedLength(bare, padTo)
  const out = new Uint8Array(total)
  let at = 0
  for (const { name, bytes } of entries) {
    out.set(header(name, bytes.length), at)
    out.set(bytes, at + BLOCK)
    at += BLOCK + whole(bytes.length)
  }
  out.set(header("padding", total - bare), at)
  return out
}

function octal(field: Uint8Array): number {
  const digits = text(field).replace(/[\0 ]+$/, "")
  if (!/^[0-7]+$/.test(digits)) throw new Error("tar: not a number")
  return parseInt(digits, 8)
}

function readHeader(block: Uint8Array): { name: string; size: number } {
  const sum = block.reduce((total, byte, i) => total + (i >= 148 && i < 156 ? 32 : byte), 0)
  if (octal(block.subarray(148, 156)) !== sum) throw new Error("tar: checksum")
  if (block[156] !== 48 && block[156] !== 0) throw new Error("tar: not a plain file")
  const name = text(block.subarray(0, 100)).replace(/\0+$/, "")
  if (!/^[a-z0-9.]{1,40}$/.test(name)) throw new Error("tar: name")
  return { name, size: octal(block.subarray(124, 136)) }
}

/** The entries in order, `padding` too. Throws on anything but a small plain ustar with each name once. */
export function untar(bytes: Uint8Array): Entry[] {
  if (bytes.length % BLOCK || bytes.length > MAX_BYTES) throw new Error("tar: length")
  const entries: Entry[] = []
  let at = 0
  while (at < bytes.length && bytes[at] !== 0) {
    const { name, size } = readHeader(bytes.subarray(at, at + BLOCK))
    const start = at + BLOCK
    at = start + whole(size)
    if (at > bytes.length || entries.length === MAX_ENTRIES) throw new Error("tar: cut short")
    if (entries.some((entry) => entry.name === name)) throw new Error("tar: name twice")
    entries.push({ name, bytes: bytes.subarray(start, start + size) })
  }
  if (at + 2 * BLOCK > bytes.length) throw new Error("tar: no end")
  return entries
}

