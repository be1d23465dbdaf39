// What came of the report's matter, beside the report: what stands, what may stand twice, and counting more.
import { button, el } from "./dom"
import { attempt, identitiesOf, type OpenReport } from "./open-report"
import { adding } from "./outcomes-add"
import { type Chain, chains, type Counting, last, lineItem, put, stands } from "./outcomes-lines"
import { icon } from "./outcomes-icons"
import { amount, inWords, tailOf } from "./outcomes-number"
import type { PassedOn } from "./types"
import { day } from "./when"
import { w } from "./words/outcomes"

const heading = (): HTMLElement => el("h3", { tabindex: -1 }, w.title)
const status = (): HTMLElement => el("p", { class: "success small", role: "status" })

async function list(open: Counting, shown: Chain[], identities: string[] | null): Promise<HTMLElement> {
  return el("ul", { class: "lines" }, ...(await Promise.all(shown.map((chain) => lineItem(open, chain, identities)))))
}

export async function outcomes(open: OpenReport): Promise<HTMLElement> {
  const all = chains(open.report.matter.outcomes)
  const identities = identitiesOf(open)
  const standing = all.filter(stands)
  const [ours, before] = [standing.filter((chain) => last(chain).mine), standing.filter((chain) => !last(chain).mine)]
  const struck = all.filter((chain) => !stands(chain))
  return el(
    "section",
    { class: "outcomes" },
    heading(),
    before.length > 0 && el("div", { class: "before" }, el("h4", {}, w.before), el("p", { class: "soft" }, w.beforeWhy), await list(open, before, null)),
    before.length > 0 && ours.length > 0 && el("h4", {}, w.ours),
    standing.length === 0 && el("p", { class: "soft" }, w.none),
    ours.length > 0 && (await list(open, ours, identities)),
    status(),
    alike(open, standing),
    adding(open, standing.map(last)),
    struck.length > 0 && el("details", { class: "past no-print" }, el("summary", {}, w.struckLines(struck.length)), await list(open, struck, identities)),
  )
}

/** After a link: lines of one kind that both reports had. The officer alone knows whether they are one thing. */
function alike(open: OpenReport, standing: Chain[]): HTMLElement | null {
  const draft = open.session.draft(open.report.thread)
  const groups = draft.alike.map((ids) => standing.filter((chain) => chain.some(({ id }) => ids.includes(id)))).filter((group) => group.length > 1)
  if (groups.length === 0) return null
  const error = el("p", { class: "error", role: "alert" })
  const lines = groups.flat().map((chain) => {
    const line = last(chain)
    const strike = button(w.strikeDouble, () => void attempt(open, strike, error, () => put(open, line, "0", "double")))
    return el("li", {}, el("b", {}, inWords(line)), el("small", {}, w.byOffice(day(line.day), line.office, line.by)), line.mine && strike)
  })
  const keep = button(w.keepAll, () => {
    draft.alike = []
    place.remove()
  })
  const place = el("div", { class: "alike no-print", role: "group", "aria-label": w.alike }, el("h4", {}, w.alike), el("p", {}, w.alikeWhy), el("ul", {}, ...lines), error, keep)
  return place
}

/** Of a report that was passed on: what came of it so far, and the lines that our office had counted, to put them right. */
export async function outcomesElsewhere(open: Counting, { matter }: PassedOn): Promise<HTMLElement> {
  const own = chains(matter.outcomes).filter(stands)
  const sums = matter.sums.map((sum) => el("li", { class: "line" }, icon(sum.kind), el("p", {}, el("b", {}, amount(sum.quantity, sum.unit)), " ", tailOf(sum))))
  return el(
    "section",
    { class: "outcomes" },
    heading(),
    sums.length > 0 ? el("ul", { class: "lines sums", "aria-label": w.soFar }, ...sums) : el("p", { class: "soft" }, w.nothingSoFar),
    own.length > 0 && el("h4", {}, w.ours),
    own.length > 0 && (await list(open, own, null)),
    status(),
  )
}

/** Beside the title of what was found to be a prank; its sender can go on sending, for nobody knows who it is. */
export const prankMark = (reason: string): HTMLElement | null => (reason === "prank" ? el("span", { class: "state prank" }, w.prank) : null)
