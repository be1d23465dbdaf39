// The way that a report went from box to box: for whoever held it before, and for whoever has it now.
import { el } from "./dom"
import type { PassedOn, Report } from "./types"
import { hourOfDay } from "./when"
import { words } from "./words/day"

/** Null for a report that is where it first came in. */
export function wayOf({ way }: Report | PassedOn): HTMLElement | null {
  if (way.length === 0) return null
  return el("div", { class: "way" }, el("h3", {}, words.way), el("ol", {}, ...way.map(({ title, hour }) => el("li", {}, words.wayStep(title, hourOfDay(hour))))))
}
