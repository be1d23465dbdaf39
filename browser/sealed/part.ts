// One sealed part: what goes into its tar, its MAC, and how a reader tells a part that is not who it claims to be.
import { decrypterOf, Encrypter, type Identities } from "./age"
import { type Bytes, concat, equal, hex, hmac, sha256, text, utf8 } from "./bytes"
import { type Entry, tar, untar } from "./tar"

export type From = "reporter" | "officer"
export type Kind = "report" | "message" | "photo" | "voice" | "answer" | "forward"

/** `part.json` (protocol, section 4). */
export type PartJson = {
  v: 1
  box: string
  from: From
  index: number
  kind: Kind
  hour: string
  /** of `forward`: slug and root fingerprint of the new box */
  to?: string
} & Partial<ReportJson>

/** What the first part says besides. */
export type ReportJson = {
  secret: string
  reply: string | null
  what: string
  village: string
  place: string
  gps: [number, number, number] | null
  when: string
  when_text: string
  forward: boolean
  pinned: "qr" | "code" | ""
  path: "sealed" | "plain"
  media: number
  lang: string
  root: string
  statement: number
  /** of a suggestion: may it be answered for all to read */
  public?: boolean
  /** of a report that an officer entered: how it came, who the person is, whether they asked for secrecy */
  channel?: string
  named?: Named | null
  secrecy?: boolean
}

export type Named = { name: string; contact: string; paper: string }

export type ToSeal = {
  json: PartJson
  body?: Entry
  /** the thread secret; needed for every part but the first */
  secret?: Uint8Array
  thread: string
  recipients: string[]
}

/** `box`: one slug, or all that this thread may have lain in. */
export type Expect = { box: string | string[]; from: From; index: number; thread: string; secret: Uint8Array | null }
export type Opened = { json: PartJson; body: Entry | null; foreign: boolean }

const MEDIA = /^(photo|voice)\./

const isFirst = (json: { from: string; index: number }): boolean => json.from === "reporter" && json.index === 0

async function macOf(secret: Uint8Array, json: { from: string; index: number }, thread: string, entries: Entry[]): Promise<Bytes> {
  const pieces = entries.flatMap(({ name, bytes }) => [utf8(`${name}\0${bytes.length}\0`), bytes])
  const content = hex(await sha256(concat(...pieces)))
  return hmac(secret, utf8(["keng/part/1", thread, json.from, json.index, content].join("\n")))
}

/** The part as one whole age file. */
export async function sealPart({ json, body, secret, thread, recipients }: ToSeal): Promise<Bytes> {
  const entries: Entry[] = [{ name: "part.json", bytes: utf8(JSON.stringify(json)) }]
  if (body) entries.push(body)
  if (!isFirst(json)) {
    if (!secret) throw new Error("a later part needs the thread secret")
    entries.push({ name: "mac", bytes: utf8(hex(await macOf(secret, json, thread, entries))) })
  }
  const encrypter = new Encrypter()
  for (const recipient of recipients) encrypter.addRecipient(recipient)
  return (await encrypter.encrypt(tar(entries, body && MEDIA.test(body.name) ? "media" : "text"))) as Bytes
}

async function macHolds(entries: Entry[], expect: Expect): Promise<boolean> {
  const at = entries.findIndex((entry) => entry.name === "mac")
  if (at < 0 || !expect.secret) return false
  return equal(utf8(hex(await macOf(expect.secret, expect, expect.thread, entries.slice(0, at)))), entries[at].bytes)
}

async function isForeign(json: PartJson, entries: Entry[], expect: Expect): Promise<boolean> {
  if (json.v !== 1 || !([] as string[]).concat(expect.box).includes(json.box) || json.from !== expect.from || json.index !== expect.index) return true
  return isFirst(expect) ? false : !(await macHolds(entries, expect))
}

/**
 * Opens an age file (header and payload) with one of `identities`. Throws when it does not open or is no part at all.
 * `foreign`: it opened, but is not proven to be what the server said: show it apart, never as anybody's word.
 */
export async function openPart(sealed: Uint8Array, identities: Identities, expect: Expect): Promise<Opened> {
  const entries = untar(await decrypterOf(identities).decrypt(sealed))
  if (entries[0]?.name !== "part.json") throw new Error("no part.json")
  const json = JSON.parse(text(entries[0].bytes)) as PartJson
  const second = entries[1]
  const body = second && second.name !== "mac" && second.name !== "padding" ? second : null
  return { json, body, foreign: await isForeign(json, entries, expect) }
}
