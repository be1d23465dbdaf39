// One row of the list: what the server says at once, and title and first words as soon as they are opened.
import { el, isolated } from "./dom"
import { fold, oneLine } from "./inert"
import type { First } from "./opening"
import type { KnownFirst, Session } from "./session"
import { t } from "./strings"
import { trainingChip } from "./training-mark"
import type { Row, State } from "./types"
import { age, day, dueText } from "./when"

const PREVIEW = 90

// Colour never stands alone: the words beside it say the same.
const COLOUR: Partial<Record<State, string>> = { received: "bad", forwarded: "bad", opened: "wait", verifying: "wait", acted_on: "good", adopted: "good", answered: "good" }

export function stateMark(row: { state: State; held: boolean }): HTMLElement {
  if (!row.held) return el("span", { class: "state good" }, t.passedOnState)
  return el("span", { class: `state ${COLOUR[row.state] ?? ""}` }, t.states[row.state])
}

/** "Trộm cắp", as the reporter chose. */
export const whatOf = (first: First): string => t.what[first.json.what] ?? t.what.other

function title(row: Row, first: KnownFirst | undefined): string {
  if (!row.held) return t.sealedTitle
  if (first === undefined) return (row.category && t.categories[row.category]) || t.notOpenedYet
  if (first === "unreadable") return t.unreadable
  if (first === "large") return t.largeTitle
  return first.foreign ? t.foreignTitle : whatOf(first)
}

function preview(first: First): string {
  return oneLine(first.text, PREVIEW) || oneLine(first.json.place || first.json.village, PREVIEW) || t.noText
}

/** What a search looks through, folded. */
export function searchable(session: Session, row: Row): string {
  const first = session.first(row.thread)
  if (typeof first !== "object") return ""
  const { village, place, when_text } = first.json
  return fold([whatOf(first), village, place, when_text, first.text].join(" "))
}

export function fill(link: HTMLElement, session: Session, row: Row, now: Date): void {
  const first = session.first(row.thread)
  const due = dueText(row, now)
  const box = session.settings.boxes.length > 1 ? session.boxTitle(row.held ? row.box : row.origin) : ""
  link.replaceChildren(
    el("b", { class: "what" }, title(row, first), typeof first === "object" && first.json.village && el("span", { class: "soft" }, ", ", isolated(first.json.village))),
    stateMark(row),
    el("span", { class: "preview", dir: "auto" }, typeof first === "object" ? preview(first) : row.held ? " " : t.passedOnTo),
    el(
      "span",
      { class: "when" },
      el("span", { class: due.late ? "due late" : "due" }, row.held ? due.text : t.receivedOn(day(row.hour, now))),
      el(
        "span",
        { class: "age" },
        trainingChip(session, row),
        row.unread && el("span", { class: "new" }, t.newParts),
        // Once it has its result the row says already on what day it came.
        row.held && due.text !== t.receivedOn(day(row.hour, now)) && el("time", { datetime: row.hour }, age(row.hour, now)),
      ),
      box && el("span", { class: "whose" }, box),
    ),
  )
}
