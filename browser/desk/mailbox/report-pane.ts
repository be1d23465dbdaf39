// The report on the page: reads it, shows it, shows it anew after a change, and drops it. One at a time.
import { api, ApiError } from "./api"
import { answerForm } from "./answering"
import { handlerSection } from "./assigned"
import { assessForm } from "./assessing"
import { Conversation } from "./conversation"
import { button, el, keepPlace } from "./dom"
import { facts, meta, title } from "./heading"
import { related } from "./matter"
import { moveButtons } from "./moving"
import { notes } from "./notes"
import { identitiesOf, type OpenReport } from "./open-report"
import { type First, isPart, openFirst } from "./opening"
import { outcomes, outcomesElsewhere, prankMark } from "./outcomes"
import { forwarding } from "./passing-on"
import { printButton } from "./print-dossier"
import { clockCard, steps } from "./progress"
import { publicAnswer } from "./public-answer"
import { intakeMarks, reporterSection } from "./reporter"
import { stateMark } from "./row"
import type { Session } from "./session"
import { t } from "./strings"
import type { PassedOn, Report, Row } from "./types"
import { tellReport } from "./tour-news"
import { trainingBand } from "./training-mark"
import { wayOf } from "./way"
import { day } from "./when"

type Section = (open: OpenReport) => HTMLElement | null | Promise<HTMLElement | null>

/** What stands beside a report, from top to bottom. */
const SECTIONS: Section[] = [
  ({ report }) => (report.clock ? clockCard(report.clock) : null),
  ({ report }) => el("div", {}, el("h3", {}, t.steps), steps(report)),
  ({ report }) => wayOf(report),
  moveButtons, // above the fold of a small screen, for each report needs it
  handlerSection,
  reporterSection,
  publicAnswer,
  assessForm,
  outcomes,
  related,
  notes,
  (open) => el("div", { class: "two no-print" }, el("div", { class: "forwarding" }, forwarding(open)), printButton(open)),
]

export type PaneOptions = {
  session: Session
  thread: string
  /** the list shows it otherwise now */
  onChange: () => void
  /** gone from our hands: a sentence for the list */
  onLeave: (sentence: string) => void
  onBack: () => void
}

export class ReportPane {
  readonly article = el("article", { class: "report", tabindex: -1 })
  readonly side = el("aside", { class: "side", "aria-label": t.handling })
  private readonly banner = el("div", { class: "banner", role: "alert", hidden: true })
  private readonly head = el("div", { class: "head" })
  private readonly meta = el("p", { class: "meta" })
  private readonly form = el("div", { class: "writing" })
  private readonly talk = new Conversation(() => this.showMeta())
  private report: Report | null = null
  private open: OpenReport | null = null
  private ended = false
  private asked = 0

  constructor(private readonly options: PaneOptions) {
    const back = button(t.backToList, () => options.onBack(), { class: "back quiet no-print" })
    this.article.append(back, this.banner, this.head, ...this.talk.all, this.form)
    this.head.append(el("p", { class: "soft", role: "status" }, t.opening))
  }

  private get over(): boolean {
    return this.ended || this.options.session.locked
  }

  /** Writes down that the officer reads it, and reads it. */
  async start(): Promise<void> {
    const { session, thread } = this.options
    try {
      await this.writeDown(thread)
      const known = await api.report(thread, session.signal)
      if (this.over) return
      if (!known.held) return this.showPassedOn(known)
      await this.show(known)
      this.options.onChange()
    } catch (error) {
      this.complain(error)
    }
  }

  /** A report that was passed on can't be opened; its state can still be seen. */
  private async writeDown(thread: string): Promise<void> {
    try {
      await api.open(thread, this.options.session.signal)
    } catch (error) {
      if (!(error instanceof ApiError) || error.status !== 404) throw error
    }
  }

  private complain(error: unknown): void {
    if (this.over) return
    const sentence = error instanceof ApiError ? error.message : t.failed
    const again = button(t.again, () => void this.start())
    this.head.replaceChildren(el("p", { class: "refused", role: "alert" }, sentence), again)
    if (!(error instanceof ApiError)) throw error
  }

  /** Asks anew and shows what the server says; drafts stay. */
  async reload(): Promise<boolean> {
    const { session, thread } = this.options
    const turn = ++this.asked
    const known = await api.report(thread, session.signal)
    // What was asked for later knows more, even where it came first.
    if (this.over || turn !== this.asked) return !this.over
    this.banner.hidden = true
    if (known.held) await this.show(known)
    else this.showPassedOn(known)
    this.options.onChange()
    return !this.over
  }

  private async show(report: Report): Promise<void> {
    if (this.over) return
    this.report = report
    const first = await this.first(report)
    if (this.over) return
    const open: OpenReport = {
      session: this.options.session,
      report,
      first,
      reload: () => this.reload(),
      collide: (sentence) => this.collide(sentence),
      leave: (sentence) => this.leave(sentence),
    }
    this.open = open
    this.head.replaceChildren(
      trainingBand(open) ?? "",
      el("p", { class: "print-only" }, t.printedHead),
      el("div", { class: "title-row" }, title(open), stateMark(report), ...intakeMarks(report), prankMark(report.assessment.reason)),
      this.meta,
      report.erase_on ? el("p", { class: "erase" }, t.eraseOn(day(report.erase_on))) : "",
      first ? "" : el("p", { class: "refused" }, t.cannotRead),
      (first && !first.foreign && facts(first)) || "",
    )
    this.showMeta()
    keepPlace(this.form, () => this.form.replaceChildren(answerForm(open) ?? ""))
    await this.showSide(open)
    await this.talk.update(open)
    // The button for passing on needs what the officers' parts say.
    if (!this.over && this.open === open) this.side.querySelector(".forwarding")?.replaceChildren(forwarding(open))
    if (!this.over) tellReport(report)
  }

  private showMeta(): void {
    if (this.open) this.meta.textContent = meta(this.open, this.talk.media)
  }

  private async showSide(open: OpenReport): Promise<void> {
    const made = await Promise.all(SECTIONS.map((section) => section(open)))
    if (this.over || this.open !== open) return
    const shown = [el("h2", { class: "visually-hidden" }, t.handling), ...made.map((section) => section ?? "")]
    keepPlace(this.side, () => this.side.replaceChildren(...shown))
  }

  private showPassedOn(known: PassedOn): void {
    this.report = this.open = null
    this.head.replaceChildren(
      el("div", { class: "title-row" }, el("h2", {}, t.passedOnTitle), stateMark({ state: known.state, held: false })),
      el("p", {}, t.passedOn(known.title)),
    )
    for (const element of this.talk.all) element.remove()
    this.form.replaceChildren()
    this.side.replaceChildren(el("h3", {}, t.steps), steps(known), wayOf(known) ?? "")
    void this.showOutcomes(known)
  }

  /** What became of it, and what our office had counted before it passed the report on. */
  private async showOutcomes(known: PassedOn): Promise<void> {
    const { session } = this.options
    const found = await outcomesElsewhere({ session, reload: () => this.reload(), collide: (sentence) => this.collide(sentence) }, known)
    if (!this.over && !this.report) this.side.append(found)
  }

  /** The first part, from the list's opening or from the server. */
  private async first(report: Report): Promise<First | null> {
    const { session } = this.options
    const known = session.first(report.thread)
    if (known === "unreadable") return null
    if (known && known !== "large") return known
    const line = report.parts.find((part) => part.direction === "reporter" && part.index === 0)
    if (!line) return null
    const sealed = await api.part(report.thread, line.digest, session.signal)
    try {
      if (!(await isPart(sealed, line.digest))) return null
      const identities = identitiesOf({ session, report } as OpenReport)
      const first = session.keepFirst(report.thread, await openFirst(sealed, identities, report.thread, report.origin))
      return typeof first === "object" ? first : null
    } catch {
      return null
    }
  }

  /** Somebody else was quicker. What was typed here stays; the new version comes when asked for. */
  collide(sentence: string): void {
    const see = button(t.seeNew, () => void this.reload().catch((error: unknown) => this.complain(error)), { id: "see-new" })
    this.banner.replaceChildren(el("p", {}, sentence), see)
    this.banner.hidden = false
    this.banner.scrollIntoView({ block: "nearest" })
  }

  /** What the list heard of it meanwhile. */
  news(row: Row): void {
    const { report } = this
    if (!report || !this.banner.hidden) return
    const more = (row.parts ?? 0) + (row.answers ?? 0) > report.parts.length
    // A list that was asked for before our own last step knows less than the page.
    if (!row.held || (row.version ?? 0) > report.version || more) this.collide(t.changedMeanwhile)
  }

  /** Of a report that is not on the page any more only the list has something to tell. */
  private leave(sentence: string): void {
    if (this.over) this.options.onChange()
    else this.options.onLeave(sentence)
  }

  focusAnswer(): void {
    this.form.querySelector<HTMLElement>("textarea")?.focus()
  }

  end(): void {
    this.ended = true
    tellReport(null)
  }
}
