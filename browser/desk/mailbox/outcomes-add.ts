// Counting one more thing: a tile for each kind, then how many, when, and what only the office may read.
import { b64 } from "../../sealed/bytes"
import { api } from "./api"
import { button, el, field, isFree } from "./dom"
import { attempt, identitiesOf, type OpenReport } from "./open-report"
import { sealNote } from "./opening"
import { amountField } from "./outcomes-amount"
import { icon } from "./outcomes-icons"
import { amount, inWords, tailOf } from "./outcomes-number"
import type { Draft } from "./session"
import type { OutcomeLine } from "./types"
import { w } from "./words/outcomes"

const REMARKS_MOST = 5_000

type New = NonNullable<Draft["outcome"]>

/** Today in Vietnam, as a date field has it. */
const today = (): string => new Intl.DateTimeFormat("en-CA", { timeZone: "Asia/Ho_Chi_Minh" }).format(new Date())

/** Tiles and, once one is chosen, the form below them. `standing`: the lines that count already. */
export function adding(open: OpenReport, standing: OutcomeLine[]): HTMLElement {
  const { session, report } = open
  const { kinds } = session.settings.outcomes
  const draft = session.draft(report.thread)
  const place = el("div", { class: "counting" })
  const tiles = Object.keys(kinds).map((kind) => button("", () => choose(kind), { class: "kind", "data-kind": kind }))
  for (const tile of tiles) tile.append(icon(tile.dataset.kind!), el("span", {}, w.kinds[tile.dataset.kind!]))
  const show = (): void => {
    for (const tile of tiles) tile.setAttribute("aria-pressed", String(tile.dataset.kind === draft.outcome?.kind))
    place.replaceChildren(draft.outcome ? form(open, draft.outcome, standing, stop) : "")
  }
  const choose = (kind: string): void => {
    if (draft.outcome?.kind === kind) return stop()
    draft.outcome = { kind, exhibit: "", quantity: "1", unit: Object.keys(kinds[kind])[0] ?? "", day: today(), remarks: draft.outcome?.remarks ?? "" }
    show()
    const first = place.querySelector<HTMLElement>("select, input")
    first?.focus()
    if (first instanceof HTMLInputElement) first.select()
  }
  const stop = (): void => {
    const was = draft.outcome?.kind
    draft.outcome = null
    show()
    tiles.find((tile) => tile.dataset.kind === was)?.focus()
  }
  show()
  return el("div", { class: "no-print" }, el("div", { class: "kinds", role: "group", "aria-label": w.add }, ...tiles), place)
}

/** What stands already of the same kind, so that nobody counts it again. */
function already({ kind, exhibit }: New, standing: OutcomeLine[]): string {
  const same = standing.filter((line) => line.kind === kind && (kind !== "exhibit" || line.exhibit === exhibit))
  const units = [...new Set(same.map(({ unit }) => unit))]
  const sums = units.map((unit) => amount(String(same.filter((line) => line.unit === unit).reduce((sum, line) => sum + Number(line.quantity), 0)), unit))
  return sums.length ? w.already(sums.join(", ")) : ""
}

function form(open: OpenReport, chosen: New, standing: OutcomeLine[], stop: () => void): HTMLElement {
  const { session, report } = open
  const tables = session.settings.outcomes
  const hint = el("p", { class: "soft already" }, already(chosen, standing))
  const error = el("p", { class: "error", role: "alert" })
  const save = el("button", { class: "primary", id: "save-outcome" })
  const when = el("input", { type: "date", max: today() })
  const remarks = el("textarea", { rows: 2, maxlength: REMARKS_MOST, autocomplete: "off", placeholder: w.remarksPlace })
  when.value = chosen.day
  remarks.value = chosen.remarks

  const exhibit = el("select", {}, ...Object.keys(tables.exhibits).map((one) => el("option", { value: one, selected: one === chosen.exhibit }, w.exhibits[one])))
  if (chosen.kind === "exhibit") chosen.exhibit = exhibit.value
  const amountPlace = el("div", {})
  let counted = newAmount()
  function newAmount() {
    const units = chosen.kind === "exhibit" ? tables.exhibits[chosen.exhibit] : tables.kinds[chosen.kind]
    if (!(chosen.unit in units)) chosen.unit = Object.keys(units)[0]
    const made = amountField({ id: "outcome-quantity", units, tables, quantity: chosen.quantity, unit: chosen.unit, onChange: () => keep() })
    amountPlace.replaceChildren(made.element)
    return made
  }
  const keep = (): void => {
    chosen.quantity = counted.quantity()
    chosen.unit = counted.unit()
    chosen.day = when.value
    chosen.remarks = remarks.value
    error.textContent = ""
    hint.textContent = already(chosen, standing)
    save.textContent = counted.said() ? w.save(`${counted.said()} ${tailOf(chosen)}`) : w.saveNothing
  }
  exhibit.addEventListener("change", () => {
    chosen.exhibit = exhibit.value
    counted = newAmount()
    keep()
  })
  for (const control of [when, remarks]) control.addEventListener("input", keep)
  keep()

  const saving = async (): Promise<void> => {
    error.textContent = counted.wrong() || (when.value ? "" : w.noDay)
    if (error.textContent) return (counted.wrong() ? counted.input : when).focus()
    const text = chosen.remarks.trim()
    const sealed = text ? b64(await sealNote(text, identitiesOf(open))) : null
    await api.record(report.thread, { ...chosen, remarks: sealed }, report.matter.outcomes.length)
    const { kind } = chosen
    const said = w.said(inWords(chosen))
    session.draft(report.thread).outcome = null
    if (!(await open.reload())) return
    const section = document.querySelector(".outcomes")
    section?.querySelector("[role=status]")?.replaceChildren(said)
    if (isFree()) section?.querySelector<HTMLElement>(`.kind[data-kind="${kind}"]`)?.focus({ preventScroll: true })
  }
  const submit = (event: Event): void => {
    event.preventDefault()
    void attempt(open, save, error, saving)
  }
  return el(
    "form",
    { class: "outcome-form", novalidate: true, submit },
    chosen.kind === "exhibit" && field(w.exhibit, "outcome-exhibit", exhibit),
    amountPlace,
    field(w.day, "outcome-day", when),
    field(w.remarks, "outcome-remarks", remarks),
    hint,
    error,
    el("div", { class: "two" }, save, button(w.cancel, stop)),
  )
}
