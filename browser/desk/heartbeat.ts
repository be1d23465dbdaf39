// An unlocked tab asks once in a while whether its officer may still open what it holds: who has left must not read on.
import { REFUSED } from "./api"
import type { Keyring } from "./unlock"

/** Why it is over: `role`: no office any more where reports are read; `box`: one of the boxes; `key`: the officer's own key was replaced. */
export type Gone = "signed_out" | "role" | "box" | "key" | "offline"

export type Heartbeat = { stop: () => void }
export type Listener = {
  /** called once; nothing is asked afterwards */
  onGone: (gone: Gone) => void
  /** the line to the server came or went */
  onLine: (there: boolean) => void
}

const ADDRESS = "/keys/api/standing"
// In milliseconds. Browsers slow the timers of a hidden tab to one a minute, which is still soon enough.
const EVERY = 30_000
const PATIENCE = 20_000
/** As long as a tab may lie untouched: without a line nobody can tell it that its officer has left. */
const OFFLINE = 10 * 60_000

type Held = Pick<Keyring, "boxes" | "recipient">
type Standing = { key: string | null; boxes: string[] }

/** What the answer says: null: nothing has changed; "unknown": the server could not tell. */
async function judge(response: Response, held: Held): Promise<Gone | "unknown" | null> {
  const answer = await response.json()
  if (response.ok) {
    const { key, boxes } = answer as Standing
    if (key !== held.recipient) return "key"
    return held.boxes().every((slug) => boxes.includes(slug)) ? null : "box"
  }
  if (response.status === 403) return answer.error === "sign_in" ? "signed_out" : "role"
  return "unknown"
}

async function ask(held: Held): Promise<Gone | "unknown" | null> {
  try {
    const headers = { Accept: "application/json" }
    const signal = AbortSignal.timeout(PATIENCE)
    return await judge(await fetch(ADDRESS, { credentials: "same-origin", cache: "no-store", redirect: "error", headers, signal }), held)
  } catch {
    return "unknown"
  }
}

/** Watches until `stop` or until it is over. The keys are in no question or answer; the server learns that the tab is open. */
export function heartbeat(held: Held, { onGone, onLine }: Listener): Heartbeat {
  const watching = new AbortController()
  let lost: number | null = null
  let asking = false

  const stop = (): void => {
    watching.abort()
    clearInterval(timer)
  }
  const end = (gone: Gone): void => {
    stop()
    onGone(gone)
  }
  const beat = async (): Promise<void> => {
    // By the clock, in either direction: one that was set back must not lengthen the wait.
    if (lost !== null && Math.abs(Date.now() - lost) >= OFFLINE) return end("offline")
    if (asking) return
    asking = true
    const found = await ask(held)
    asking = false
    if (watching.signal.aborted) return
    if (found !== null && found !== "unknown") return end(found)
    lost = found === null ? null : (lost ?? Date.now())
    onLine(lost === null)
  }
  const timer = setInterval(() => void beat(), EVERY)
  const options = { signal: watching.signal }
  const onRefusal = (event: Event): void => {
    event.preventDefault()
    if ((event as CustomEvent<string>).detail === "sign_in") end("signed_out")
    else void beat()
  }
  document.addEventListener(REFUSED, onRefusal, options)
  window.addEventListener("online", () => void beat(), options)
  document.addEventListener("visibilitychange", () => !document.hidden && void beat(), options)
  return { stop }
}
