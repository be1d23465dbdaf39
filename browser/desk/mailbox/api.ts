// The desk's JSON API. A refusal comes with one sentence for the officer, in the page's language.
import { b64 } from "../../sealed/bytes"
import { refused } from "../api"
import { t } from "./strings"
import type { Assessment, FirstPart, Page, PassedOn, Report, State, Targets } from "./types"

export class ApiError extends Error {
  constructor(
    readonly status: number,
    readonly code: string,
    message: string,
    readonly more: Record<string, unknown> = {},
  ) {
    super(message)
  }

  /** Somebody else was quicker, or something came in meanwhile: look again. */
  get isConflict(): boolean {
    return this.status === 409 && ["conflict", "taken", "parts", "passed_on", "not_held"].includes(this.code)
  }
}

const ROOT = "/mailbox/api/"
const csrf = (): string => document.querySelector<HTMLMetaElement>('meta[name="csrf"]')?.content ?? ""

async function refusal(response: Response): Promise<ApiError> {
  try {
    const { error, message, ...more } = await response.json()
    return new ApiError(response.status, error, message, more)
  } catch {
    return new ApiError(response.status, "failed", t.serverFailed)
  }
}

async function ask(path: string, options: RequestInit): Promise<Response> {
  let response: Response
  try {
    response = await fetch(ROOT + path, { credentials: "same-origin", cache: "no-store", redirect: "error", ...options })
  } catch (error) {
    if (options.signal?.aborted) throw error
    throw new ApiError(0, "offline", t.offline)
  }
  if (response.ok) return response
  const failure = await refusal(response)
  const told = refused(response.status, failure.code)
  if (failure.code === "sign_in" && !told) location.reload()
  throw failure
}

async function get<T>(path: string, signal?: AbortSignal): Promise<T> {
  return (await ask(path, { signal })).json() as Promise<T>
}

async function post<T>(path: string, body: object = {}, signal?: AbortSignal): Promise<T> {
  const headers = { "Content-Type": "application/json", "X-CSRFToken": csrf() }
  return (await ask(path, { method: "POST", headers, body: JSON.stringify(body), signal })).json() as Promise<T>
}

/** `remarks` is an age file in base64; `quantity` a plain decimal. */
export type NewOutcome = { kind: string; exhibit: string; quantity: string; unit: string; day: string; remarks: string | null }
export type Standing = { thread: string; state: State; version: number }

/** The officer's reading is written down first; the server gives nothing sealed without that. */
async function opening<T>(key: string, asked: () => Promise<T>, signal?: AbortSignal): Promise<T> {
  try {
    return await asked()
  } catch (error) {
    if (!(error instanceof ApiError) || error.code !== "open_first") throw error
    await open(key, signal)
    return asked()
  }
}

const open = (key: string, signal?: AbortSignal): Promise<Standing> => post(`threads/${key}/open`, {}, signal)

export const api = {
  list: (asked: Record<string, string>, signal?: AbortSignal): Promise<Page> => get(`threads?${new URLSearchParams(asked)}`, signal),
  firstParts: async (threads: string[], signal?: AbortSignal): Promise<Record<string, FirstPart>> =>
    (await post<{ parts: Record<string, FirstPart> }>("first-parts", { threads }, signal)).parts,
  open,
  report: (key: string, signal?: AbortSignal): Promise<Report | PassedOn> =>
    opening(key, () => get<Report | PassedOn>(`threads/${key}`, signal), signal),
  part: (key: string, digest: string, signal?: AbortSignal): Promise<Uint8Array> =>
    opening(key, async () => new Uint8Array(await (await ask(`parts/${digest}`, { signal })).arrayBuffer()), signal),
  /** One step with several reports, all or none; `more.thread` of a refusal names the one in the way. */
  bulk: (verb: string, threads: string[], more: Record<string, unknown> = {}): Promise<{ done: number; alike?: string[][] }> => post(`bulk/${verb}`, { threads, ...more }),
  targets: (key: string): Promise<Targets> => get(`threads/${key}/targets`),
  move: (key: string, to: State, version: number): Promise<Standing> => post(`threads/${key}/state`, { to, version }),
  assess: (key: string, assessment: Assessment, version: number): Promise<Standing> => post(`threads/${key}/assess`, { ...assessment, version }),
  answer: (key: string, index: number, sealed: Uint8Array): Promise<unknown> => post(`threads/${key}/answers`, { index, sealed: b64(sealed) }),
  record: (key: string, line: NewOutcome, seen: number): Promise<{ id: string }> => post(`threads/${key}/outcomes`, { ...line, seen }),
  correct: (id: string, quantity: string, reason: string): Promise<{ id: string }> => post(`outcomes/${id}/correct`, { quantity, reason }),
  /** `to`: a thread key, or a number of the box's register; `alike`: lines that both had, which may be one thing */
  link: (key: string, to: string, role: string): Promise<{ to: string; alike: string[][] }> => post(`threads/${key}/link`, { to, role }),
  unlink: (key: string): Promise<unknown> => post(`threads/${key}/unlink`),
  note: (key: string, sealed: Uint8Array): Promise<unknown> => post(`threads/${key}/notes`, { sealed: b64(sealed) }),
  told: (key: string): Promise<unknown> => post(`threads/${key}/told`),
  answerPublicly: (key: string, said: { asked: string; answered: string; allowed: boolean }): Promise<unknown> => post(`threads/${key}/public-answer`, said),
  forward: (key: string, to: string, version: number, headers: Record<string, Uint8Array>, part: { index: number; sealed: Uint8Array } | null): Promise<Standing> =>
    post(`threads/${key}/forward`, {
      to,
      version,
      headers: Object.fromEntries(Object.entries(headers).map(([digest, header]) => [digest, b64(header)])),
      part: part && { index: part.index, sealed: b64(part.sealed) },
    }),
}
