// The lines that count, each with its past folded under it, and how one is put right. Nothing is ever changed: a correction is a new line.
import { api } from "./api"
import { button, el, field, isFree, quoted } from "./dom"
import { attempt, type OpenReport } from "./open-report"
import { openNote } from "./opening"
import { amountField } from "./outcomes-amount"
import { icon } from "./outcomes-icons"
import { amount, inWords, nameOf, tailOf } from "./outcomes-number"
import type { OutcomeLine } from "./types"
import { day, hourOfDay } from "./when"
import { w } from "./words/outcomes"

/** What correcting needs; a report that was passed on has no more. */
export type Counting = Pick<OpenReport, "session" | "reload" | "collide">

/** A line with all that it took the place of, oldest first; the last one is what stands. */
export type Chain = OutcomeLine[]

export const last = (chain: Chain): OutcomeLine => chain[chain.length - 1]
export const stands = (chain: Chain): boolean => last(chain).quantity !== "0"

/** The server gives each correction after what it corrects. */
export function chains(lines: OutcomeLine[]): Chain[] {
  const found = new Map<string, Chain>()
  for (const line of lines) {
    const chain = (line.corrects && found.get(line.corrects)) || []
    found.set(line.id, chain)
    chain.push(line)
  }
  return [...new Set(found.values())]
}

/** Corrects and shows what the server says; the status line of the section tells. */
export async function put(open: Counting, line: OutcomeLine, quantity: string, reason: string): Promise<void> {
  await api.correct(line.id, quantity, reason)
  if (!(await open.reload())) return
  const section = document.querySelector(".outcomes")
  section?.querySelector("[role=status]")?.replaceChildren(quantity === "0" ? w.struck : w.corrected)
  if (isFree()) section?.querySelector<HTMLElement>("h3")?.focus({ preventScroll: true })
}

/** `identities` open remarks that are sealed to the box of the report on the page. */
export async function lineItem(open: Counting, chain: Chain, identities: string[] | null): Promise<HTMLElement> {
  const line = last(chain)
  const first = chain[0]
  const body = el("div", { class: "line-body" })
  const correct = button(w.correct, () => ask(), { class: "quiet correct no-print", "aria-label": w.correctOf(inWords(line)) })
  const item = el("li", { class: "line", "data-kind": line.kind }, icon(line.kind), body)
  const shown = (): (Node | string)[] => [
    el("p", {}, el("b", {}, stands(chain) ? amount(line.quantity, line.unit) : el("s", {}, amount(first.quantity, first.unit))), " ", tailOf(line)),
    el("small", {}, line.mine ? w.by(day(line.day), first.by) : w.byOffice(day(line.day), line.office, first.by)),
    ...(line.mine ? [correct] : []),
  ]
  const show = (): void => body.replaceChildren(...shown(), ...(remarks ? [remarks] : []), ...(past ? [past] : []))
  const ask = (): void => {
    const stop = (): void => {
      show()
      correct.focus()
    }
    const { form, input } = correction(open, line, stop)
    body.replaceChildren(el("p", {}, el("b", {}, nameOf(line))), form)
    input.focus()
    input.select()
  }
  const past = history(chain)
  const remarks = await remarksOf(first, identities)
  show()
  return item
}

async function remarksOf(line: OutcomeLine, identities: string[] | null): Promise<HTMLElement | null> {
  if (!line.remarks || !identities) return null
  const text = await openNote(line.remarks, identities)
  return text === null ? el("p", { class: "refused" }, w.remarksUnreadable) : quoted(text)
}

function history(chain: Chain): HTMLElement | null {
  if (chain.length < 2) return null
  const said = ({ quantity, unit }: OutcomeLine): string => (quantity === "0" ? w.struckOut : amount(quantity, unit))
  const steps = chain.slice(1).map((line, at) => el("li", {}, w.change(said(chain[at]), said(line), w.corrections[line.reason] ?? line.reason, line.by, hourOfDay(line.hour))))
  return el("details", { class: "past" }, el("summary", {}, w.history(steps.length)), el("ol", {}, ...steps))
}

function correction(open: Counting, line: OutcomeLine, stop: () => void): { form: HTMLElement; input: HTMLInputElement } {
  const tables = open.session.settings.outcomes
  const units = line.kind === "exhibit" ? tables.exhibits[line.exhibit] : tables.kinds[line.kind]
  const most = { [line.unit]: units[line.unit] ?? Number.MAX_SAFE_INTEGER }
  const error = el("p", { class: "error", role: "alert" })
  const counted = amountField({ id: "correct-quantity", units: most, tables, quantity: line.quantity, unit: line.unit, onChange: () => (error.textContent = "") })
  const reason = el("select", {}, ...tables.corrections.map((code) => el("option", { value: code }, w.corrections[code])))
  const save = el("button", { class: "primary", id: "save-correction" }, w.saveCorrection)
  const strike = button(w.strike, () => void attempt(open, strike, error, () => put(open, line, "0", reason.value)), { class: "danger", id: "strike-outcome", hidden: line.quantity === "0" })
  const saving = async (): Promise<void> => {
    error.textContent = counted.wrong(true)
    if (error.textContent) return counted.input.focus()
    await put(open, line, counted.quantity(), reason.value)
  }
  const submit = (event: Event): void => {
    event.preventDefault()
    void attempt(open, save, error, saving)
  }
  const buttons = el("div", { class: "line-buttons" }, save, strike, button(w.cancel, stop))
  return { form: el("form", { class: "outcome-form", novalidate: true, submit }, counted.element, field(w.reason, "correct-reason", reason), error, buttons), input: counted.input }
}
