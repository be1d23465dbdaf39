// The legal clock and the steps that a report has gone.
import { el } from "./dom"
import { clockName, stepName } from "./kinds"
import { t } from "./strings"
import type { Clock, PassedOn, Report, State } from "./types"
import { day, hourOfDay, span } from "./when"

const HOUR = 3_600_000
const RESULTS: State[] = ["forwarded", "acted_on", "adopted", "answered", "partly", "unfounded", "not_enough"]

/** The clock that runs, as a card: how long, how much of it is used, what is left. */
export function clockCard(clock: Clock, now = new Date()): HTMLElement {
  const left = Date.parse(clock.due) + HOUR - now.getTime()
  const inHours = clock.unit === "hours"
  const until = inHours ? hourOfDay(clock.due, now) : day(clock.due, now)
  const said = left < 0 ? t.clockLate(span(-left), until) : inHours ? t.hoursLeft(span(left), until) : t.daysLeft(clock.left, until)
  const percent = Math.round(clock.used * 100)
  return el(
    "div",
    { class: left < 0 ? "clock late" : "clock" },
    el("b", {}, clockName(clock.code, t.units[clock.unit](clock.amount))),
    el("progress", { max: 100, value: percent, "aria-label": t.used(percent) }),
    el("p", {}, said),
    el("p", { class: "basis" }, clock.basis),
  )
}

/** Each state that it came to, then what is still to come. */
export function steps({ changes, state, kind }: Report | PassedOn): HTMLElement {
  const done = changes.map((change, at) => {
    const current = at === changes.length - 1
    const time = el("small", {}, hourOfDay(change.hour))
    return el("li", { class: current ? "now" : "done", "aria-current": current && "step" }, stepName(kind, change.state), " ", time)
  })
  const met = new Set(changes.map((change) => change.state))
  const ahead = (["opened", "verifying"] as State[]).filter((one) => !met.has(one)).map((one) => stepName(kind, one))
  const finished = state === "closed" || RESULTS.some((result) => met.has(result))
  const coming = [...ahead, !finished && stepName(kind, "result")].filter((words): words is string => words !== false)
  return el("ol", { class: "progress-steps" }, ...done, ...coming.map((words) => el("li", {}, words)))
}
