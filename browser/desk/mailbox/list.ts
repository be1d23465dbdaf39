// The list: loads a page, opens its first parts in the background, filters, searches what is loaded, looks for news each minute.
import { unb64 } from "../../sealed/bytes"
import { api, ApiError } from "./api"
import { button, el } from "./dom"
import { countOf, type Filter, GROUPS, type Group, question } from "./filter"
import { fold } from "./inert"
import { openFirst } from "./opening"
import { fill, searchable } from "./row"
import type { KnownFirst, Session } from "./session"
import { t } from "./strings"
import type { Counts, FirstPart, Page, Row } from "./types"
import { number } from "./when"

const EVERY = 60_000

export type ListOptions = {
  filter: Filter
  onFilter: (filter: Filter) => void
  onChoose: (key: string) => void
  /** the row of the report on the page as the server has it now */
  onNews: (row: Row) => void
}

export class List {
  readonly element: HTMLElement
  private readonly items = el("ul", { class: "items" })
  private readonly status = el("p", { class: "list-status", role: "status" })
  private readonly more = el("div", { class: "more" })
  private readonly search = el("input", { type: "search", id: "search", placeholder: t.search, "aria-label": t.search, autocomplete: "off", spellcheck: "false" })
  private readonly group = el("select", { id: "filter-state", "aria-label": t.show })
  private readonly box = el("select", { id: "filter-box", "aria-label": t.box })
  private readonly late = el("input", { type: "checkbox", id: "filter-late" })
  private readonly lateLabel = el("label", { class: "late-only", for: "filter-late" })
  private readonly links = new Map<string, HTMLAnchorElement>()
  private rows: Row[] = []
  private next = ""
  private counts: Counts | null = null
  private filter: Filter
  private current = ""
  private asked = 0
  private readonly timer: number

  constructor(
    private readonly session: Session,
    private readonly options: ListOptions,
  ) {
    this.filter = options.filter
    this.element = this.build()
    this.timer = window.setInterval(() => void this.refresh(), EVERY)
    session.signal.addEventListener("abort", () => clearInterval(this.timer))
    document.addEventListener("visibilitychange", () => void this.refresh(), { signal: session.signal })
  }

  private build(): HTMLElement {
    this.search.addEventListener("input", () => this.show())
    const changed = (): void => this.options.onFilter({ group: this.group.value as Group, box: this.box.value, late: this.late.checked })
    for (const control of [this.group, this.box, this.late]) control.addEventListener("change", changed)
    this.lateLabel.append(this.late, el("span"))
    const boxes = this.session.settings.boxes
    this.box.append(el("option", { value: "" }, t.allBoxes), ...boxes.map(({ slug, title }) => el("option", { value: slug }, title)))
    const tools = el("div", { class: "tools" }, this.search, this.group, boxes.length > 1 && this.box, this.lateLabel)
    return el("section", { class: "list", "aria-label": t.list }, tools, this.status, this.items, this.more, el("p", { class: "keys-short" }, t.keysShort))
  }

  /** Shows the list by another filter. */
  async use(filter: Filter): Promise<void> {
    this.filter = filter
    this.rows = []
    this.next = ""
    this.showTools()
    this.say(t.loading)
    await this.load("")
  }

  private async load(before: string): Promise<void> {
    const turn = ++this.asked
    try {
      const page = await api.list(question(this.filter, before), this.session.signal)
      if (turn !== this.asked || this.session.locked) return
      this.take(before ? [...this.rows, ...page.threads] : page.threads, page, page.next)
      await this.openFirsts(page.threads)
    } catch (error) {
      this.complain(error, turn)
    }
  }

  private complain(error: unknown, turn: number): void {
    if (this.session.locked || turn !== this.asked) return
    if (!(error instanceof ApiError)) throw error
    this.say(error.code === "offline" ? t.lineLost : error.message)
  }

  private take(rows: Row[], page: Page, next: string): void {
    this.rows = rows
    this.next = next
    this.counts = page.counts
    this.say("")
    this.showTools()
    this.show()
  }

  /** The newest page again, quietly; older pages that were loaded stay as they are. */
  async refresh(): Promise<void> {
    if (document.hidden || this.session.locked || !this.counts) return
    const turn = ++this.asked
    try {
      const page = await api.list(question(this.filter), this.session.signal)
      if (turn !== this.asked || this.session.locked) return
      const known = new Set(this.rows.map((row) => row.thread))
      const fresh = page.threads.filter((row) => !known.has(row.thread))
      const older = this.olderThan(page)
      this.take([...page.threads, ...older], page, older.length ? this.next : page.next)
      if (fresh.length) this.say(t.arrived(fresh.length))
      const shown = page.threads.find((row) => row.thread === this.current)
      if (shown) this.options.onNews(shown)
      await this.openFirsts(fresh)
    } catch (error) {
      this.complain(error, turn)
    }
  }

  /** What stands below the newest page in the list as it is: all rows after the last one that both have. */
  private olderThan(page: Page): Row[] {
    if (!page.next || page.threads.length === 0) return []
    const last = page.threads[page.threads.length - 1].thread
    const at = this.rows.findIndex((row) => row.thread === last)
    return at < 0 ? [] : this.rows.slice(at + 1)
  }

  private async openFirsts(rows: Row[]): Promise<void> {
    const wanted = rows.filter((row) => row.held && this.session.first(row.thread) === undefined).map((row) => row.thread)
    if (wanted.length === 0) return
    const parts = await api.firstParts(wanted, this.session.signal)
    for (const row of rows) {
      if (this.session.locked) return
      const part = parts[row.thread]
      if (!part) continue
      this.session.keepFirst(row.thread, await this.open(row, part))
      if (this.session.locked) return
      const link = this.links.get(row.thread)
      if (link) fill(link, this.session, row, new Date())
    }
    if (this.search.value) this.show()
  }

  private async open(row: Row, { sealed }: FirstPart): Promise<KnownFirst> {
    if (!sealed) return "large"
    try {
      return await openFirst(unb64(sealed), this.session.keys.boxIdentity(row.box), row.thread, row.origin)
    } catch {
      return "unreadable"
    }
  }

  private showTools(): void {
    const counted = (group: Group): string => {
      const count = this.counts && countOf(group, this.counts)
      return count === null ? t.groups[group] : t.counted(t.groups[group], number.format(count))
    }
    this.group.replaceChildren(...GROUPS.map((group) => el("option", { value: group, selected: group === this.filter.group }, counted(group))))
    this.box.value = this.filter.box
    this.late.checked = this.filter.late
    const late = this.counts?.late ?? 0
    this.lateLabel.hidden = late === 0 && !this.filter.late
    this.lateLabel.lastElementChild!.textContent = t.lateOnly(number.format(late))
  }

  private show(): void {
    const words = fold(this.search.value)
    const found = words ? this.rows.filter((row) => searchable(this.session, row).includes(words)) : this.rows
    const now = new Date()
    const gone = new Set(this.links.keys())
    const focused = document.activeElement
    this.items.replaceChildren(
      ...found.map((row) => {
        gone.delete(row.thread)
        return el("li", {}, this.link(row, now))
      }),
    )
    // Taking a link off the page and putting it back drops the keyboard's place.
    if (focused instanceof HTMLElement && this.items.contains(focused)) focused.focus({ preventScroll: true })
    for (const thread of gone) if (!this.rows.some((row) => row.thread === thread)) this.links.delete(thread)
    this.more.replaceChildren(...this.foot(found.length, words))
  }

  private link(row: Row, now: Date): HTMLAnchorElement {
    const link = this.links.get(row.thread) ?? this.newLink(row.thread)
    if (row.thread === this.current) link.setAttribute("aria-current", "true")
    else link.removeAttribute("aria-current")
    fill(link, this.session, row, now)
    return link
  }

  private newLink(thread: string): HTMLAnchorElement {
    const click = (event: Event): void => {
      const { ctrlKey, metaKey, shiftKey } = event as MouseEvent
      if (ctrlKey || metaKey || shiftKey) return
      event.preventDefault()
      this.options.onChoose(thread)
    }
    const link = el("a", { class: "item", href: `?report=${thread}`, "data-thread": thread, click })
    this.links.set(thread, link)
    return link
  }

  private foot(found: number, words: string): HTMLElement[] {
    const parts: HTMLElement[] = []
    if (words) parts.push(el("p", { class: "soft" }, found ? "" : `${t.nothingFound} `, t.searchedAmong(number.format(this.rows.length))))
    else if (found === 0 && this.counts) parts.push(this.empty(this.counts))
    if (this.next) parts.push(button(t.loadMore, () => void this.loadMore(), { id: "more" }))
    return parts
  }

  private empty(counts: Counts): HTMLElement {
    const whole = this.filter.group === "all" || (this.filter.group === "open" && !this.filter.box && !this.filter.late && countOf("all", counts) === 0)
    if (!whole) {
      const all = button(t.showAll, () => this.options.onFilter({ group: "all", box: "", late: false }))
      return el("div", { class: "empty" }, el("p", {}, t.nothingHere), all)
    }
    const posters = this.session.settings.boxes.map(({ slug, title }) =>
      el("p", {}, el("a", { class: "button", href: `/boxes/${slug}/poster.pdf` }, t.poster(title))),
    )
    return el("div", { class: "empty" }, el("p", {}, t.nothingYet), ...posters)
  }

  private async loadMore(): Promise<void> {
    const last = this.rows.length
    this.more.replaceChildren(el("p", { class: "soft", role: "status" }, t.loading))
    await this.load(this.next)
    this.focusAt(last)
  }

  private say(sentence: string): void {
    this.status.textContent = sentence
  }

  /** Marks the report on the page; "" for none. */
  mark(thread: string): void {
    this.current = thread
    for (const [key, link] of this.links) {
      if (key === thread) link.setAttribute("aria-current", "true")
      else link.removeAttribute("aria-current")
    }
  }

  /** Moves the keyboard's place by `step` rows, from where it is or from the report on the page. */
  step(step: number): void {
    const shown = [...this.items.querySelectorAll<HTMLAnchorElement>("a")]
    const at = shown.findIndex((link) => link === document.activeElement)
    const from = at >= 0 ? at : shown.findIndex((link) => link.dataset.thread === this.current)
    this.focusAt(Math.min(shown.length - 1, Math.max(0, from < 0 ? 0 : from + step)))
  }

  private focusAt(place: number): void {
    this.items.querySelectorAll<HTMLAnchorElement>("a")[place]?.focus()
  }

  focusCurrent(): void {
    this.links.get(this.current)?.focus()
  }

  focusSearch(): void {
    this.search.focus()
    this.search.select()
  }
}
