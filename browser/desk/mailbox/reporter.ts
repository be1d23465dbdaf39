// Who an officer entered the report for: sealed in the report, shown on demand where secrecy was asked; and telling them the result.
import { api } from "./api"
import { button, el, isolated } from "./dom"
import { attempt, type OpenReport } from "./open-report"
import type { Intake, Report } from "./types"
import { day } from "./when"
import { words } from "./words/intake"

const HOUR = 3_600_000

/** Marks beside the title: named, asks for secrecy. */
export function intakeMarks({ intake }: Report): HTMLElement[] {
  if (!intake?.named) return []
  const marks = [el("span", { class: "state" }, words.named)]
  return intake.secrecy ? [...marks, el("span", { class: "state wait" }, words.secret)] : marks
}

/** Name, contact and paper; behind a touch where the person asked that the name be kept secret, so that nobody reads it in passing. */
function person({ report, first }: OpenReport): HTMLElement {
  const named = first && !first.foreign ? first.json.named : null
  if (!named) return el("p", { class: "soft" }, words.noName)
  const rows = [[words.name, named.name], [words.contact, named.contact], [words.paper, named.paper]].filter(([, said]) => said)
  const list = el("dl", { class: "facts", id: "person" }, ...rows.flatMap(([name, said]) => [el("dt", {}, name), el("dd", {}, isolated(said))]))
  if (!report.intake?.secrecy) return list
  list.hidden = true
  // What is hidden on the page must not come out of the printer either.
  list.classList.add("no-print")
  const press = button(words.showName, () => {
    list.hidden = !list.hidden
    press.textContent = list.hidden ? words.showName : words.hideName
  }, { id: "show-name", class: "no-print" })
  return el("div", {}, el("p", { class: "soft" }, words.nameHidden), press, list)
}

function telling(open: OpenReport, intake: Intake): HTMLElement {
  if (intake.told) return el("p", { class: "success" }, words.toldOn(day(intake.told)))
  if (!intake.tell_due) return el("p", { class: "soft" }, words.tellLater)
  const late = Date.parse(intake.tell_due) + HOUR < Date.now()
  const error = el("p", { class: "error", role: "alert" })
  const mark = async (): Promise<void> => {
    await api.told(open.report.thread)
    await open.reload()
  }
  const press = button(words.markTold, () => void attempt(open, press, error, mark), { id: "mark-told", class: "no-print" })
  const until = day(intake.tell_due)
  return el("div", { class: late ? "clock late" : "clock" }, el("p", {}, late ? words.tellLate(until) : words.tellBy(until)), press, error)
}

/** Null for a report that nobody gave a name to: there is nobody to tell. */
export function reporterSection(open: OpenReport): HTMLElement | null {
  const { intake } = open.report
  if (!intake?.named) return null
  return el("section", { class: "reporter" }, el("h3", {}, words.reporterTitle), person(open), telling(open, intake))
}
