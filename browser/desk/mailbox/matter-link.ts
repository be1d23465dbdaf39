// Linking a report to another: one of those opened on this machine, or one named by its number in the register.
import { api } from "./api"
import { button, el, field, isFree, isolated } from "./dom"
import { fold, oneLine } from "./inert"
import { attempt, type OpenReport } from "./open-report"
import type { First } from "./opening"
import { whatOf } from "./row"
import { w } from "./words/outcomes"

const SHOWN = 5
const NUMBER = /^\s*\d{1,9}\s*(\/\s*\d{4})?\s*$/

type Candidate = { thread: string; first: First; likeness: number }

/** The most alike first: same thing, same village. */
function likeness(one: First, other: First | null): number {
  if (!other) return 0
  const sameVillage = one.json.village !== "" && fold(one.json.village) === fold(other.json.village)
  return Number(one.json.what === other.json.what) + 2 * Number(sameVillage)
}

function candidates(open: OpenReport, not: string[]): Candidate[] {
  return open.session
    .opened()
    .filter(([thread, first]) => !not.includes(thread) && !first.foreign)
    .map(([thread, first]) => ({ thread, first, likeness: likeness(first, open.first) }))
    .sort((one, other) => other.likeness - one.likeness)
}

const words = ({ first }: Candidate): string => fold([whatOf(first), first.json.village, first.json.place, first.text].join(" "))

/** A button that unfolds the choice. `not`: the report itself and what is linked to it already. */
export function linking(open: OpenReport, not: string[]): HTMLElement {
  const place = el("div", { class: "linking no-print" })
  const offer = (): void => place.replaceChildren(button(w.link, () => choose(), { id: "link-report" }))
  const choose = (): void => {
    const { element, focus } = chooser(open, not, () => {
      offer()
      place.querySelector("button")?.focus()
    })
    place.replaceChildren(element)
    focus()
  }
  offer()
  return place
}

function chooser(open: OpenReport, not: string[], stop: () => void): { element: HTMLElement; focus: () => void } {
  const known = candidates(open, not)
  const error = el("p", { class: "error", role: "alert" })
  const search = el("input", { type: "search", autocomplete: "off", spellcheck: "false", placeholder: w.findPlace })
  const found = el("ul", { class: "candidates" })
  const duplicate = el("input", { type: "radio", name: "link-role", value: "duplicate", checked: true })
  const related = el("input", { type: "radio", name: "link-role", value: "related" })
  const roles = el("fieldset", {}, el("legend", {}, w.linkWhich), el("label", {}, duplicate, w.asDuplicate), el("label", {}, related, w.asRelated))

  const join = (press: HTMLButtonElement, to: string): void => {
    const step = async (): Promise<void> => {
      const { alike } = await api.link(open.report.thread, to, related.checked ? "related" : "duplicate")
      open.session.draft(open.report.thread).alike = alike
      if (!(await open.reload()) || !isFree()) return
      document.querySelector<HTMLElement>(alike.length ? ".alike button" : ".related h3, .related a")?.focus()
    }
    void attempt(open, press, error, step)
  }
  const pick = (candidate: Candidate): HTMLElement => {
    const { first } = candidate
    const press = button("", () => join(press, candidate.thread), { class: "candidate", "data-candidate": candidate.thread })
    press.append(el("b", {}, whatOf(first), first.json.village && ", ", isolated(first.json.village)), el("span", { dir: "auto" }, oneLine(first.text, 70)))
    return el("li", {}, press)
  }
  const show = (): void => {
    const asked = search.value.trim()
    if (NUMBER.test(asked)) {
      const press = button(w.byNumber(asked), () => join(press, asked), { class: "candidate", id: "link-number" })
      return found.replaceChildren(el("li", {}, press))
    }
    const matching = known.filter((one) => !asked || words(one).includes(fold(asked))).slice(0, SHOWN)
    found.replaceChildren(...(matching.length ? matching.map(pick) : [el("li", { class: "soft" }, w.noCandidates)]))
  }
  search.addEventListener("input", show)
  const enter = (event: Event): void => {
    event.preventDefault()
    found.querySelector<HTMLButtonElement>("button")?.focus()
  }
  show()
  const element = el("form", { class: "outcome-form", submit: enter }, roles, field(w.find, "link-find", search), found, error, button(w.cancel, stop))
  return { element, focus: () => search.focus() }
}
