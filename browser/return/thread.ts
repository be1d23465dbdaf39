// What the server has of a thread, and how much of it can be believed (protocol, sections 5 and 7).
import type { Trusted } from "../phone/outbox"
import { b64u, unb64 } from "../sealed/bytes"
import { openPart, type PartJson } from "../sealed/part"
import { text } from "../sealed/bytes"
import { checkPin, type Pin } from "../sealed/pin"
import type { ReceiptKeys } from "../sealed/receipt"
import { readStatement, type Signed, StatementError } from "../sealed/statement"

/** `POST /r/thread`, as it comes. */
export type ThreadData = {
  state: string
  /** of the box that received the report: its words differ */
  kind: string
  erase_on: string | null
  box: { slug: string; title: string }
  pin: string
  pin_mac: string
  sent: string[]
  next: number
  answers: { index: number; digest: string; sealed: string }[]
  keys: Record<string, Signed>
  /** what the public log holds of the report, by the server's word (section 7) */
  log: unknown
}

export type Answer = { index: number; json: PartJson | null; text: string; foreign: boolean }

export class NotFound extends Error {}

async function ask(address: string, keys: ReceiptKeys): Promise<unknown> {
  const answer = await fetch(address, {
    method: "POST",
    body: JSON.stringify({ token: b64u(keys.token) }),
    headers: { "Content-Type": "application/json" },
    credentials: "omit",
    referrerPolicy: "no-referrer",
    cache: "no-store",
  })
  if (answer.status === 404) throw new NotFound()
  if (!answer.ok) throw new Error(String(answer.status))
  return answer.json()
}

/** Throws NotFound, or Error when the line drops. */
export const fetchThread = (keys: ReceiptKeys): Promise<ThreadData> => ask("/r/thread", keys) as Promise<ThreadData>

/** Day of erasure, or null: erased at once. */
export async function deleteThread(keys: ReceiptKeys): Promise<string | null> {
  return ((await ask("/r/delete", keys)) as { erase_on: string | null }).erase_on
}

async function openAnswer(keys: ReceiptKeys, boxes: string[], answer: ThreadData["answers"][number]): Promise<Answer> {
  const { index } = answer
  try {
    const expect = { box: boxes, from: "officer" as const, index, thread: keys.thread, secret: keys.secret }
    const { json, body, foreign } = await openPart(unb64(answer.sealed), keys.identity, expect)
    return { index, json, text: body?.name === "text.txt" ? text(body.bytes) : "", foreign }
  } catch {
    return { index, json: null, text: "", foreign: true }
  }
}

/** Every answer in order; forwards that are the officers' own word add their box, and its root, to `roots`. */
export async function openAnswers(keys: ReceiptKeys, data: ThreadData, roots: Map<string, string>): Promise<Answer[]> {
  const opened: Answer[] = []
  for (const answer of [...data.answers].sort((a, b) => a.index - b.index)) {
    const made = await openAnswer(keys, [...roots.keys()], answer)
    const { json, foreign } = made
    if (!foreign && json?.kind === "forward" && json.to && json.root && !roots.has(json.to)) roots.set(json.to, json.root)
    opened.push(made)
  }
  return opened
}

/** `pin`: the record itself was altered; `replaced`: the box has another root than the one vouched for. */
export type Verdict = { trusted: Trusted } | { fault: "pin" | "root" | "replaced" | Exclude<StatementError["kind"], "pin"> }

/** To whom more may be sealed: the box that holds the thread now, if the pin record or a forward vouches for its root. */
export async function decide(data: ThreadData, pin: Pin | null, roots: Map<string, string>): Promise<Verdict> {
  if (!pin) return { fault: "pin" }
  const { slug } = data.box
  const root = roots.get(slug)
  if (!root) return { fault: "root" }
  try {
    const minSeq = slug === pin.box ? pin.seq : undefined
    const { recipient, seq } = await readStatement(data.keys[slug], { box: slug, pinned: root, today: new Date(), minSeq })
    return { trusted: { box: slug, recipient, root, seq } }
  } catch (error) {
    const kind = error instanceof StatementError ? error.kind : "malformed"
    return { fault: kind === "pin" ? "replaced" : kind }
  }
}

/** Whether the server still has, in order, every part that the reporter's own record names. */
export const isWhole = (data: ThreadData, pin: Pin): boolean => pin.parts.every((digest, i) => data.sent[i] === digest)

export async function readPin(keys: ReceiptKeys, data: ThreadData): Promise<Pin | null> {
  try {
    return await checkPin(keys.pinKey, data)
  } catch {
    return null
  }
}
