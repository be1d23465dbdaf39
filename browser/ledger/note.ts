// Signed notes, checkpoints and cosignatures (C2SP signed-note, tlog-checkpoint, tlog-cosignature v1): reading and checking. The server's
// side of it is keng/ledger/notes.py.
import { b64, type Bytes, concat, equal, hex, sha256, unb64, utf8 } from "../sealed/bytes"
import { verify } from "./ed25519"

export const LOG = 1
export const WITNESS = 4
const MOST_SIGNATURES = 100

export type Key = { name: string; type: number; id: Bytes; key: Bytes }
type Signature = { name: string; id: Bytes; signed: Bytes }
export type Checkpoint = { text: string; origin: string; size: number; root: Bytes; signatures: Signature[] }

/** Not a note, a checkpoint or a verifier key at all. */
export class Malformed extends Error {}

/** Standard base64 in its one canonical form, of `length` bytes where that is given. Throws Malformed. */
export function strictB64(text: unknown, length?: number): Bytes {
  let raw: Bytes
  try {
    raw = unb64(text as string)
  } catch {
    throw new Malformed("base64")
  }
  if (b64(raw) !== text || (length !== undefined && raw.length !== length)) throw new Malformed("base64")
  return raw
}

/** A C2SP verifier key, `name+id+base64`. Throws Malformed, also for an id that is not this key's. */
export async function readKey(vkey: string): Promise<Key> {
  const [, name, id, code] = /^([^\s+]{1,120})\+([0-9a-f]{8})\+(.+)$/.exec(vkey) ?? []
  if (!name) throw new Malformed("key")
  const raw = strictB64(code, 33)
  const own = (await sha256(concat(utf8(name + "\n"), raw))).subarray(0, 4)
  if ((raw[0] !== LOG && raw[0] !== WITNESS) || hex(own) !== id) throw new Malformed("key")
  return { name, type: raw[0], id: own, key: raw.slice(1) }
}

function readLine(line: string): Signature {
  const [, name, code] = /^\u2014 ([^\s+]{1,120}) (\S+)$/.exec(line) ?? []
  if (!name) throw new Malformed("signature line")
  const raw = strictB64(code)
  if (raw.length <= 4) throw new Malformed("signature line")
  return { name, id: raw.slice(0, 4), signed: raw.slice(4) }
}

/** A checkpoint with its signature lines, taken apart; nothing of it is believed yet. Throws Malformed. */
export function readCheckpoint(note: unknown): Checkpoint {
  if (typeof note !== "string" || note.length > 20_000) throw new Malformed("note")
  const gap = note.lastIndexOf("\n\n")
  const text = note.slice(0, gap + 1)
  const [origin, size, root, ...rest] = text.split("\n")
  // eslint-disable-next-line no-control-regex
  if (gap < 0 || !note.endsWith("\n") || !rest.length || !origin || !/^(0|[1-9]\d{0,14})$/.test(size) || /[\x00-\x09\x0b-\x1f]/.test(text))
    throw new Malformed("note")
  const lines = note.slice(gap + 2, -1).split("\n")
  if (lines.length > MOST_SIGNATURES) throw new Malformed("note")
  return { text, origin, size: Number(size), root: strictB64(root, 32), signatures: lines.map(readLine) }
}

const madeBy = ({ signatures }: Checkpoint, { name, id }: Key): Signature | undefined => signatures.find((one) => one.name === name && equal(one.id, id))

/** Whether the log's key signed it. */
export async function isSigned(checkpoint: Checkpoint, key: Key): Promise<boolean> {
  const found = madeBy(checkpoint, key)
  return found?.signed.length === 64 && key.type === LOG && verify(key.key, utf8(checkpoint.text), found.signed)
}

/** When this witness signed it, in seconds since 1970: null where it did not, NaN where the line that bears its name is wrong. */
export async function cosignedAt(checkpoint: Checkpoint, witness: Key): Promise<number | null> {
  const found = madeBy(checkpoint, witness)
  if (!found) return null
  if (witness.type !== WITNESS || found.signed.length !== 72) return NaN
  const seconds = found.signed.subarray(0, 8).reduce((all, byte) => all * 256 + byte, 0)
  const message = utf8(`cosignature/v1\ntime ${seconds}\n${checkpoint.text}`)
  // Beyond 2^53 the number is not exact, and no honest clock says it.
  const holds = Number.isSafeInteger(seconds) && seconds < 1e11 && (await verify(witness.key, message, found.signed.slice(8)))
  return holds ? seconds : NaN
}
