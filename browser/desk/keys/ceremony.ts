// What a founding makes: the box's key, its root, two recovery sheets, and everything sealed and signed with them.
// And the way back: both sheets give the box's key and its root again.
import { bech32 } from "@scure/base"

import { identityToRecipient } from "../../sealed/age"
import { b64, b64u, unb64, unb64u } from "../../sealed/bytes"
import { fingerprint, rootOf, type Signed, signJson } from "../../sealed/statement"
import { newPair, openBytes, openWith, type Pair, sealTo } from "../officer"

const CURVE = { name: "ECDSA", namedCurve: "P-256" }

export type Root = {
  key: CryptoKey
  /** base64url, one line */
  pkcs8: string
  fingerprint: string
}
/** What a box's sheets give back: its newest key, those that it had before (newest first), and its root. */
export type Recovered = { box: Pair; older: Pair[]; root: Root }
export type BoxKeys = Recovered & { a: Pair; b: Pair }
export type Forward = [slug: string, rootFingerprint: string][]
export type Officer = { username: string; recipient: string }

/** A key for the box under `root`, or under a root of its own, and two sheets. `older`: the keys that stay readable. */
export async function makeBox(older: Pair[] = [], root?: Root): Promise<BoxKeys> {
  const [box, a, b] = await Promise.all([newPair(), newPair(), newPair()])
  return { box, older, a, b, root: root ?? (await makeRoot()) }
}

async function makeRoot(): Promise<Root> {
  const { privateKey } = await crypto.subtle.generateKey(CURVE, true, ["sign", "verify"])
  const pkcs8 = b64u(new Uint8Array(await crypto.subtle.exportKey("pkcs8", privateKey)))
  return { key: privateKey, pkcs8, fingerprint: await fingerprint(await rootOf(privateKey)) }
}

/** A root's private key as it lies on paper or with the level above. Rejects on anything else. */
export async function readRoot(pkcs8: string): Promise<Root> {
  const line = pkcs8.trim()
  const key = await crypto.subtle.importKey("pkcs8", unb64u(line), CURVE, true, ["sign"])
  return { key, pkcs8: line, fingerprint: await fingerprint(await rootOf(key)) }
}

/** Sheet A inside sheet B (protocol, section 9): every key that the box has had, and its root. */
async function recovery({ box, older, root, a, b }: BoxKeys): Promise<Uint8Array> {
  const lines = [box.identity, ...older.map(({ identity }) => identity), root.pkcs8]
  const inner = await sealTo(a.recipient, lines.join("\n") + "\n")
  return sealTo(b.recipient, inner)
}

export async function pairOf(identity: string): Promise<Pair> {
  return { identity, recipient: await identityToRecipient(identity) }
}

/** Opens a recovery file with what both sheets say. Rejects when they don't open it. */
export async function recover(file: Uint8Array, sheetA: string, sheetB: string): Promise<Recovered> {
  const lines = (await openWith(sheetA, await openBytes(sheetB, file))).trim().split("\n")
  const [box, ...older] = await Promise.all(lines.slice(0, -1).map(pairOf))
  return { box, older, root: await readRoot(lines[lines.length - 1]) }
}

/** What a keeper typed or scanned, as an age identity; null when it can't be one. */
export function readSheet(typed: string): string | null {
  const line = typed.toUpperCase().replace(/[^A-Z0-9-]/g, "")
  try {
    const { prefix, bytes } = bech32.decodeToBytes(line)
    return prefix.toLowerCase() === "age-secret-key-" && bytes.length === 32 ? line : null
  } catch {
    return null
  }
}

export type Terms = { box: string; recipient: string; seq: number; from: string; until: string; forward: Forward }

export function boxStatement(root: Root, terms: Terms): Promise<Signed> {
  return signJson(root.key, { v: 1, type: "box-key", ...terms })
}

export type SealedIdentity = { box_recipient: string; sealed_box_identity: string }

/** Each of a box's keys for one officer. */
export function sealAll(keys: Pair[], recipient: string): Promise<SealedIdentity[]> {
  const sealing = async (one: Pair): Promise<SealedIdentity> => ({
    box_recipient: one.recipient,
    sealed_box_identity: b64(await sealTo(recipient, one.identity + "\n")),
  })
  return Promise.all(keys.map(sealing))
}

export type OwnGrant = { officer_recipient: string; grants: SealedIdentity[]; officer_statements: Signed[] }

/** All keys of the box for the custodian at this desk, whose own key the root signs. */
export async function ownGrant(box: string, keys: Recovered, officer: Officer, today: string): Promise<OwnGrant> {
  const { username, recipient } = officer
  const statement = { v: 1, type: "officer-key", box, officer: username, recipient, from: today }
  return {
    officer_recipient: recipient,
    grants: await sealAll([keys.box, ...keys.older], recipient),
    officer_statements: [await signJson(keys.root.key, statement)],
  }
}

export type Founding = OwnGrant & { signed: Signed; recovery: string; root_for_above: string | null }

export type Wish = {
  box: string
  officer: Officer
  today: string
  until: string
  forward: Forward
  /** recipient of the box above; null for a topmost box, and where the level above has the root already */
  above: string | null
  /** 1 at the founding, then one more than the statement that stands */
  seq?: number
}

/** All that is stored at a founding: sealed and signed, not a secret among it. */
export async function seal(keys: BoxKeys, { box, officer, today, until, forward, above, seq = 1 }: Wish): Promise<Founding> {
  const terms = { box, recipient: keys.box.recipient, seq, from: today, until, forward }
  return {
    signed: await boxStatement(keys.root, terms),
    recovery: b64(await recovery(keys)),
    root_for_above: above && b64(await sealTo(above, keys.root.pkcs8 + "\n")),
    ...(await ownGrant(box, keys, officer, today)),
  }
}

/** Whether the recovery file just made gives back what was made. Asked before anything is stored. */
export async function comesBack(keys: BoxKeys, founding: Founding): Promise<boolean> {
  try {
    const { box, older, root } = await recover(unb64(founding.recovery), keys.a.identity, keys.b.identity)
    const identities = [box, ...older].map(({ identity }) => identity).join()
    return identities === [keys.box, ...keys.older].map(({ identity }) => identity).join() && root.pkcs8 === keys.root.pkcs8
  } catch {
    return false
  }
}

/** `from` and a number of months, as a date. At most 13 months, which is less than the protocol's 400 days. */
export function monthsOn(from: string, months: number): string {
  const [year, month, day] = from.split("-").map(Number)
  const first = new Date(Date.UTC(year, month - 1 + months, 1))
  const lastOfMonth = new Date(Date.UTC(first.getUTCFullYear(), first.getUTCMonth() + 1, 0)).getUTCDate()
  first.setUTCDate(Math.min(day, lastOfMonth))
  return first.toISOString().slice(0, 10)
}
