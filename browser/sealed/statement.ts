// Key statements: what a box's root signed, and when to refuse it (protocol, sections 1 and 2).
import { bech32 } from "@scure/base"

import { b64u, type Bytes, sha256, unb64u, utf8 } from "./bytes"

export type Signed = { statement: string; signature: string; root: string }

export type Statement = {
  box: string
  recipient: string
  seq: number
  from: string
  until: string
  /** boxes to which this box may forward: [slug, root fingerprint] */
  forward: [string, string][]
  /** fingerprint of the root that signed */
  root: string
}

export type StatementFault = "signature" | "pin" | "box" | "expired" | "malformed" | "replayed"

export class StatementError extends Error {
  constructor(readonly kind: StatementFault) {
    super(kind)
  }
}

export type Expected = {
  box: string
  /** root fingerprint (26 characters), short code (12), or null: nothing pinned */
  pinned: string | null
  today: Date
  /** lowest `seq` that is not a replay */
  minSeq?: number
}

const ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz"
const CURVE = { name: "ECDSA", namedCurve: "P-256" }
const SIGNING = { name: "ECDSA", hash: "SHA-256" }
const DAY = 86_400_000

/** Crockford base32 of SHA-256, first 26 characters (130 bits). */
export async function fingerprint(rawRoot: Uint8Array): Promise<string> {
  const digest = await sha256(rawRoot)
  let out = ""
  for (let i = 0; i < 26; i++) {
    const bit = i * 5
    const pair = (digest[bit >> 3] << 8) | digest[(bit >> 3) + 1]
    out += ALPHABET[(pair >> (11 - (bit & 7))) & 31]
  }
  return out
}

/** A fingerprint or short code as somebody typed it: lower case, `o`→`0`, `i` and `l`→`1`, no spaces or dashes. */
export function readCode(typed: string): string {
  return typed.toLowerCase().replace(/[\s-]/g, "").replace(/o/g, "0").replace(/[il]/g, "1")
}

export function isRecipient(s: unknown): s is string {
  try {
    const { prefix, bytes } = bech32.decodeToBytes(s as string)
    return prefix === "age" && bytes.length === 32 && s === (s as string).toLowerCase()
  } catch {
    return false
  }
}

const isDate = (s: unknown): s is string => typeof s === "string" && /^\d{4}-\d\d-\d\d$/.test(s) && !isNaN(Date.parse(s))

const isForward = (list: unknown): list is [string, string][] =>
  Array.isArray(list) && list.every((pair) => Array.isArray(pair) && pair.length === 2 && pair.every((s) => typeof s === "string"))

function parse(signed: Signed, root: string): Statement {
  const { v, type, box, recipient, seq, from, until, forward = [] } = JSON.parse(signed.statement)
  const sound =
    v === 1 && type === "box-key" && typeof box === "string" && isRecipient(recipient) && Number.isSafeInteger(seq) && seq > 0 &&
    isDate(from) && isDate(until) && isForward(forward) && Date.parse(until) - Date.parse(from) <= 400 * DAY
  if (!sound) throw new StatementError("malformed")
  return { box, recipient, seq, from, until, forward, root }
}

async function verify(signed: Signed, rawRoot: Bytes): Promise<boolean> {
  const key = await crypto.subtle.importKey("raw", rawRoot, CURVE, false, ["verify"])
  return crypto.subtle.verify(SIGNING, key, unb64u(signed.signature), utf8(signed.statement))
}

async function check(signed: Signed, expected: Expected): Promise<Statement> {
  const rawRoot = unb64u(signed.root)
  const root = await fingerprint(rawRoot)
  const { pinned, today } = expected
  if (pinned !== null && (![12, 26].includes(pinned.length) || !root.startsWith(pinned))) throw new StatementError("pin")
  if (!(await verify(signed, rawRoot))) throw new StatementError("signature")
  const statement = parse(signed, root)
  if (statement.box !== expected.box) throw new StatementError("box")
  const day = Date.parse(today.toISOString().slice(0, 10))
  // Two days either way forgive a phone whose clock is a day off, and time zones.
  if (day < Date.parse(statement.from) - 2 * DAY || day > Date.parse(statement.until) + 2 * DAY) throw new StatementError("expired")
  if (statement.seq < (expected.minSeq ?? 0)) throw new StatementError("replayed")
  return statement
}

/** The statement, if the pinned root signed it for this box and day. Throws StatementError: then seal nothing. */
export async function readStatement(signed: Signed, expected: Expected): Promise<Statement> {
  try {
    return await check(signed, expected)
  } catch (error) {
    throw error instanceof StatementError ? error : new StatementError("malformed")
  }
}

/** Raw root (65 bytes, uncompressed) of an extractable private key. */
export async function rootOf(privateKey: CryptoKey): Promise<Bytes> {
  const { x = "", y = "" } = await crypto.subtle.exportKey("jwk", privateKey)
  const out = new Uint8Array(65)
  out[0] = 4
  out.set(unb64u(x), 1)
  out.set(unb64u(y), 33)
  return out
}

/** Signs `object` as JSON. `privateKey` is an ECDSA P-256 key, extractable so that its public half can go along. */
export async function signJson(privateKey: CryptoKey, object: object): Promise<Signed> {
  const statement = JSON.stringify(object)
  const signature = new Uint8Array(await crypto.subtle.sign(SIGNING, privateKey, utf8(statement)))
  return { statement, signature: b64u(signature), root: b64u(await rootOf(privateKey)) }
}
