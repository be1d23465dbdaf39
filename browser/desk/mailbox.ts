// The mailbox on the officer's desk: unlock, then list, report and handling side by side. Locking forgets all of it.
import { lockScreen } from "./lock"
import { button, el, wipe } from "./mailbox/dom"
import { address, type Filter, PLAIN, readFilter, readReport } from "./mailbox/filter"
import { learn } from "./mailbox/kinds"
import { help, keyboard } from "./mailbox/keyboard"
import { List } from "./mailbox/list"
import { ReportPane } from "./mailbox/report-pane"
import { Session } from "./mailbox/session"
import { t } from "./mailbox/strings"
import { Tour } from "./mailbox/tour"
import { trainingOffer } from "./mailbox/training-mark"
import type { Settings } from "./mailbox/types"
import type { Keyring } from "./unlock"

const root = document.getElementById("desk")!
const settings = JSON.parse(document.getElementById("settings")!.textContent!) as Settings
learn(settings.kinds)

class Mailbox {
  private readonly session: Session
  private readonly list: List
  private readonly columns: HTMLElement
  private readonly reading = el("div", { class: "reading" })
  private filter: Filter
  private pane: ReportPane | null = null
  private thread = ""

  constructor(keys: Keyring, place: HTMLElement) {
    // Boxes whose key does not open are named beside the lock; the rest of them is not asked for.
    const boxes = settings.boxes.filter(({ slug }) => keys.boxes().includes(slug))
    this.session = new Session(keys, { ...settings, boxes })
    this.filter = readFilter(this.session.settings)
    this.list = new List(this.session, {
      filter: this.filter,
      onFilter: (filter) => this.use(filter),
      onChoose: (thread) => this.choose(thread),
      onNews: (row) => this.pane?.news(row),
    })
    this.columns = el("div", { class: "columns" }, this.list.element, this.reading)
    place.replaceChildren(this.columns)
    keyboard(root, this.actions(), this.session.signal)
    addEventListener("popstate", () => this.follow(), { signal: this.session.signal })
    void this.list.use(this.filter)
    this.show(readReport())
  }

  /** Shows what is under way in this box alone. */
  showBox(slug: string): void {
    this.use({ ...PLAIN, box: slug })
  }

  get trainingBox(): string | null {
    return this.session.settings.boxes.find(({ training }) => training)?.slug ?? null
  }

  private actions(): Parameters<typeof keyboard>[1] {
    return {
      next: () => this.list.step(1),
      previous: () => this.list.step(-1),
      search: () => this.list.focusSearch(),
      pick: () => this.list.pick(),
      extend: (step) => this.list.extend(step),
      pickAll: () => this.list.pickAll(),
      pickNone: () => this.list.pickNone(),
      answer: () => this.pane?.focusAnswer(),
      back: () => this.back(),
    }
  }

  private use(filter: Filter): void {
    this.filter = filter
    history.pushState(null, "", address(filter, this.thread))
    void this.list.use(filter)
  }

  private choose(thread: string): void {
    if (thread !== this.thread) history.pushState(null, "", address(this.filter, thread))
    this.show(thread)
    this.pane?.article.focus({ preventScroll: true })
  }

  private back(): void {
    const from = this.thread
    if (!from) return
    this.list.focusCurrent()
    history.pushState(null, "", address(this.filter, ""))
    this.show("")
  }

  /** The address changed under us: "back" and "forward". */
  private follow(): void {
    const filter = readFilter(this.session.settings)
    const moved = address(filter, "") !== address(this.filter, "")
    this.filter = filter
    if (moved) void this.list.use(filter)
    this.show(readReport())
  }

  /** Shows one report, or with "" none; `sentence` says what became of the last one. */
  private show(thread: string, sentence = ""): void {
    this.pane?.end()
    this.thread = thread
    this.pane = thread ? this.newPane(thread) : null
    this.list.mark(thread)
    this.columns.dataset.pane = thread ? "report" : "list"
    wipe(this.reading)
    this.reading.append(...(this.pane ? [this.pane.article, this.pane.side] : [this.nothing(sentence)]))
    window.scrollTo(0, 0)
    void this.pane?.start()
  }

  private nothing(sentence: string): HTMLElement {
    return el("div", { class: "nothing" }, sentence && el("p", { class: "success", role: "status" }, sentence), el("p", { class: "soft" }, t.choose))
  }

  private newPane(thread: string): ReportPane {
    return new ReportPane({
      session: this.session,
      thread,
      onChange: () => void this.list.refresh(),
      onLeave: (sentence) => this.leave(sentence),
      onBack: () => this.back(),
    })
  }

  private leave(sentence: string): void {
    history.pushState(null, "", address(this.filter, ""))
    this.show("", sentence)
    void this.list.refresh()
  }

  lock(): void {
    this.pane?.end()
    this.session.lock()
    wipe(this.reading)
    wipe(this.columns)
  }
}

function start(): void {
  const bar = el("div", { class: "lock-place" })
  const place = el("div", { class: "unlocked" })
  let mailbox: Mailbox | null = null
  const tour = new Tour({ root, box: () => mailbox?.trainingBox ?? null, showBox: (slug) => mailbox?.showBox(slug) })
  const offer = trainingOffer(settings, () => tour.start())
  root.replaceChildren(el("h1", { class: "visually-hidden" }, t.mailbox), bar, offer?.element ?? "", place)
  lockScreen(bar, {
    why: t.why,
    onUnlock: (keys) => {
      offer?.shrink(bar)
      const enter = document.querySelector<HTMLAnchorElement>(".enter-report a")
      if (enter) bar.querySelector("#lock-again")?.before(el("a", { href: enter.href, class: "button enter" }, enter.textContent))
      bar.querySelector(".lockbar")?.append(button("?", () => help(root), { class: "quiet", "aria-label": t.keysTitle }))
      mailbox = new Mailbox(keys, place)
      tour.lock(true)
    },
    onLock: () => {
      mailbox?.lock()
      mailbox = null
      wipe(place)
      for (const dialog of root.querySelectorAll("dialog")) dialog.remove()
      offer?.grow()
      tour.lock(false)
    },
  })
}

if (settings.boxes.length > 0) start()
