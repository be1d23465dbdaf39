// What the public log holds of a report: a leaf of 48 bytes, tag and commitment, both made with the receipt's log tag as salt
// (keng/ledger/leaves.py). The receipt alone gives the tag; with the entry, the whole leaf.
import { type Bytes, concat, sha256, utf8 } from "../sealed/bytes"

export const TAG_BYTES = 16
export const LEAF_BYTES = 48

const FIELDS = ["by", "case", "hour", "office", "purpose", "subject", "v", "verb"] as const
/** An entry of the office's ledger, as `/r/thread` tells it. */
export type LogEntry = Record<(typeof FIELDS)[number], string>

export async function tagOf(logTag: Uint8Array): Promise<Bytes> {
  return (await sha256(concat(utf8("keng/leaf/1\n"), logTag))).slice(0, TAG_BYTES)
}

export function isEntry(said: unknown): said is LogEntry {
  const entry = said as Record<string, unknown>
  return typeof said === "object" && said !== null && Object.keys(entry).sort().join() === FIELDS.join() && FIELDS.every((name) => typeof entry[name] === "string")
}

/** The entry as the bytes that its commitment is made of: keys sorted, nothing between the tokens (RFC 8785). */
export function canonical(entry: LogEntry): Bytes {
  return utf8(JSON.stringify(Object.fromEntries(FIELDS.map((name) => [name, entry[name]]))))
}

export async function leafOf(logTag: Uint8Array, entry: LogEntry): Promise<Bytes> {
  return concat(await tagOf(logTag), await sha256(concat(logTag, canonical(entry))))
}

/** What of an entry is of the first part of a report: nothing else may be passed off as it. */
export function isOfReport(entry: LogEntry, thread: string, digest: string): boolean {
  return entry.v === "1" && entry.verb === "mailbox.part.received" && entry.case === thread && entry.subject === digest
}
