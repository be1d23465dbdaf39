// How a report stands with the public log, from what the server answered: what is proven, what may still come, what is not right. Time is the
// phone's; the hour of sending is the reporter's own, under the receipt's MAC, so that the server can't keep a report "new".
import { hourOf } from "../sealed/bytes"
import type { Pin } from "../sealed/pin"
import type { ReceiptKeys } from "../sealed/receipt"
import { isEntry, isOfReport, leafOf, tagOf } from "./leaf"
import { checkShown, type Fault, isShown, makeProof, type Pinned, type ProofFile } from "./proof"

const HOUR = 3_600_000
/** Within a day it is published, within another a witness has seen it. */
export const PATIENCE = 48 * HOUR
// A clock that runs a little behind the one that wrote the hour down is no wrong clock.
const FORGIVEN = 2 * HOUR

export type Standing =
  | { kind: "proven"; time: number; witnesses: string[] }
  /** in the log by the server's own word: it has no witness */
  | { kind: "alone" }
  /** not published yet, or published (`listed`) and not cosigned yet; `until` when it is overdue, in milliseconds */
  | { kind: "waiting"; listed: boolean; until: number }
  /** the phone's clock is behind the hour of sending */
  | { kind: "clock" }
  /** overdue: not in the log, or in a log that no witness has seen */
  | { kind: "missing" | "unseen"; sent: number }
  | { kind: "bad"; fault: Fault | "entry" | "pin" }

export type Asked = { keys: ReceiptKeys; pin: Pin | null; log: unknown; pinned: Pinned; now: number }
export type Judged = { standing: Standing; file: ProofFile }

type LogField = { entry?: unknown; index?: unknown }

/** By the reporter's own hour; a record made before there was one leaves only the server's. */
function sentAt(pin: Pin, entry: unknown): number {
  const hour = pin.hour ?? (isEntry(entry) ? entry.hour : "")
  return /^\d{4}-\d\d-\d\dT\d\d$/.test(hour) ? Date.parse(`${hour}:00:00Z`) : NaN
}

/** What has not come: whether it may still. An hour that can't be read forgives nothing. */
function lacking(sent: number, now: number, listed: boolean): Standing {
  if (now < sent - FORGIVEN) return { kind: "clock" }
  if (now < sent + PATIENCE) return { kind: "waiting", listed, until: sent + PATIENCE }
  return { kind: listed ? "unseen" : "missing", sent }
}

async function judge({ keys, pin, log, pinned, now }: Asked): Promise<{ standing: Standing; leaf: Uint8Array | null }> {
  const { entry, index } = (log ?? {}) as LogField
  if (!pin) return { standing: { kind: "bad", fault: "pin" }, leaf: null }
  const sent = sentAt(pin, entry)
  if (entry === undefined && index === undefined) return { standing: lacking(sent, now, false), leaf: null }
  if (!isEntry(entry) || !isOfReport(entry, keys.thread, pin.parts[0])) return { standing: { kind: "bad", fault: "entry" }, leaf: null }
  const leaf = await leafOf(keys.logTag, entry)
  if (index === null) return { standing: lacking(sent, now, false), leaf }
  const verdict = await checkShown(leaf, log, pinned)
  switch (verdict.kind) {
    case "proven":
      return { standing: { kind: "proven", time: verdict.time, witnesses: verdict.witnesses }, leaf }
    case "alone":
      return { standing: { kind: "alone" }, leaf }
    case "unseen":
      return { standing: lacking(sent, now, true), leaf }
    default:
      return { standing: { kind: "bad", fault: verdict.kind === "bad" ? verdict.fault : "malformed" }, leaf }
  }
}

/** How the report stands, and the file to take along. Rejects only where Ed25519 can't be had. */
export async function judgeThread(asked: Asked): Promise<Judged> {
  const { keys, pin, log, pinned } = asked
  const { standing, leaf } = await judge(asked)
  const shown = isShown(log) ? log : null
  const sent = pin ? sentAt(pin, (log as LogField | null)?.entry) : NaN
  const said = standing.kind === "proven" || isNaN(sent) ? null : hourOf(new Date(sent)).slice(0, 10)
  return { standing, file: makeProof(pinned, await tagOf(keys.logTag), leaf, shown, standing.kind, said) }
}
