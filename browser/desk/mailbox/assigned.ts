// Who works on the report: taken with one press, or given to a colleague.
import { api } from "./api"
import { nameOf } from "./bulk-bar"
import { button, el } from "./dom"
import { icon } from "./icon"
import { attempt, type OpenReport } from "./open-report"
import { words } from "./words/day"

export function handlerSection(open: OpenReport): HTMLElement {
  const { report, session } = open
  const { me, boxes } = session.settings
  const officers = boxes.find(({ slug }) => slug === report.box)?.officers ?? []
  const mine = report.assigned?.username === me.username
  const error = el("p", { class: "error", role: "alert" })
  const give = async (officer: string): Promise<void> => {
    await api.bulk("assign", [report.thread], { officer: officer || null })
    await open.reload()
  }
  const said = mine ? words.handledByMe : report.assigned ? words.handledBy(report.assigned.name) : words.nobody
  const take: HTMLButtonElement = button(words.takeIt, () => void attempt(open, take, error, () => give(me.username)), { id: "take-it" })
  const choice = el(
    "select",
    { id: "handler", "aria-label": words.change },
    el("option", { value: "", selected: !report.assigned }, words.giveBack),
    ...officers.map((one) => el("option", { value: one.username, selected: one.username === report.assigned?.username }, nameOf(one, me))),
  )
  const save: HTMLButtonElement = button(words.save, () => void attempt(open, save, error, () => give(choice.value)), { id: "save-handler", disabled: true })
  choice.addEventListener("change", () => (save.disabled = choice.value === (report.assigned?.username ?? "")))
  const change = report.state !== "closed" && el("details", { class: "no-print" }, el("summary", {}, words.change), el("div", { class: "handler-row" }, choice, save))
  return el(
    "section",
    { class: "handler" },
    el("h3", {}, words.handler),
    el("p", { class: "handled-by" }, icon("person"), ` ${said}`),
    !mine && report.state !== "closed" && el("p", { class: "no-print" }, take),
    change,
    error,
  )
}
