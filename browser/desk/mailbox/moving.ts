// The buttons that bring a report to its next state: only those that the table of states has.
import { api } from "./api"
import { button, el } from "./dom"
import { moveName, stepName } from "./kinds"
import { attempt, type OpenReport } from "./open-report"
import { t } from "./strings"
import type { State } from "./types"

/** Buttons in words; each asks once more, for the reporter sees the state. Null when nothing follows. */
export function moveButtons(open: OpenReport): HTMLElement | null {
  const { kind } = open.report
  const moves = open.report.allowed.filter((to) => moveName(kind, to))
  if (moves.length === 0) return null
  const place = el("div", { class: "moves", role: "group", "aria-label": t.next })
  const error = el("p", { class: "error", role: "alert" })
  const offer = (): void => place.replaceChildren(...moves.map((to) => button(moveName(kind, to)!, () => ask(to), { "data-to": to })))
  const ask = (to: State): void => {
    const yes = button(t.confirm, () => void attempt(open, yes, error, () => move(to)), { class: "primary", id: "confirm-move" })
    const no = button(t.cancel, () => {
      error.textContent = ""
      offer()
      place.querySelector<HTMLElement>(`[data-to="${to}"]`)?.focus()
    })
    place.replaceChildren(el("p", {}, t.confirmMove(stepName(kind, to))), el("div", { class: "two" }, yes, no))
    yes.focus()
  }
  const move = async (to: State): Promise<void> => {
    await api.move(open.report.thread, to, open.report.version)
    await open.reload()
  }
  offer()
  return el("section", { class: "next no-print" }, el("h3", {}, t.next), place, error)
}
