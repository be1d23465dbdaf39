// The list: loads a page, opens its first parts in the background, searches what is loaded, looks for news each minute.
import { unb64 } from "../../sealed/bytes"
import { api, ApiError } from "./api"
import { BulkBar } from "./bulk-bar"
import { Chosen } from "./chosen"
import { arrange, button, el, isFree, wipe } from "./dom"
import { countOf, type Filter, question } from "./filter"
import { Filtering, showAll } from "./filtering"
import { fold } from "./inert"
import { openFirst } from "./opening"
import { fill, searchable, titleOf } from "./row"
import type { KnownFirst, Session } from "./session"
import { t } from "./strings"
import { Tiles } from "./tiles"
import type { Counts, FirstPart, Page, Row } from "./types"
import { number } from "./when"
import { words } from "./words/day"

const EVERY = 60_000
const HANDOVERS = "/handovers/"

type Item = { item: HTMLElement; pick: HTMLInputElement; link: HTMLAnchorElement }

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
  private readonly tiles: Tiles
  private readonly filtering: Filtering
  private readonly bulk: BulkBar
  private readonly chosen = new Chosen(() => this.showChosen())
  private readonly made = new Map<string, Item>()
  /** whose first parts are on their way */
  private readonly coming = new Set<string>()
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
    this.tiles = new Tiles(options.onFilter)
    this.filtering = new Filtering(session.settings, options.onFilter)
    this.filtering.search.addEventListener("input", () => this.show())
    this.bulk = this.newBulkBar()
    const above = [this.tiles.element, this.filtering.element, this.bulk.element, this.status]
    this.element = el("section", { class: "list", "aria-label": t.list }, ...above, this.items, this.more, el("p", { class: "keys-short" }, words.keysShort))
    this.timer = window.setInterval(() => void this.refresh(), EVERY)
    session.signal.addEventListener("abort", () => this.forget())
    document.addEventListener("visibilitychange", () => void this.refresh(), { signal: session.signal })
  }

  /** Rows that a search hides are not on the page, so whoever empties the page does not reach them. */
  private forget(): void {
    clearInterval(this.timer)
    for (const { item } of this.made.values()) wipe(item)
  }

  private newBulkBar(): BulkBar {
    const row = (thread: string): Row | undefined => this.rows.find((one) => one.thread === thread)
    return new BulkBar({
      session: this.session,
      chosen: this.chosen,
      titleOf: (thread) => titleOf(this.session, row(thread)),
      boxOf: (thread) => row(thread)?.box ?? "",
      onDone: (sentence) => void this.refresh().then(() => this.say(sentence)),
      onHindered: (thread) => this.showHindered(thread),
    })
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
      // Those too that a dropped line has left unopened.
      await this.openFirsts(page.threads)
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
    const isWanted = ({ thread, held }: Row): boolean => held && this.session.first(thread) === undefined && !this.coming.has(thread)
    const wanted = rows.filter(isWanted).map((row) => row.thread)
    if (wanted.length === 0) return
    const parts = await this.ask(wanted)
    for (const row of rows) {
      if (this.session.locked) return
      const part = parts[row.thread]
      if (!part) continue
      this.session.keepFirst(row.thread, await this.open(row, part))
      if (this.session.locked) return
      const made = this.made.get(row.thread)
      // As the list has it by now: a newer one may have come while this was being opened.
      const now = this.rows.find(({ thread }) => thread === row.thread)
      if (made && now) this.fill(made, now, new Date())
    }
    if (this.filtering.search.value) this.show()
  }

  private async ask(threads: string[]): Promise<Record<string, FirstPart>> {
    for (const thread of threads) this.coming.add(thread)
    try {
      return await api.firstParts(threads, this.session.signal)
    } finally {
      for (const thread of threads) this.coming.delete(thread)
    }
  }

  private async open(row: Row, { sealed }: FirstPart): Promise<KnownFirst> {
    if (!sealed) return "large"
    try {
      return await openFirst(unb64(sealed), this.session.keys.boxIdentities(row.box), row.thread, row.origin)
    } catch {
      return "unreadable"
    }
  }

  private showTools(): void {
    this.tiles.show(this.filter, this.counts)
    this.filtering.show(this.filter, this.counts)
  }

  private show(): void {
    const typed = fold(this.filtering.search.value)
    const found = typed ? this.rows.filter((row) => searchable(this.session, row).includes(typed)) : this.rows
    const now = new Date()
    const gone = new Set(this.made.keys())
    const focused = document.activeElement
    const items = found.map((row) => {
      gone.delete(row.thread)
      return this.item(row, now)
    })
    arrange(this.items, items)
    // Moving a link drops the keyboard's place.
    if (focused instanceof HTMLElement && this.items.contains(focused)) focused.focus({ preventScroll: true })
    for (const thread of gone) if (!this.rows.some((row) => row.thread === thread)) this.made.delete(thread)
    this.chosen.keep(new Set(this.rows.filter((row) => row.held).map((row) => row.thread)))
    this.more.replaceChildren(...this.foot(found.length, typed))
  }

  private item(row: Row, now: Date): HTMLElement {
    const made = this.made.get(row.thread) ?? this.newItem(row.thread)
    if (row.thread === this.current) made.link.setAttribute("aria-current", "true")
    else made.link.removeAttribute("aria-current")
    made.pick.disabled = !row.held
    this.fill(made, row, now)
    return made.item
  }

  private fill({ link, pick }: Item, row: Row, now: Date): void {
    fill(link, this.session, row, now)
    pick.setAttribute("aria-label", words.pick(titleOf(this.session, row)))
  }

  private newItem(thread: string): Item {
    const click = (event: Event): void => {
      const { ctrlKey, metaKey, shiftKey } = event as MouseEvent
      if (ctrlKey || metaKey || shiftKey) return
      event.preventDefault()
      this.options.onChoose(thread)
    }
    const link = el("a", { class: "item", href: `?report=${thread}`, "data-thread": thread, click })
    const pick = el("input", { type: "checkbox", class: "pick", change: () => this.chosen.set(thread, pick.checked) })
    const made = { item: el("li", {}, el("label", { class: "pick-place" }, pick), link), pick, link }
    this.made.set(thread, made)
    return made
  }

  private showChosen(): void {
    for (const [thread, { item, pick }] of this.made) {
      pick.checked = this.chosen.has(thread)
      item.classList.toggle("chosen", pick.checked)
      item.classList.remove("hindered")
    }
    this.bulk.show()
  }

  private showHindered(thread: string): void {
    const made = this.made.get(thread)
    made?.item.classList.add("hindered")
    made?.link.scrollIntoView({ block: "nearest" })
  }

  private foot(found: number, typed: string): HTMLElement[] {
    const parts: HTMLElement[] = []
    if (this.filter.whose === "offered" && found) parts.push(el("p", {}, el("a", { class: "button", href: HANDOVERS }, words.handovers)))
    if (typed) parts.push(el("p", { class: "soft" }, found ? "" : `${t.nothingFound} `, t.searchedAmong(number.format(this.rows.length))))
    else if (found === 0 && this.counts) parts.push(this.empty(this.counts))
    if (this.next) parts.push(button(t.loadMore, () => void this.loadMore(), { id: "more" }))
    return parts
  }

  private empty(counts: Counts): HTMLElement {
    const { box, group } = this.filter
    if (box || (countOf("all", counts) ?? 0) > 0 || !["open", "all"].includes(group)) {
      return el("div", { class: "empty" }, el("p", {}, t.nothingHere), showAll(this.options.onFilter))
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
    // Where the line dropped, the button must come back.
    if (!this.session.locked) this.show()
    if (isFree()) this.focusAt(last)
  }

  private say(sentence: string): void {
    this.status.textContent = sentence
  }

  /** Marks the report on the page; "" for none. */
  mark(thread: string): void {
    this.current = thread
    for (const [key, { link }] of this.made) {
      if (key === thread) link.setAttribute("aria-current", "true")
      else link.removeAttribute("aria-current")
    }
  }

  private get shown(): HTMLAnchorElement[] {
    return [...this.items.querySelectorAll<HTMLAnchorElement>("a")]
  }

  /** Where the keyboard is: on a row, else at the report on the page; -1 for nowhere. */
  private get place(): number {
    const at = this.shown.findIndex((link) => link.parentElement!.contains(document.activeElement))
    return at >= 0 ? at : this.shown.findIndex((link) => link.dataset.thread === this.current)
  }

  /** Moves the keyboard's place by `step` rows. */
  step(step: number): void {
    this.focusAt(Math.min(this.shown.length - 1, Math.max(0, this.place < 0 ? 0 : this.place + step)))
  }

  private focusAt(place: number): void {
    this.shown[place]?.focus()
  }

  /** Chooses the row at the keyboard's place, or no longer. */
  pick(): void {
    const thread = this.shown[this.place]?.dataset.thread
    if (thread && this.isHeld(thread)) this.chosen.toggle(thread)
  }

  /** Chooses the row at the keyboard's place, and goes on to the next, which is chosen too. */
  extend(step: number): void {
    const from = this.shown[this.place]?.dataset.thread
    this.step(step)
    const to = this.shown[this.place]?.dataset.thread
    this.chosen.add([from, to].filter((thread): thread is string => thread !== undefined && this.isHeld(thread)))
  }

  pickAll(): void {
    const shown = this.shown.map((link) => link.dataset.thread!)
    this.chosen.add(shown.filter((thread) => this.isHeld(thread)))
  }

  /** Whether there was anything to let go. */
  pickNone(): boolean {
    const some = this.chosen.all.length > 0
    if (some) this.chosen.clear()
    return some
  }

  private isHeld(thread: string): boolean {
    return this.rows.some((row) => row.thread === thread && row.held)
  }

  focusCurrent(): void {
    this.made.get(this.current)?.link.focus()
  }

  focusSearch(): void {
    this.filtering.search.focus()
    this.filtering.search.select()
  }
}
