// The training tour: one invented report from unlocking to closing, on the real pages with real keys. It watches, and does nothing itself.
import { postJson } from "../api"
import { el } from "./dom"
import { onReport } from "./tour-news"
import { TourCard } from "./tour-card"
import { current, minutesLeft, type Step, STEPS } from "./tour-steps"
import type { Report } from "./types"
import { type StepName, words } from "./words/training"

export type TourOptions = {
  root: HTMLElement
  /** slug of the training box; null when none of those that are unlocked is one */
  box: () => string | null
  /** shows the list of this box, to choose the practice report from */
  showBox: (slug: string) => void
}

export class Tour {
  private card: TourCard | null = null
  private thread = ""
  private report: Report | null = null
  private unlocked = false
  private shown = -1
  private readonly passed = new Set<StepName>()
  private ending = new AbortController()

  constructor(private readonly options: TourOptions) {
    onReport((report) => {
      this.report = report
      this.step()
    })
  }

  /** Begins, or goes on where the practice report stands. */
  start(): void {
    if (this.card) return
    this.ending = new AbortController()
    this.passed.clear()
    this.shown = -1
    this.card = new TourCard(this.options.root)
    document.addEventListener("keydown", (event) => this.press(event), { capture: true, signal: this.ending.signal })
    if (this.unlocked) void this.ask()
    else this.step()
  }

  /** Called when the desk is unlocked or locked. */
  lock(open: boolean): void {
    this.unlocked = open
    if (!open) {
      this.thread = ""
      this.report = null
    }
    if (this.card && open) void this.ask()
    else this.step()
  }

  /** Gets the report to practise on. */
  private async ask(): Promise<void> {
    const slug = this.options.box()
    this.say(words.asking)
    try {
      if (slug === null) throw new Error("no training box is unlocked")
      const said = await postJson<{ report: string }>(`/training/api/${slug}/reports`, {})
      if (!this.card || !this.unlocked) return
      this.thread = said.report
      this.options.showBox(slug)
      this.step()
    } catch (error) {
      this.say(error instanceof Error && "code" in error ? error.message : words.failed)
    }
  }

  private get ours(): Report | null {
    return this.report && this.report.thread === this.thread ? this.report : null
  }

  private step(): void {
    if (!this.card || (this.unlocked && !this.thread)) return
    const at = current({ unlocked: this.unlocked, report: this.ours, passed: this.passed })
    const step = STEPS[at]
    if (!step) return this.finish()
    if (at !== this.shown) this.show(step, at)
  }

  private show(step: Step, at: number): void {
    const { title, text } = words.steps[step.name]
    this.shown = at
    this.card!.fill({
      label: words.tour,
      count: `${words.count(at + 1, STEPS.length)}, ${words.minutes(minutesLeft(at))}`,
      share: at / STEPS.length,
      title,
      body: [el("p", {}, text)],
      buttons: [
        ...(step.needed ? [] : [{ words: words.next, press: () => this.next(step), primary: step.done === null }]),
        { words: words.leave, press: () => this.leave() },
      ],
      hint: words.leaveHint,
    })
    this.point()
    // What is asked for stands on the page a moment later: the side beside a report is made anew after each change.
    setTimeout(() => this.arrive(step), 250)
  }

  private arrive(step: Step): void {
    if (!this.card || STEPS[this.shown] !== step) return
    // The list may take longer to come; the keyboard belongs on the report's own row.
    if (step.name === "open" && !document.querySelector(`.item[data-thread="${this.thread}"]`)) {
      setTimeout(() => this.arrive(step), 250)
      return
    }
    const target = this.point()
    if (step.done === null) this.card.focusButton()
    else target?.querySelector<HTMLElement>("input:not([type=checkbox]), textarea, select, button, a")?.focus({ preventScroll: true })
    if (step.name === "open" && target instanceof HTMLElement) target.focus({ preventScroll: true })
  }

  private next(step: Step): void {
    this.passed.add(step.name)
    this.step()
  }

  private point(): Element | null {
    const selectors = (STEPS[this.shown]?.at ?? []).map((selector) => selector.replace("{thread}", this.thread))
    const find = (): Element | null => selectors.map((selector) => document.querySelector(selector)).find((one) => one !== null) ?? null
    return this.card?.point(find) ?? null
  }

  private say(sentence: string): void {
    this.shown = -1
    this.card?.point(() => null)
    this.card?.fill({ label: words.tour, count: words.tour, share: 0, title: words.tour, body: [el("p", { role: "status" }, sentence)], buttons: [{ words: words.leave, press: () => this.leave() }], hint: "" })
  }

  private finish(): void {
    this.shown = STEPS.length
    this.card!.point(() => null)
    this.card!.fill({
      label: words.tour,
      count: words.count(STEPS.length, STEPS.length),
      share: 1,
      title: words.doneTitle,
      body: [el("p", {}, words.doneText), el("ul", {}, ...words.differs.map((one) => el("li", {}, one)))],
      buttons: [
        { words: words.done, press: () => this.leave(), primary: true },
        { words: words.again, press: () => this.begin() },
      ],
      hint: "",
    })
    this.card!.focusButton()
  }

  private begin(): void {
    this.leave()
    this.start()
  }

  private press(event: KeyboardEvent): void {
    if (event.key !== "Escape" || document.querySelector("dialog[open]")) return
    event.preventDefault()
    event.stopPropagation()
    this.leave()
  }

  private leave(): void {
    this.ending.abort()
    this.card?.end()
    this.card = null
    this.shown = -1
    document.querySelector<HTMLElement>(".tour-start")?.focus({ preventScroll: true })
  }
}
