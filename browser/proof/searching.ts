// Searching the public log by the receipt alone, for a report that the server no longer has: the person says about which day it was, and
// only that day's sheets are fetched.
import { t } from "strings/proof"

import { button, el, fill, tell } from "../phone/dom"
import { put } from "../phone/words"
import { fetched, Log, search, type Search, shifted } from "../ledger/find"
import { tagOf } from "../ledger/leaf"
import { makeProof, type Pinned } from "../ledger/proof"
import type { ReceiptKeys } from "../sealed/receipt"
import { day, told, whatToDo } from "./showing"

// What is sent on a day is published on that day or the next.
const PUBLISHED_LATER = 1
const WIDER = 3

const shown = (iso: string): string => day(Date.parse(`${iso}T05:00:00Z`))
/** Today's date where the office is, whatever the phone's time zone. */
const today = (): string => new Date(Date.now() + 7 * 3_600_000).toISOString().slice(0, 10)

type Asked = { log: Log; keys: ReceiptKeys; pinned: Pinned }

/** Fills `place` with the question and, once it is answered, what was found. */
export function searching(place: HTMLElement, keys: ReceiptKeys, pinned: Pinned): void {
  const asked: Asked = { log: new Log(fetched, pinned), keys, pinned }
  const field = el("input", { type: "date", id: "search-day", max: today() })
  // The page's style knows text fields alone.
  Object.assign(field.style, { display: "block", width: "100%", minHeight: "50px", font: "inherit", padding: "8px 12px", border: "1px solid var(--edge)", borderRadius: "12px", background: "var(--paper)", color: "inherit" })
  const result = el("div", { id: "search-result" })
  const say = el("p", { id: "search-say", className: "s" })
  say.setAttribute("role", "status")
  const press = button(t.search, () => void start(), { id: "search" })
  const start = (): Promise<void> | void => {
    fill(result)
    if (!field.value) return tell(say, t.noDay)
    return run(asked, field.value, 1, { press, say, result })
  }
  fill(place, el("h2", {}, t.searchTitle), el("p", {}, t.searchWhy), el("label", { htmlFor: "search-day" }, t.searchDay), field, press, say, result)
}

type Parts = { press: HTMLButtonElement; say: HTMLElement; result: HTMLElement }

async function run(asked: Asked, sent: string, around: number, { press, say, result }: Parts): Promise<void> {
  const [first, last] = [shifted(sent, -around), shifted(sent, around + PUBLISHED_LATER)]
  press.disabled = true
  fill(result)
  try {
    const tag = await tagOf(asked.keys.logTag)
    const progress = (done: number, of: number): void => tell(say, put(t.searching, { done, of }), false)
    const found = await search(asked.log, fetched, tag, first, last, progress)
    tell(say, "", false)
    fill(result, ...(await tell_of(found, asked, tag, sent, [first, last])))
    if (found.kind === "absent" || found.kind === "empty") {
      const wider = button(t.searchWider, () => void run(asked, sent, around + WIDER, { press, say, result }), { id: "search-wider" })
      wider.style.marginBottom = "10px"
      // Right below what was said, before what to do: the day was a guess.
      result.firstElementChild?.after(wider)
    }
    result.dataset.found = found.kind === "found" ? found.verdict.kind : found.kind
  } catch {
    tell(say, t.failed)
  }
  press.disabled = false
}

async function tell_of(found: Search, { pinned }: Asked, tag: Uint8Array, sent: string, [first, last]: string[]): Promise<HTMLElement[]> {
  const file = (name: string): ReturnType<typeof makeProof> =>
    found.kind === "found" ? makeProof(pinned, tag, found.leaf, found.shown, name, sent) : makeProof(pinned, tag, null, null, name, sent)
  const span = { from: shown(first), to: shown(last) }
  switch (found.kind) {
    case "empty":
      return [told("note", put(t.empty, span))]
    case "absent":
      return [told("bad", put(t.absent, span), t.absentWhy, ...(found.seen ? [] : [t.absentUnseen])), whatToDo(file("missing"))]
    case "bad":
      return [told("bad", put(t.bad, { reason: t.faults[found.fault] })), whatToDo(file("bad"))]
  }
  const { verdict } = found
  if (verdict.kind === "bad" || verdict.kind === "absent") return [told("bad", put(t.bad, { reason: t.faults[verdict.kind === "bad" ? verdict.fault : "malformed"] })), whatToDo(file("bad"))]
  const since =
    verdict.kind === "proven"
      ? put(t.found, { day: day(verdict.time * 1000), witness: verdict.witnesses.join(", ") })
      : put(t.foundAlone, { day: shown(found.day) })
  const doubt = verdict.kind === "alone" ? [t.alone] : verdict.kind === "unseen" ? [t.unseen] : []
  return [told("bad", since, t.foundTaken, ...doubt), whatToDo(file(verdict.kind))]
}
