// Opening and sealing, with the box's key in memory: parts, notes, answers, and new headers for passing on.
import { decrypterOf, Encrypter, identityToRecipient } from "../../sealed/age"
import { type Bytes, concat, hex, sha256, text, unb64, unb64u, utf8 } from "../../sealed/bytes"
import { rewrap, split } from "../../sealed/header"
import { type Named, openPart, type PartJson, type ReportJson, sealPart } from "../../sealed/part"
import { readStatement, type Statement } from "../../sealed/statement"
import { thisHour } from "../../sealed/bytes"
import type { PartLine, Report, Targets } from "./types"

export type First = { json: PartJson & ReportJson; text: string; secret: Bytes; foreign: boolean }
/** A part as read: `foreign` when it is not proven to be what the server says; null when it does not open at all. */
export type Read = { json: PartJson; text: string | null; media: { name: string; bytes: Bytes } | null; foreign: boolean } | null

const KNOWN_MEDIA = /^(photo\.(jpg|webp)|voice\.(webm|ogg|m4a|wav))$/

const asText = (bytes: Uint8Array): string => {
  try {
    return text(bytes)
  } catch {
    // Not UTF-8: shown with replacement marks rather than hidden.
    return new TextDecoder().decode(bytes)
  }
}

const string = (value: unknown): string => (typeof value === "string" ? value : "")

/** Who a person is that an officer entered a report for. */
function named(said: unknown): Named | null {
  if (typeof said !== "object" || said === null) return null
  const { name, contact, paper } = said as Record<string, unknown>
  return { name: string(name), contact: string(contact), paper: string(paper) }
}

/** What a stranger's `part.json` says, with every field of the kind that the page counts on. */
function report(json: PartJson): PartJson & ReportJson {
  const gps = Array.isArray(json.gps) && json.gps.length === 3 && json.gps.every(Number.isFinite) ? json.gps : null
  const reply = typeof json.reply === "string" && /^age1[0-9a-z]{58}$/.test(json.reply) ? json.reply : null
  return {
    ...json,
    secret: string(json.secret),
    reply,
    what: string(json.what),
    village: string(json.village),
    place: string(json.place),
    gps,
    when: string(json.when),
    when_text: string(json.when_text),
    forward: json.forward === true,
    pinned: json.pinned === "qr" || json.pinned === "code" ? json.pinned : "",
    path: json.path === "plain" ? "plain" : "sealed",
    media: Number.isInteger(json.media) && json.media! > 0 ? Math.min(json.media!, 64) : 0,
    lang: string(json.lang),
    root: string(json.root),
    statement: Number(json.statement) || 0,
    public: json.public === true,
    channel: string(json.channel),
    named: named(json.named),
    secrecy: json.secrecy === true,
  }
}

function secretOf(json: PartJson): Bytes {
  try {
    return unb64u(string(json.secret))
  } catch {
    return new Uint8Array(0)
  }
}

/** The first part of a report. Throws when it does not open or is no part. */
export async function openFirst(sealed: Uint8Array, identities: string[], thread: string, box: string): Promise<First> {
  const { json, body, foreign } = await openPart(sealed, identities, { box, from: "reporter", index: 0, thread, secret: null })
  const secret = secretOf(json)
  const written = body?.name === "text.txt" ? asText(body.bytes) : ""
  return { json: report(json), text: written, secret, foreign: foreign || secret.length !== 32 || json.kind !== "report" }
}

/** Any later part, of either side. */
export async function openLater(sealed: Uint8Array, identities: string[], thread: string, line: PartLine, secret: Bytes): Promise<Read> {
  try {
    const expect = { box: line.box, from: line.direction, index: line.index, thread, secret: secret.length === 32 ? secret : null }
    const { json, body, foreign } = await openPart(sealed, identities, expect)
    const media = body && KNOWN_MEDIA.test(body.name) ? { name: body.name, bytes: body.bytes.slice() as Bytes } : null
    return { json, text: body && body.name === "text.txt" ? asText(body.bytes) : null, media, foreign }
  } catch {
    return null
  }
}

/** Whether these bytes are the part that the server named. */
export async function isPart(sealed: Uint8Array, digest: string): Promise<boolean> {
  return hex(await sha256(split(sealed).payload)) === digest
}

export async function openNote(sealed: string, identities: string[]): Promise<string | null> {
  try {
    return asText(await decrypterOf(identities).decrypt(unb64(sealed)))
  } catch {
    return null
  }
}

/** The recipient of the newest of our keys. */
const ours = (identities: string[]): Promise<string> => identityToRecipient(identities[0])

/** A note for the officers of the box. */
export async function sealNote(note: string, identities: string[]): Promise<Uint8Array> {
  const encrypter = new Encrypter()
  encrypter.addRecipient(await ours(identities))
  return encrypter.encrypt(utf8(note))
}

export type Answering = { box: string; thread: string; index: number; first: First; identities: string[] }

/** Our recipient comes from the key in hand, not from the server: an answer is never sealed to somebody whom the server named. */
async function sealOurs(json: PartJson, { first, identities, thread }: Answering, body?: string): Promise<Bytes> {
  if (!first.json.reply) throw new Error("no answer is wanted")
  const recipients = [first.json.reply, await ours(identities)]
  return sealPart({ json, body: body === undefined ? undefined : { name: "text.txt", bytes: utf8(body) }, secret: first.secret, thread, recipients })
}

export async function sealAnswer(written: string, to: Answering): Promise<Bytes> {
  return sealOurs({ v: 1, box: to.box, from: "officer", index: to.index, kind: "answer", hour: thisHour() }, to, written)
}

export type Target = { slug: string; title: string; statement: Statement }

/**
 * The boxes to which ours may pass a report on: named by our own statement, each with a statement that the root named there signed.
 * Ours must be of the key in our hands and of `root`, what the reporter's phone trusted, a colleague vouched for, or the poster
 * says (its short code will do).
 * Throws StatementError.
 */
export async function verifiedTargets(said: Targets, box: string, identities: string[], root: string): Promise<Target[]> {
  if (!said.own) return []
  const today = new Date()
  const own = await readStatement(said.own, { box, pinned: root, today })
  if (own.recipient !== (await ours(identities))) throw new Error("another key")
  const found: Target[] = []
  for (const [slug, pinned] of own.forward) {
    const target = said.targets[slug]
    if (target) found.push({ slug, title: target.title, statement: await readStatement(target.signed, { box: slug, pinned, today }) })
  }
  return found
}

export type HandingOver = { headers: Record<string, Uint8Array>; part: { index: number; sealed: Uint8Array } | null }

/** New headers round every part's own key, and, where the reporter can be answered, the part that vouches for the new box. */
export async function handOver(report: Report, target: Target, to: Answering): Promise<HandingOver> {
  const recipient = target.statement.recipient
  const headers: Record<string, Uint8Array> = {}
  for (const part of report.parts) headers[part.digest] = await headerFor(unb64(part.header), to.identities, recipient)
  if (!to.first.json.reply) return { headers, part: null }
  const json: PartJson = { v: 1, box: to.box, from: "officer", index: to.index, kind: "forward", hour: thisHour(), to: target.slug, root: target.statement.root }
  const sealed = await sealOurs(json, to)
  const { header, payload } = split(sealed)
  headers[hex(await sha256(payload))] = await headerFor(header, to.identities, recipient)
  return { headers, part: { index: to.index, sealed } }
}

/** A part that does not open to us goes on as it is. */
async function headerFor(header: Bytes, identities: string[], recipient: string): Promise<Uint8Array> {
  try {
    return await rewrap(header, identities, [recipient])
  } catch {
    return header
  }
}

/** Header and payload as one file. */
export const joined = (header: string, payload: Uint8Array): Bytes => concat(unb64(header), payload)
