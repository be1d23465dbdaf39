// Bytes, their written forms, and the two native primitives everything else stands on. No protocol here.

/** What WebCrypto takes: bytes in memory of their own, never shared between threads. */
export type Bytes = Uint8Array<ArrayBuffer>

const encoder = new TextEncoder()

export function utf8(s: string): Bytes {
  return encoder.encode(s)
}

/** UTF-8 to text. Throws TypeError on bytes that are not UTF-8; keeps a byte order mark. */
export function text(b: Uint8Array): string {
  return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(b)
}

/** Lower-case hexadecimal. */
export function hex(b: Uint8Array): string {
  let out = ""
  for (const byte of b) out += (byte < 16 ? "0" : "") + byte.toString(16)
  return out
}

/** Standard base64 with padding. */
export function b64(b: Uint8Array): string {
  let binary = ""
  // In pieces: the arguments of one call are limited to some 65,000.
  for (let i = 0; i < b.length; i += 8192) binary += String.fromCharCode(...b.subarray(i, i + 8192))
  return btoa(binary)
}

/** Reads standard base64. Throws on anything else. */
export function unb64(s: string): Bytes {
  const binary = atob(s)
  const out = new Uint8Array(binary.length)
  for (let i = 0; i < out.length; i++) out[i] = binary.charCodeAt(i)
  return out
}

/** base64url without padding. */
export function b64u(b: Uint8Array): string {
  return b64(b).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "")
}

/** Reads base64url without padding. Throws on anything else, other alphabets and spaces included. */
export function unb64u(s: string): Bytes {
  if (!/^[\w-]*$/.test(s)) throw new Error("not base64url")
  return unb64(s.replace(/-/g, "+").replace(/_/g, "/"))
}

export function concat(...pieces: Uint8Array[]): Bytes {
  const out = new Uint8Array(pieces.reduce((sum, piece) => sum + piece.length, 0))
  let at = 0
  for (const piece of pieces) {
    out.set(piece, at)
    at += piece.length
  }
  return out
}

/** SHA-256, 32 bytes. */
export async function sha256(b: Uint8Array): Promise<Bytes> {
  return new Uint8Array(await crypto.subtle.digest("SHA-256", b as Bytes))
}

/** HMAC-SHA256, 32 bytes. */
export async function hmac(key: Uint8Array, b: Uint8Array): Promise<Bytes> {
  const imported = await crypto.subtle.importKey("raw", key as Bytes, { name: "HMAC", hash: "SHA-256" }, false, ["sign"])
  return new Uint8Array(await crypto.subtle.sign("HMAC", imported, b as Bytes))
}

/** Compares in a time that tells nothing of where they differ. */
export function equal(a: Uint8Array, b: Uint8Array): boolean {
  let difference = a.length ^ b.length
  for (let i = 0; i < a.length; i++) difference |= a[i] ^ b[i % (b.length || 1)]
  return difference === 0
}

/** The UTC hour of `moment`, as `2026-11-22T03`: the finest time that the protocol knows. */
export function hourOf(moment: Date): string {
  return moment.toISOString().slice(0, 13)
}

export function thisHour(): string {
  return hourOf(new Date())
}
