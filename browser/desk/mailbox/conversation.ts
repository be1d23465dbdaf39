// What was said, in order: bubbles, photos, voices; what is foreign apart from it. New parts are added, old ones never moved.
import { api } from "./api"
import { button, el, quoted } from "./dom"
import { medium } from "./media"
import { identitiesOf, type OpenReport } from "./open-report"
import { type First, isPart, openLater, type Read } from "./opening"
import { t } from "./strings"
import type { PartLine } from "./types"
import { hourOfDay, length } from "./when"

export type Media = { photos: number; voices: number; lengths: string[] }

/** By hour; within one, what the reporter sent at first, then the office's word, then what the reporter added: no finer time is kept. */
export function inOrder(parts: PartLine[], first: First | null): PartLine[] {
  const batch = (part: PartLine): number => (part.direction === "officer" ? 1 : part.index <= (first?.json.media ?? 0) ? 0 : 2)
  return [...parts].sort((a, b) => Date.parse(a.hour) - Date.parse(b.hour) || batch(a) - batch(b) || a.index - b.index)
}

export class Conversation {
  readonly element = el("div", { class: "talk" })
  readonly media: Media = { photos: 0, voices: 0, lengths: [] }
  private readonly foreign = el("section", { class: "foreign-parts", "aria-label": t.foreignHeading, hidden: true })
  private readonly late = el("p", { class: "awaited", role: "status" })
  private readonly slots = new Map<string, HTMLElement>()
  private readonly arrived = { media: 0, unopened: 0 }
  private turn = 0

  constructor(private readonly onMedia: (media: Media) => void) {}

  get all(): HTMLElement[] {
    return [this.element, this.late, this.foreign]
  }

  /** Shows what is new in `open` and opens it, one part after the other. */
  async update(open: OpenReport): Promise<void> {
    const turn = ++this.turn
    const parts = inOrder(open.report.parts, open.first)
    parts.forEach((part, at) => this.place(part, parts.slice(at + 1)))
    for (const part of parts) {
      const slot = this.slots.get(part.digest)!
      if (slot.dataset.done) continue
      await this.fill(slot, part, open)
      if (turn !== this.turn || open.session.locked) return
    }
    this.sum(open)
  }

  /** A slot for the part, before the next one that has a slot: a frame that is moved loads anew. */
  private place(part: PartLine, following: PartLine[]): void {
    if (this.slots.has(part.digest)) return
    const slot = el("div", { class: "slot" }, el("p", { class: "soft" }, t.opening))
    const next = following.map(({ digest }) => this.slots.get(digest)).find((element) => element !== undefined)
    this.element.insertBefore(slot, next ?? null)
    this.slots.set(part.digest, slot)
  }

  private async fill(slot: HTMLElement, part: PartLine, open: OpenReport): Promise<void> {
    if (part.direction === "reporter" && part.index === 0) {
      slot.dataset.done = "1"
      slot.replaceChildren(open.first && !open.first.foreign ? bubble(part, open, open.first.text) : "")
      if (open.first?.foreign) this.addForeign(part, { json: open.first.json, text: open.first.text, media: null, foreign: true })
      return
    }
    try {
      const read = await this.read(part, open)
      // Shown meanwhile: the report was asked for anew while the part was still on its way, and it came twice.
      if (open.session.locked || slot.dataset.done) return
      slot.dataset.done = "1"
      slot.replaceChildren()
      this.show(slot, part, read, open)
    } catch {
      if (open.session.locked || slot.dataset.done) return
      const again = button(t.again, () => void this.fill(slot, part, open).then(() => this.sum(open)))
      slot.replaceChildren(el("p", { class: "refused" }, `${t.partFailed} `, again))
    }
  }

  private async read(part: PartLine, open: OpenReport): Promise<Read> {
    const known = open.session.part(part.digest)
    if (known) return known
    const sealed = await api.part(open.report.thread, part.digest, open.session.signal)
    if (!(await isPart(sealed, part.digest))) return null
    const secret = open.first && !open.first.foreign ? open.first.secret : new Uint8Array(0)
    const read = await openLater(sealed, identitiesOf(open), open.report.thread, part, secret)
    if (read && !read.media) open.session.keepPart(part.digest, read)
    if (read?.media && !read.foreign) open.session.keepMedium(part.digest, read.media.name)
    return read
  }

  private show(slot: HTMLElement, part: PartLine, read: Read, open: OpenReport): void {
    if (read === null) this.arrived.unopened += 1
    else if (read.foreign) this.addForeign(part, read)
    else if (read.media) slot.append(this.medium(read.media, part, open))
    else slot.append(bubble(part, open, wordsOf(read, open)))
  }

  private medium(media: NonNullable<NonNullable<Read>["media"]>, part: PartLine, open: OpenReport): HTMLElement {
    const kind = media.name.startsWith("photo") ? "photo" : "voice"
    const place = kind === "photo" ? ++this.media.photos : ++this.media.voices
    this.arrived.media += 1
    this.onMedia(this.media)
    const label = kind === "photo" ? t.photo(place) : t.voice(place)
    const onLength = (seconds: number): void => {
      this.media.lengths[place - 1] = length(seconds)
      this.onMedia(this.media)
    }
    const shown = medium({ kind, bytes: media.bytes, label, onLength })
    if (part.index > (open.first?.json.media ?? 0)) shown.append(el("figcaption", {}, hourOfDay(part.hour)))
    return shown
  }

  private addForeign(part: PartLine, read: NonNullable<Read>): void {
    if (this.foreign.hidden) this.foreign.append(el("h3", {}, t.foreignHeading), el("p", {}, t.foreignWhy))
    this.foreign.hidden = false
    const media = read.media
    const kind = media?.name.startsWith("voice") ? "voice" : "photo"
    this.foreign.append(
      el(
        "div",
        { class: "foreign" },
        el("b", {}, part.direction === "officer" ? t.foreignOffice : t.foreign),
        read.text !== null && quoted(read.text),
        media && medium({ kind, bytes: media.bytes, label: t.foreign, onLength: () => undefined }),
      ),
    )
  }

  private sum({ first }: OpenReport): void {
    const missing = (first && !first.foreign ? first.json.media : 0) - this.arrived.media
    const said = [missing > 0 && t.awaited(missing), this.arrived.unopened > 0 && t.unopened(this.arrived.unopened)]
    this.late.textContent = said.filter(Boolean).join(" ")
  }
}

export function wordsOf(read: NonNullable<Read>, { report }: OpenReport): string {
  if (read.json.kind !== "forward") return read.text ?? ""
  const to = typeof read.json.to === "string" ? read.json.to : ""
  return t.passedOnNote(to === report.box ? report.title : (report.boxes[to] ?? to))
}

function bubble(part: PartLine, { report }: OpenReport, words: string): HTMLElement {
  const ours = part.direction === "officer"
  const office = part.box === report.box ? "" : `, ${report.boxes[part.box] ?? part.box}`
  const who = ours ? t.office + office : t.reporter
  return el("div", { class: ours ? "say ours" : "say" }, el("small", {}, `${who}, ${hourOfDay(part.hour)}`), words ? quoted(words) : el("p", { class: "soft" }, t.noText))
}
