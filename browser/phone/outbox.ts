// Getting sealed parts to the server over a line that drops: each again until it is there or refused for good.
import { b64u } from "../sealed/bytes"
import { makePin } from "../sealed/pin"
import type { ReceiptKeys } from "../sealed/receipt"
import { type Accepted, postPart, SendError } from "../sealed/send"
import { pause } from "./dom"
import { type Sealed, solve } from "./worker"

/** The key that a reporter trusts: of which box, signed by which root. */
export type Trusted = { box: string; recipient: string; root: string; seq: number }

/** What a pin record says of it, and of the hour of the first part. */
export type Pinned = Pick<Trusted, "box" | "root" | "seq"> & { hour?: string }

export type Watch = {
  /** bytes of this part that the phone has handed over */
  progress: (sent: number) => void
  /** the line dropped; the next try follows in so many seconds */
  waiting: (seconds: number) => void
}

const LONGEST_WAIT = 30

/** Ends after `seconds`, or as soon as the phone is online again. */
async function untilBetter(seconds: number): Promise<void> {
  await Promise.race([pause(seconds), new Promise((resolve) => addEventListener("online", resolve, { once: true }))])
}

/**
 * Sends part `index`; `before` are the digests of the parts before it. Throws SendError when refused for good.
 * The record keeps naming the `first` box and hour when the report is passed on: the way from there is in the officers' own words.
 */
export async function deliver(keys: ReceiptKeys, trusted: Trusted, index: number, before: string[], sealed: Sealed, watch: Watch, first: Pinned): Promise<Accepted> {
  const { box, root, seq, hour } = first
  const pin = await makePin(keys.pinKey, { box, root, seq, hour, parts: [...before, sealed.digest] })
  const begins = index === 0
  const envelope = {
    thread: keys.thread, token: begins ? null : b64u(keys.token), index, ...(begins ? { log: b64u(keys.logTag) } : {}), ...pin,
  }
  for (let wait = 1; ; wait = Math.min(LONGEST_WAIT, wait * 2)) {
    try {
      return await postPart(trusted.box, envelope, sealed.bytes, { digest: sealed.digest, solve, progress: watch.progress })
    } catch (error) {
      if (!(error instanceof SendError) || !error.passing) throw error
      const seconds = Math.max(wait, error.extra.retryAfter ?? 0)
      watch.waiting(seconds)
      await untilBetter(seconds)
    }
  }
}
