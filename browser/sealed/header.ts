// The seam of an age file: a header that names who can open it, and a payload that forwarding never touches.
import { encodeHeader, encodeHeaderNoMAC } from "age-internal/format"
import { X25519Recipient } from "age-internal/recipients"

import { decrypterOf, type Identities } from "./age"
import { type Bytes, hex, hmac, sha256, utf8 } from "./bytes"

const NEWLINE = 10
const MAX_HEADER = 4096

/** An age file cut after the line that begins `--- `. Throws when there is none within 4 KiB. */
export function split(file: Uint8Array): { header: Bytes; payload: Bytes } {
  let line = 0
  for (let i = 0; i < Math.min(file.length, MAX_HEADER); i++) {
    if (file[i] !== NEWLINE) continue
    if (file[line] === 45 && file[line + 1] === 45 && file[line + 2] === 45 && file[line + 3] === 32) {
      return { header: file.slice(0, i + 1) as Bytes, payload: file.subarray(i + 1) as Bytes }
    }
    line = i + 1
  }
  throw new Error("not an age file")
}

/** A part's name: hex SHA-256 of its payload. */
export async function digest(file: Uint8Array): Promise<string> {
  return hex(await sha256(split(file).payload))
}

async function headerKey(fileKey: Uint8Array): Promise<Bytes> {
  const key = await crypto.subtle.importKey("raw", fileKey as Bytes, "HKDF", false, ["deriveBits"])
  const expand = { name: "HKDF", hash: "SHA-256", salt: new Uint8Array(0), info: utf8("header") }
  return new Uint8Array(await crypto.subtle.deriveBits(expand, key, 256))
}

/** A new header for `recipients` round the same file key, which one of `identities` opens; the payload stays as it is. */
export async function rewrap(header: Uint8Array, identities: Identities, recipients: string[]): Promise<Bytes> {
  const fileKey = await decrypterOf(identities).decryptHeader(header)
  const stanzas = (await Promise.all(recipients.map((recipient) => new X25519Recipient(recipient).wrapFileKey(fileKey)))).flat()
  const mac = await hmac(await headerKey(fileKey), encodeHeaderNoMAC(stanzas))
  return encodeHeader(stanzas, mac) as Bytes
}
