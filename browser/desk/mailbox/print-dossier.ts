// The initial dossier on paper: built in the page when it goes to the printer, and gone afterwards. Nothing of it is sent anywhere.
import { button, el, wipe } from "./dom"
import { facts } from "./heading"
import { inert } from "./inert"
import { inOrder, wordsOf } from "./conversation"
import { categoryName, stepName } from "./kinds"
import type { OpenReport } from "./open-report"
import { inWords } from "./outcomes-number"
import { whatOf } from "./row"
import { t } from "./strings"
import type { PartLine } from "./types"
import { hourOfDay, number } from "./when"
import { words as day } from "./words/day"
import { words } from "./words/dossier"

type Line = [string, string]

/** "In hồ sơ"; Ctrl+P prints the same while this report is on the page. */
export function printButton(open: OpenReport): HTMLButtonElement {
  const press = button(t.print, () => window.print(), { id: "print" })
  const before = (): void => {
    if (press.isConnected && !open.session.locked) lay(open)
    else removeEventListener("beforeprint", before)
  }
  addEventListener("beforeprint", before, { signal: open.session.signal })
  return press
}

/** Puts the paper on the page until it is printed or the desk is locked. */
function lay(open: OpenReport): void {
  document.querySelector(".dossier")?.remove()
  const paper = dossier(open)
  const end = (): void => {
    wipe(paper)
    paper.remove()
    document.body.classList.remove("with-dossier")
  }
  document.body.append(paper)
  document.body.classList.add("with-dossier")
  addEventListener("afterprint", end, { once: true, signal: open.session.signal })
  open.session.signal.addEventListener("abort", end, { once: true })
}

export function dossier(open: OpenReport, now = new Date()): HTMLElement {
  const parts = inOrder(open.report.parts, open.first)
  return el(
    "section",
    { class: "dossier", lang: document.documentElement.lang },
    ...head(open, now),
    chapter(words.intake, lines(intake(open))),
    chapter(words.content, ...content(open)),
    chapter(words.files, files(open, parts)),
    chapter(words.talk, ...talk(open, parts)),
    chapter(words.steps, el("ol", {}, ...open.report.changes.map(({ state, hour }) => el("li", {}, `${stepName(open.report.kind, state)}: ${hourOfDay(hour, now)}`)))),
    chapter(words.results, ...results(open)),
    signatures(open),
    el("p", { class: "dossier-foot" }, words.foot(hourOfDay(now.toISOString(), now))),
  )
}

const chapter = (name: string, ...content: (Node | string)[]): HTMLElement => el("section", {}, el("h2", {}, name), ...content)

const lines = (said: Line[]): HTMLElement => el("dl", {}, ...said.filter(([, value]) => value).flatMap(([name, value]) => [el("dt", {}, name), el("dd", {}, value)]))

const text = (said: string): HTMLElement => el("p", { class: "written", dir: "auto" }, inert(said))

/** What the report is about: as its reporter chose, and in which village. */
function subject({ first, report }: OpenReport): string {
  if (!first || first.foreign) return t.unreadable
  return [whatOf(first, report.kind), inert(first.json.village)].filter(Boolean).join(", ")
}

function head(open: OpenReport, now: Date): HTMLElement[] {
  const { report, session } = open
  const training = session.settings.boxes.some(({ slug, training }) => slug === report.box && training)
  const today = new Intl.DateTimeFormat("en-GB", { timeZone: "Asia/Ho_Chi_Minh", day: "numeric", month: "numeric", year: "numeric" })
  const [date, month, year] = today.format(now).split("/").map(Number)
  const ours = el("div", {}, report.office.above && el("p", {}, report.office.above.toLocaleUpperCase("vi")), el("p", { class: "office" }, report.office.name.toLocaleUpperCase("vi")), el("p", {}, words.number(report.number)))
  const state = el("div", {}, el("p", { class: "office" }, words.republic), el("p", { class: "motto" }, words.motto), el("p", { class: "date" }, words.day(date, month, year)))
  return [
    el("div", { class: "dossier-head" }, ours, state),
    el("p", { class: "marking" }, words.secret),
    el("h1", {}, words.title),
    el("p", { class: "about" }, words.about(subject(open))),
    ...(training ? [el("p", { class: "about" }, words.practice)] : []),
  ]
}

function intake({ report, first }: OpenReport): Line[] {
  const { assessment, assigned } = report
  const channel = report.intake?.channel
  const from = report.way.length > 0 ? (report.boxes[report.origin] ?? "") : ""
  const { named } = report.intake ?? {}
  return [
    [words.register, report.number],
    [words.received, hourOfDay(report.hour)],
    [words.box, report.title],
    [words.channel, channel ? (day.channels[channel] ?? channel) : words.through],
    [words.from, from],
    [words.checked, first && !channel ? t.keyChecked[first.json.pinned] : ""],
    [words.reporter, !named ? words.anonymous : report.intake!.secrecy ? words.secrecy : inert((!first?.foreign && first?.json.named?.name) || "")],
    [words.handler, assigned?.name ?? ""],
    [words.due, hourOfDay(report.resolve_due)],
    [words.category, categoryName(report.kind, assessment.category) ?? ""],
    [words.value, t.values[assessment.value] ?? ""],
  ]
}

function content({ first }: OpenReport): HTMLElement[] {
  if (!first || first.foreign) return [el("p", {}, words.unreadable)]
  const where = facts(first)
  return [...(where ? [where] : []), text(first.text || t.noText)]
}

/** Every part of the reporter's that is no text, with what proves later that it was this one. */
function files({ session }: OpenReport, parts: PartLine[]): HTMLElement {
  const others = parts.filter((part) => part.direction === "reporter" && part.index > 0 && !session.part(part.digest)?.text)
  if (others.length === 0) return el("p", {}, words.noFiles)
  const kind = (part: PartLine): string => {
    if (session.part(part.digest)?.foreign) return words.foreign
    const name = session.medium(part.digest)
    return name ? (name.startsWith("photo") ? words.photo : words.voice) : words.unopened
  }
  const rows = others.map((part, at) =>
    el("tr", {}, el("td", {}, String(at + 1)), el("td", {}, `${kind(part)}, ${hourOfDay(part.hour)}`), el("td", {}, words.kilobytes(number.format(Math.ceil(part.size / 1024)))), el("td", { class: "digest" }, part.digest)),
  )
  const names = ["", words.file, words.size, words.digest].map((name) => el("th", { scope: "col" }, name))
  return el("table", {}, el("thead", {}, el("tr", {}, ...names)), el("tbody", {}, ...rows))
}

/** Later texts of both sides that are proven theirs. */
function talk(open: OpenReport, parts: PartLine[]): HTMLElement[] {
  const said = parts.flatMap((part) => {
    const read = open.session.part(part.digest)
    if (!read || read.foreign || (part.direction === "reporter" && part.index === 0)) return []
    const written = wordsOf(read, open)
    const who = part.direction === "officer" ? t.office : t.reporter
    return written ? [el("div", { class: "said" }, el("b", {}, `${who}, ${hourOfDay(part.hour)}`), text(written))] : []
  })
  return said.length > 0 ? said : [el("p", {}, words.noTalk)]
}

function results({ report }: OpenReport): HTMLElement[] {
  const { outcomes, members } = report.matter
  const corrected = new Set(outcomes.map(({ corrects }) => corrects))
  const standing = outcomes.filter((line) => !corrected.has(line.id) && Number(line.quantity) > 0)
  const linked = members.filter(({ thread }) => thread !== report.thread).map(({ number, title }) => number || title)
  const list = standing.length > 0 ? el("ul", {}, ...standing.map((line) => el("li", {}, `${inWords(line)} (${line.office}, ${hourOfDay(line.hour)})`))) : el("p", {}, words.noResults)
  return [list, ...(linked.length > 0 ? [lines([[words.linked, linked.join("; ")]])] : [])]
}

function signatures({ session }: OpenReport): HTMLElement {
  const place = (who: string, how: string, name: string): HTMLElement => el("div", {}, el("b", {}, who), el("p", {}, how), el("p", { class: "signed" }, name))
  return el("div", { class: "signatures" }, place(words.maker, words.sign, session.settings.me.name), place(words.commander, words.seal, ""))
}
