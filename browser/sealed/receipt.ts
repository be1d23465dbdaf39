// The receipt: 24 digits that the reporter keeps, and the keys that only they give (protocol, section 3).
import { bech32 } from "@scure/base"

import { identityToRecipient } from "./age"
import { type Bytes, hex, sha256, utf8 } from "./bytes"

export type ReceiptKeys = {
  token: Bytes
  /** hex SHA-256 of the token: the thread's name on the server */
  thread: string
  /** AGE-SECRET-KEY-1… to which answers are sealed */
  identity: string
  /** age1… of that identity */
  reply: string
  pinKey: Bytes
  logTag: Bytes
  secret: Bytes
}

export class ReceiptError extends Error {
  constructor(readonly kind: "length" | "letters" | "check") {
    super(kind)
  }
}

const ROUNDS = 600_000

function mod97(digits: string): number {
  let rest = 0
  for (const digit of digits) rest = (rest * 10 + Number(digit)) % 97
  return rest
}

function withCheck(digits: string): string {
  return digits + String(98 - mod97(digits + "00")).padStart(2, "0")
}

/** 22 random digits and two check digits (ISO 7064 mod 97-10). */
export function makeReceipt(): string {
  let digits = ""
  while (digits.length < 22) {
    const [byte] = crypto.getRandomValues(new Uint8Array(1))
    if (byte < 250) digits += byte % 10 // 250 and above would favour the digits 0 to 5
  }
  return withCheck(digits)
}

/** What was typed, as 24 digits. Spaces and dashes are dropped, full-width digits folded. Throws ReceiptError. */
export function readReceipt(typed: string): string {
  const digits = typed
    .replace(/[\uff10-\uff19]/g, (digit) => String.fromCharCode(digit.charCodeAt(0) - 0xfee0))
    .replace(/[\s\u200b\ufeff.\u00ad\u2010-\u2015\u2212\uff0d_-]/g, "")
  if (/[^0-9]/.test(digits)) throw new ReceiptError("letters")
  if (digits.length !== 24) throw new ReceiptError("length")
  if (mod97(digits) !== 1) throw new ReceiptError("check")
  return digits
}

/** As shown: groups of four. */
export function groups(receipt: string): string {
  return receipt.replace(/(\d{4})(?=\d)/g, "$1 ")
}

/** All that a receipt gives. PBKDF2, 600,000 rounds: 0.2 s on a desk, 1-2 s on a cheap phone. */
export async function deriveKeys(receipt: string): Promise<ReceiptKeys> {
  const { subtle } = crypto
  const password = await subtle.importKey("raw", utf8(receipt), "PBKDF2", false, ["deriveBits"])
  const stretch = { name: "PBKDF2", hash: "SHA-256", salt: utf8("keng/receipt/1"), iterations: ROUNDS }
  const master = await subtle.importKey("raw", await subtle.deriveBits(stretch, password, 256), "HKDF", false, ["deriveBits"])
  const key = async (name: string): Promise<Bytes> => {
    const expand = { name: "HKDF", hash: "SHA-256", salt: new Uint8Array(0), info: utf8("keng/1/" + name) }
    return new Uint8Array(await subtle.deriveBits(expand, master, 256))
  }
  const token = await key("token")
  const identity = bech32.encodeFromBytes("AGE-SECRET-KEY-", await key("identity")).toUpperCase()
  return {
    token,
    thread: hex(await sha256(token)),
    identity,
    reply: await identityToRecipient(identity),
    pinKey: await key("pin"),
    logTag: await key("log"),
    secret: await key("thread"),
  }
}
