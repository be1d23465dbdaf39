// Posting one sealed part: true progress of bytes, proof of work redone with the server's hour, refusals as errors.
import { concat, hourOf, utf8 } from "./bytes"
import { digest as digestOf } from "./header"
import { solve as solveHere } from "./pow"

/** The first line of the body (protocol, section 6), without its proof of work. */
export type Envelope = { thread: string; token: string | null; index: number; log?: string; pin: string; pin_mac: string }
export type Accepted = { index: number; digest: string }

/** `code` as in the protocol; `network` when nothing came back. */
export class SendError extends Error {
  constructor(
    readonly code: string,
    readonly status: number,
    message: string,
    readonly extra: { hour?: string; bits?: number; next?: number; retryAfter?: number } = {},
  ) {
    super(message)
  }
  /** Worth trying again as it is: the line dropped, or the server is busy. */
  get passing(): boolean {
    return this.status === 0 || this.status >= 500
  }
}

export type Options = {
  progress?: (sent: number, total: number) => void
  solve?: typeof solveHere
  digest?: string
  signal?: AbortSignal
}

const HOUR = 3_600_000
// What the last refusal taught of the server's clock and load, so that a wrong clock costs one try, not one each.
const learned = { hours: 0, bits: 16 }

/** The hour and the bits that the next proof of work is for. */
export function target(): { hour: string; bits: number } {
  return { hour: hourOf(new Date(Date.now() + learned.hours * HOUR)), bits: learned.bits }
}

function answerOf(request: XMLHttpRequest): Record<string, unknown> {
  try {
    return JSON.parse(request.responseText) as Record<string, unknown>
  } catch {
    return {}
  }
}

function post(url: string, body: Uint8Array<ArrayBuffer>, { progress, signal }: Options): Promise<Accepted> {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest()
    request.open("POST", url)
    request.setRequestHeader("Content-Type", "application/octet-stream")
    if (progress) request.upload.onprogress = (event) => progress(event.loaded, body.length)
    // A minute, and what the bytes take at 1 KB/s: a line that died without a word must not be waited for.
    request.timeout = 60_000 + body.length
    const dropped = (): void => reject(new SendError("network", 0, ""))
    request.onerror = request.onabort = request.ontimeout = dropped
    request.onload = () => {
      const answer = answerOf(request)
      if (request.status === 200 || request.status === 201) return resolve(answer as Accepted)
      const retryAfter = Number(request.getResponseHeader("Retry-After")) || 0
      reject(new SendError(String(answer.error ?? "unknown"), request.status, String(answer.message ?? ""), { ...answer, retryAfter }))
    }
    signal?.addEventListener("abort", () => request.abort())
    request.send(body)
  })
}

/** Body of the POST: a line of JSON, a newline, the age file. */
export function bodyOf(envelope: Envelope, hour: string, nonce: string, sealed: Uint8Array): Uint8Array<ArrayBuffer> {
  return concat(utf8(JSON.stringify({ v: 1, ...envelope, hour, nonce }) + "\n"), sealed)
}

/** Sends one part to box `slug`. Throws SendError when refused for good or when the line dropped. */
export async function postPart(slug: string, envelope: Envelope, sealed: Uint8Array, options: Options = {}): Promise<Accepted> {
  const digest = options.digest ?? (await digestOf(sealed))
  const solve = options.solve ?? solveHere
  for (let tries = 0; ; tries++) {
    const { hour, bits } = target()
    const nonce = await solve(slug, hour, digest, bits)
    try {
      return await post(`/b/${slug}/parts`, bodyOf(envelope, hour, nonce, sealed), options)
    } catch (error) {
      if (!(error instanceof SendError) || error.code !== "pow" || tries === 3) throw error
      const server = Date.parse(`${error.extra.hour}:00:00Z`)
      if (isNaN(server)) throw error
      learned.hours = Math.round((server - Date.parse(`${hourOf(new Date())}:00:00Z`)) / HOUR)
      learned.bits = Math.min(26, error.extra.bits ?? learned.bits)
    }
  }
}
