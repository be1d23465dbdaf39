// The reports that tell of the same matter: which they are, and parting them.
import { api } from "./api"
import { button, el } from "./dom"
import { linking } from "./matter-link"
import { attempt, type OpenReport } from "./open-report"
import { stateMark, whatOf } from "./row"
import type { Session } from "./session"
import type { Member } from "./types"
import { day } from "./when"
import { w } from "./words/outcomes"

/** Shows a report without loading the page anew, which would lock it: as "back" and "forward" do. */
function go(event: MouseEvent, thread: string): void {
  if (event.ctrlKey || event.metaKey || event.shiftKey) return
  event.preventDefault()
  const asked = new URLSearchParams(location.search)
  asked.set("report", thread)
  history.pushState(null, "", `${location.pathname}?${asked}`)
  dispatchEvent(new PopStateEvent("popstate"))
}

function titleOf(session: Session, member: Member): string {
  const first = session.first(member.thread)
  const known = typeof first === "object" && !first.foreign ? whatOf(first) : ""
  return [known, member.number && w.number(member.number), w.receivedOn(day(member.hour))].filter(Boolean).join(", ")
}

export function related(open: OpenReport): HTMLElement {
  const { report, session } = open
  const { members } = report.matter
  const self = members.find(({ thread }) => thread === report.thread)
  const others = members.filter(({ thread }) => thread !== report.thread)
  const joined = others.length > 0 && self !== undefined && self.role !== "main"
  const error = el("p", { class: "error", role: "alert" })
  const list = el("ul", { class: "members" }, ...others.map((member) => item(open, member, session, error, !joined && member.role !== "main")))
  return el(
    "section",
    { class: "related" },
    el("h3", {}, w.related),
    joined && el("p", { class: "soft" }, w.thisOne(w.roles[self.role])),
    others.length === 0 ? el("p", { class: "soft" }, w.noRelated) : list,
    error,
    joined ? parting(open, report.thread, w.unlinkSelf, w.unlinkSelf, error) : linking(open, [report.thread, ...others.map(({ thread }) => thread)]),
  )
}

function item(open: OpenReport, member: Member, session: Session, error: HTMLElement, mayPart: boolean): HTMLElement {
  const title = titleOf(session, member)
  const link = el("a", { href: `?report=${member.thread}`, click: (event) => go(event as MouseEvent, member.thread) }, title)
  return el(
    "li",
    {},
    el("span", { class: "role" }, w.roles[member.role]),
    " ",
    member.held ? link : el("span", {}, title),
    " ",
    stateMark({ state: member.state, held: true }),
    member.held ? null : el("small", {}, w.otherOffice(member.title)),
    mayPart && member.held && parting(open, member.thread, w.unlink, w.unlinkOf(title), error),
  )
}

/** Asks once more, for what was counted stays with the main report. */
function parting(open: OpenReport, thread: string, words: string, label: string, error: HTMLElement): HTMLElement {
  const place = el("div", { class: "parting no-print" })
  const offer = (): void => place.replaceChildren(button(words, ask, { class: "quiet", "aria-label": label, "data-unlink": thread }))
  const ask = (): void => {
    const yes = button(w.unlinkSure, () => void attempt(open, yes, error, part), { class: "danger", id: "confirm-unlink" })
    const no = button(w.cancel, () => {
      offer()
      place.querySelector("button")?.focus()
    })
    place.replaceChildren(el("p", {}, w.unlinkWhy), el("div", { class: "two" }, yes, no))
    yes.focus()
  }
  const part = async (): Promise<void> => {
    await api.unlink(thread)
    await open.reload()
  }
  offer()
  return place
}
