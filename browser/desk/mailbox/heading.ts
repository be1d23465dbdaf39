// What stands above a report: what and where, when it came, whether the reporter's phone had checked our key.
import type { Media } from "./conversation"
import { el, isolated } from "./dom"
import { oneLine } from "./inert"
import type { OpenReport } from "./open-report"
import type { First } from "./opening"
import { allowsPublic } from "./kinds"
import { whatOf } from "./row"
import { t } from "./strings"
import { day } from "./when"
import { words as ofTheDay } from "./words/day"
import { words } from "./words/intake"

export function title({ first, report }: OpenReport): HTMLElement {
  if (!first) return el("h2", {}, t.unreadable)
  if (first.foreign) return el("h2", {}, t.foreignTitle)
  const where = first.json.village || oneLine(first.json.place, 40)
  return el("h2", {}, whatOf(first, report.kind), where && ", ", where && isolated(where))
}

/** One line of facts; told again whenever a photo or voice has been opened. */
export function meta({ report, first, session }: OpenReport, media: Media): string {
  const sentences = [...(report.number ? [[ofTheDay.number(report.number)]] : []), [t.received(day(report.hour)), media.photos && t.photos(media.photos), media.voices && t.voices(media.voices, media.lengths.filter(Boolean).join(", "))]]
  if (first) {
    sentences.push(report.intake ? [words.channels[report.intake.channel], words.enteredByOfficer] : [first.json.path === "plain" ? t.plainPath : t.keyChecked[first.json.pinned]])
    sentences.push([first.json.forward ? t.mayForward : t.mayNotForward])
    if (allowsPublic(report.kind) && first.json.public) sentences.push([words.publicAllowed])
  }
  if (session.settings.boxes.find(({ slug }) => slug === report.box)?.training) sentences.push([t.training])
  return sentences.map((facts) => facts.filter(Boolean).join(", ") + ".").join(" ")
}

export function facts(first: First): HTMLElement | null {
  const { village, place, when, when_text, gps } = first.json
  const rows: [string, Node[]][] = []
  if (place) rows.push([t.where, [village && isolated(village), village && ", ", isolated(place)].filter(Boolean).map((part) => (typeof part === "string" ? document.createTextNode(part) : (part as Node)))])
  const said = Object.hasOwn(t.whens, when) ? t.whens[when] : ""
  if (said || when_text) rows.push([t.when, [document.createTextNode(said + (said && when_text ? ", " : "")), isolated(when_text)]])
  if (gps) rows.push([t.position, [document.createTextNode(t.gps(gps[0].toFixed(5), gps[1].toFixed(5), String(Math.round(gps[2]))))]])
  if (rows.length === 0) return null
  return el("dl", { class: "facts" }, ...rows.flatMap(([name, value]) => [el("dt", {}, name), el("dd", {}, ...value)]))
}
