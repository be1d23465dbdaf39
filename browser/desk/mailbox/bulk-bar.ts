// The bar for several reports at once. What reporters will see is asked once more; one report in the way stops all, and is shown.
import { api, ApiError } from "./api"
import type { Chosen } from "./chosen"
import { button, el } from "./dom"
import type { Session } from "./session"
import { t } from "./strings"
import type { Colleague } from "./types"
import { type Verb, words } from "./words/day"
import { w } from "./words/outcomes"

const MOST = 50

export type BulkOptions = {
  session: Session
  chosen: Chosen
  /** of the report chosen first, as its row says */
  titleOf: (thread: string) => string
  /** slug of the box that holds it */
  boxOf: (thread: string) => string
  onDone: (sentence: string) => void
  /** the report that stood in the way */
  onHindered: (thread: string) => void
}

export class BulkBar {
  readonly element = el("section", { class: "bulk", "aria-label": words.chosen(0), hidden: true })
  private readonly count = el("b", { role: "status" })
  private readonly steps = el("div", { class: "bulk-steps" })
  private readonly error = el("p", { class: "error", role: "alert" })

  constructor(private readonly options: BulkOptions) {
    const clear = button(words.clear, () => options.chosen.clear(), { class: "quiet" })
    this.element.append(el("div", { class: "bulk-head" }, this.count, clear), this.steps, this.error)
  }

  /** How many are chosen now; a question that was open is put aside, for it was about others. */
  show(): void {
    const number = this.options.chosen.all.length
    this.element.hidden = number === 0
    this.element.setAttribute("aria-label", words.chosen(number))
    this.count.textContent = words.chosen(number)
    this.error.textContent = number > MOST ? words.tooMany : ""
    this.offer(number > MOST)
  }

  private offer(disabled = false): void {
    const step = (verb: Verb, name: string, off = false): HTMLElement => button(name, () => this.ask(verb), { "data-verb": verb, disabled: disabled || off })
    this.steps.replaceChildren(
      step("assign", words.assignTo),
      step("handover", words.handTo),
      step("verify", words.verify),
      step("duplicates", words.duplicates, this.options.chosen.all.length < 2),
      step("prank", words.markPranks),
      step("close", words.close),
    )
  }

  private ask(verb: Verb): void {
    const threads = this.options.chosen.all
    this.error.textContent = ""
    const officers = verb === "assign" || verb === "handover" ? this.officers(verb, threads) : null
    const main = this.options.titleOf(threads[0])
    const number = verb === "duplicates" ? threads.length - 1 : threads.length
    const yes = button(words.confirm, () => void this.go(verb, threads, officers, yes), { class: "primary", id: "bulk-yes" })
    const closing: HTMLButtonElement = button(words.pranksClosed, () => void this.go(verb, threads, officers, closing, { close: true }), { id: "bulk-close" })
    const no = button(words.cancel, () => this.back(verb), { id: "bulk-no" })
    this.steps.replaceChildren(el("p", {}, words.ask[verb](number, main)), officers ?? "", el("div", { class: "two" }, yes, verb === "prank" ? closing : "", no))
    ;(officers ?? yes).focus()
  }

  private back(verb: Verb): void {
    this.error.textContent = ""
    this.offer()
    this.steps.querySelector<HTMLElement>(`[data-verb="${verb}"]`)?.focus()
  }

  /** Those who can open every box of which a report is chosen. */
  private officers(verb: Verb, threads: string[]): HTMLSelectElement {
    const { me, boxes } = this.options.session.settings
    const slugs = new Set(threads.map(this.options.boxOf))
    const each = boxes.filter(({ slug }) => slugs.has(slug)).map(({ officers }) => officers)
    const all = (each[0] ?? []).filter(({ username }) => each.every((some) => some.some((one) => one.username === username)))
    const others = verb === "handover" ? all.filter(({ username }) => username !== me.username) : all
    const options = others.map((one) => el("option", { value: one.username }, nameOf(one, me)))
    const first = el("option", { value: "" }, verb === "assign" ? words.giveBack : words.who)
    return el("select", { id: "bulk-officer", "aria-label": words.who }, first, ...options)
  }

  private async go(verb: Verb, threads: string[], officers: HTMLSelectElement | null, yes: HTMLButtonElement, more: Record<string, unknown> = {}): Promise<void> {
    if (verb === "handover" && !officers!.value) {
      this.error.textContent = words.who + "."
      return officers!.focus()
    }
    this.error.textContent = ""
    yes.disabled = true
    try {
      const { alike = [] } = await api.bulk(verb, threads, officers ? { officer: officers.value || null } : more)
      // The report chosen first points them out when it is opened.
      if (alike.length) this.options.session.draft(threads[0]).alike = alike
      // Others may have been chosen meanwhile.
      this.options.chosen.leave(threads)
      const done = words.done[verb](verb === "duplicates" ? threads.length - 1 : threads.length)
      this.options.onDone(alike.length ? `${done} ${w.alikeLater}` : done)
    } catch (error) {
      this.fail(error)
    } finally {
      yes.disabled = false
    }
  }

  private fail(error: unknown): void {
    if (this.options.session.locked) return
    this.offer()
    this.error.textContent = error instanceof ApiError ? error.message : t.failed
    if (!(error instanceof ApiError)) throw error
    if (typeof error.more.thread === "string") this.options.onHindered(error.more.thread)
  }
}

export const nameOf = (one: Colleague, me: Colleague): string => (one.username === me.username ? words.me(one.name) : one.name)
