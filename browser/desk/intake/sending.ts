// Sealing what the officer wrote, and storing it by the desk's own door: the protocol's parts, without proof of work.
import { b64u, thisHour, utf8 } from "../../sealed/bytes"
import { digest } from "../../sealed/header"
import { type Named, type PartJson, sealPart } from "../../sealed/part"
import { makePin } from "../../sealed/pin"
import { deriveKeys, makeReceipt, type ReceiptKeys } from "../../sealed/receipt"
import { bodyOf } from "../../sealed/send"
import type { Statement } from "../../sealed/statement"
import type { Entry } from "../../sealed/tar"

export type Said = {
  channel: string
  what: string
  text: string
  village: string
  place: string
  when: string
  when_text: string
  forward: boolean
  public: boolean | null
  named: Named | null
  secrecy: boolean
}

/** Ready to be stored; sent again it is the same report. The receipt is here and nowhere else. */
export type Prepared = { box: string; query: string; receipt: string; bodies: Uint8Array<ArrayBuffer>[]; stored: number }

export class Refusal extends Error {
  constructor(
    readonly status: number,
    message: string,
  ) {
    super(message)
  }
}

function firstJson(said: Said, statement: Statement, keys: ReceiptKeys, media: number): PartJson {
  const { channel, what, village, place, when, when_text, forward, named, secrecy } = said
  return {
    v: 1, box: statement.box, from: "reporter", index: 0, kind: "report", hour: thisHour(), secret: b64u(keys.secret), reply: keys.reply,
    what, village, place, gps: null, when, when_text, forward, pinned: "code", path: "sealed", media, lang: "vi", root: statement.root,
    statement: statement.seq, channel, named, secrecy, ...(said.public && { public: true }),
  }
}

export async function prepare(said: Said, photos: Entry[], statement: Statement): Promise<Prepared> {
  const receipt = makeReceipt()
  const keys = await deriveKeys(receipt)
  const common = { thread: keys.thread, recipients: [statement.recipient], secret: keys.secret }
  const parts = [await sealPart({ ...common, json: firstJson(said, statement, keys, photos.length), body: { name: "text.txt", bytes: utf8(said.text) } })]
  for (const [i, body] of photos.entries()) {
    const json: PartJson = { v: 1, box: statement.box, from: "reporter", index: i + 1, kind: "photo", hour: thisHour() }
    parts.push(await sealPart({ ...common, json, body }))
  }
  const digests = await Promise.all(parts.map(digest))
  const bodies: Uint8Array<ArrayBuffer>[] = []
  const hour = thisHour()
  for (const [index, part] of parts.entries()) {
    const pin = await makePin(keys.pinKey, { box: statement.box, root: statement.root, seq: statement.seq, hour, parts: digests.slice(0, index + 1) })
    const begins = index === 0
    const envelope = { thread: keys.thread, token: begins ? null : b64u(keys.token), index, ...(begins && { log: b64u(keys.logTag) }), ...pin }
    bodies.push(bodyOf(envelope, thisHour(), "0", part))
  }
  const query = new URLSearchParams({ channel: said.channel, named: said.named ? "1" : "0", secrecy: said.secrecy ? "1" : "0" }).toString()
  return { box: statement.box, query, receipt, bodies, stored: 0 }
}

/** Stores what is not stored yet. Rejects with Refusal: status 0 and above 499 are worth another try. */
export async function store(prepared: Prepared, progress: (part: number, of: number) => void): Promise<void> {
  while (prepared.stored < prepared.bodies.length) {
    progress(prepared.stored + 1, prepared.bodies.length)
    await post(prepared, prepared.bodies[prepared.stored])
    prepared.stored += 1
  }
}

async function post({ box, query, stored }: Prepared, body: Uint8Array<ArrayBuffer>): Promise<void> {
  const token = document.querySelector<HTMLMetaElement>("meta[name=csrf]")?.content ?? ""
  const address = `/mailbox/api/boxes/${box}/parts${stored ? "" : `?${query}`}`
  const headers = { "Content-Type": "application/octet-stream", "X-CSRFToken": token }
  let response: Response
  try {
    response = await fetch(address, { method: "POST", headers, body, credentials: "same-origin", cache: "no-store", redirect: "error" })
  } catch {
    throw new Refusal(0, "")
  }
  if (response.ok) return
  const answer = (await response.json().catch(() => ({}))) as { message?: string }
  throw new Refusal(response.status, answer.message ?? "")
}
