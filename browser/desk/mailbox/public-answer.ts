// A suggestion answered for all to read: written anew by the officer, in the clear, only where the report says that its sender allows it.
import { api } from "./api"
import { button, el, field } from "./dom"
import { allowsPublic } from "./kinds"
import { attempt, type OpenReport } from "./open-report"
import { words } from "./words/intake"
import { day } from "./when"

const ASKED_MOST = 1000
const ANSWERED_MOST = 4000

function standing({ report }: OpenReport): HTMLElement {
  const { asked, answered, day: on } = report.public_answer!
  const list = el("a", { href: `/boxes/${report.box}/answers/` }, words.publicWithdraw)
  return el("div", { class: "public-answer" }, el("p", { class: "success" }, words.publicDone(day(on)), " ", list), el("p", {}, el("b", {}, asked)), el("p", {}, answered))
}

function form(open: OpenReport): HTMLElement {
  const asked = el("textarea", { rows: 2, maxlength: ASKED_MOST, autocomplete: "off" })
  const answered = el("textarea", { rows: 4, maxlength: ANSWERED_MOST, autocomplete: "off" })
  const draft = open.session.draft(open.report.thread).publicly
  asked.value = draft.asked
  answered.value = draft.answered
  asked.addEventListener("input", () => (draft.asked = asked.value))
  answered.addEventListener("input", () => (draft.answered = answered.value))
  const sure = el("input", { type: "checkbox", id: "public-sure" })
  const error = el("p", { class: "error", role: "alert" })
  const again = (sentence: string, control: HTMLElement): void => {
    error.textContent = sentence
    control.focus()
  }
  const publish = async (): Promise<void> => {
    if (!asked.value.trim()) return again(words.publicEmpty, asked)
    if (!answered.value.trim()) return again(words.publicEmpty, answered)
    if (!sure.checked) return again(words.publicUnsure, sure)
    await api.answerPublicly(open.report.thread, { asked: asked.value, answered: answered.value, allowed: open.first!.json.public === true })
    draft.asked = draft.answered = ""
    await open.reload()
  }
  const press = button(words.publicGo, () => void attempt(open, press, error, publish), { id: "publish" })
  return el(
    "details",
    { class: "public-answer no-print", open: draft.asked !== "" || draft.answered !== "" },
    el("summary", {}, words.publicTitle),
    el("p", { class: "refused" }, words.publicWarning),
    field(words.publicAsked, "public-asked", asked),
    field(words.publicAnswered, "public-answered", answered),
    el("label", { class: "tick" }, sure, words.publicSure),
    error,
    press,
  )
}

/** Null for reports of other kinds, and until this one has been read. */
export function publicAnswer(open: OpenReport): HTMLElement | null {
  const { report, first } = open
  if (!allowsPublic(report.kind) || !first || first.foreign || report.state === "received") return null
  if (report.public_answer) return el("section", {}, el("h3", {}, words.publicTitle), standing(open))
  if (!first.json.public) return el("p", { class: "soft no-print" }, words.publicForbidden)
  return form(open)
}
