// One row of the list: what the server says at once, and title and first words as soon as they are opened.
import { el, isolated } from "./dom"
import { icon } from "./icon"
import { fold, inert, oneLine } from "./inert"
import { categoryName, stateName, stepName, whatName } from "./kinds"
import type { First } from "./opening"
import type { KnownFirst, Session } from "./session"
import { t } from "./strings"
import { trainingChip } from "./training-mark"
import type { Row, State } from "./types"
import { age, day, dueText } from "./when"
import { inWords } from "./outcomes-number"
import { words } from "./words/day"

const PREVIEW = 90

// Colour never stands alone: the words beside it say the same.
const COLOUR: Partial<Record<State, string>> = { received: "bad", forwarded: "bad", opened: "wait", verifying: "wait", acted_on: "good", adopted: "good", answered: "good", partly: "good" }

export function stateMark(row: { state: State; held: boolean; kind?: string }): HTMLElement {
  if (!row.held) return el("span", { class: "state good" }, t.passedOnState)
  return el("span", { class: `state ${COLOUR[row.state] ?? ""}` }, stateName(row.kind, row.state))
}

/** "Trộm cắp", as the reporter chose. */
export const whatOf = (first: First, kind?: string): string => whatName(first.json.what, kind)

function title(row: Row, first: KnownFirst | undefined): string {
  if (!row.held) return row.number ? words.passedOnNumber(row.number) : t.sealedTitle
  if (first === undefined) return (row.category && categoryName(row.kind, row.category)) || t.notOpenedYet
  if (first === "unreadable") return t.unreadable
  if (first === "large") return t.largeTitle
  return first.foreign ? t.foreignTitle : whatOf(first, row.kind)
}

function preview(first: First): string {
  return oneLine(first.text, PREVIEW) || oneLine(first.json.place || first.json.village, PREVIEW) || t.noText
}

/** What a search looks through, folded. */
export function searchable(session: Session, row: Row): string {
  const first = session.first(row.thread)
  if (typeof first !== "object") return ""
  const { village, place, when_text } = first.json
  return fold([whatOf(first, row.kind), village, place, when_text, first.text].join(" "))
}

/** As the row names it, for sentences about it. */
export function titleOf(session: Session, row: Row | undefined): string {
  if (!row) return ""
  const first = session.first(row.thread)
  const village = typeof first === "object" && !first.foreign ? first.json.village : ""
  return [title(row, first), village && inert(village), row.number && words.number(row.number)].filter(Boolean).join(", ")
}

const chip = (name: string, said: Node | string, drawn?: string): HTMLElement => el("span", { class: `chip ${name}` }, drawn && icon(drawn), said)

/** "Hoà": whom colleagues call so; the whole name is told with it. */
function shortName(name: string): string {
  const parts = name.split(" ")
  return parts.slice(parts.length > 2 ? -2 : -1).join(" ")
}

/** What is known beside the report itself; of one that was passed on, what became of it. */
function chips(row: Row, box: string): HTMLElement | false {
  const { assigned, channel, from, linked } = row
  const made = [
    box && chip("whose", box),
    assigned && el("span", { class: "chip assigned", title: assigned.name }, icon("person"), shortName(assigned.name)),
    channel && chip("channel", words.channels[channel] ?? channel, channel),
    from && chip("from", isolated(words.from(from)), "from"),
    linked && chip("linked", words.linked(linked), "link"),
    row.prank && chip("prank", words.prank),
    row.news && chip("new", words.newAbove),
    ...(row.outcomes ?? []).map((line) => chip("outcome", inWords(line))),
  ].filter((one): one is HTMLElement => one instanceof HTMLElement)
  return made.length > 0 && el("span", { class: "chips" }, ...made)
}

function underTitle(row: Row, first: KnownFirst | undefined): string {
  if (typeof first === "object") return preview(first)
  if (row.held) return "\u00a0" // the line that its first words will take: no row moves when they come
  return row.title ? words.whereNow(row.title, stepName(row.kind, row.state)) : t.passedOnTo
}

export function fill(link: HTMLElement, session: Session, row: Row, now: Date): void {
  const first = session.first(row.thread)
  const due = dueText(row, now)
  // Practice has its own mark, so one real box needs no name.
  const many = session.settings.boxes.filter(({ training }) => !training).length > 1
  const box = many ? session.boxTitle(row.held ? row.box : row.origin) : ""
  link.replaceChildren(
    el("b", { class: "what" }, title(row, first), typeof first === "object" && first.json.village && el("span", { class: "soft" }, ", ", isolated(first.json.village))),
    stateMark(row),
    el("span", { class: "preview", dir: "auto" }, underTitle(row, first)),
    el(
      "span",
      { class: "when" },
      row.held && row.number && el("span", { class: "number" }, words.number(row.number)),
      el("span", { class: due.late ? "due late" : "due" }, row.held ? due.text : t.receivedOn(day(row.hour, now))),
      el(
        "span",
        { class: "age" },
        trainingChip(session, row),
        row.unread && el("span", { class: "new" }, t.newParts),
        // Once it has its result the row says already on what day it came.
        row.held && due.text !== t.receivedOn(day(row.hour, now)) && el("time", { datetime: row.hour }, age(row.hour, now)),
      ),
    ),
    chips(row, box) || "",
  )
}
