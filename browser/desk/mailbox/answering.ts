// The field for an answer: sealed to the reporter and to our box, kept as a draft until it is sent.
import { api } from "./api"
import { button, el } from "./dom"
import { attempt, identitiesOf, nextIndex, type OpenReport } from "./open-report"
import { sealAnswer } from "./opening"
import { t } from "./strings"

const MOST = 20_000

export function answerForm(open: OpenReport): HTMLElement | null {
  const { first, report, session } = open
  if (!first || first.foreign) return null
  if (!first.json.reply) return el("p", { class: "no-reply" }, t.noReply)
  const draft = session.draft(report.thread)
  const text = el("textarea", { id: "answer", placeholder: t.answerPlace, "aria-label": t.answerLabel, maxlength: MOST, rows: 3, autocomplete: "off" })
  text.value = draft.answer
  text.addEventListener("input", () => (draft.answer = text.value))
  const error = el("p", { class: "error", role: "alert" })
  const send = button(t.send, () => void attempt(open, send, error, sending), { class: "primary", id: "send-answer" })
  const sending = async (): Promise<void> => {
    const written = text.value.trim()
    if (!written) {
      error.textContent = t.emptyAnswer
      return text.focus()
    }
    const index = nextIndex(open)
    // What is added after the press would be neither sent nor kept.
    text.readOnly = true
    try {
      const sealed = await sealAnswer(written, { box: report.box, thread: report.thread, index, first, identities: identitiesOf(open) })
      await api.answer(report.thread, index, sealed)
    } finally {
      text.readOnly = false
    }
    draft.answer = text.value = ""
    await open.reload()
  }
  return el("div", { class: "answer no-print" }, el("div", { class: "answer-row" }, text, send), error)
}
