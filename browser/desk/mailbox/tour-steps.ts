// The steps of the training tour: what each is about on the page, and how the practice report itself tells that it is done.
// Nothing of the walk is kept anywhere: whoever comes back goes on where their report stands.
import type { Report } from "./types"
import type { StepName } from "./words/training"

export type Facts = {
  unlocked: boolean
  /** the practice report, while it is the one on the page */
  report: Report | null
  /** steps that leave no trace in the report, and were passed by "next" */
  passed: ReadonlySet<StepName>
}

export type Step = {
  name: StepName
  /** where on the page it is done: the first of these that is there; `{thread}` is the practice report's key */
  at: string[]
  /** minutes that a new officer takes */
  minutes: number
  /** null: nothing in the report tells; "next" passes it */
  done: ((facts: Facts) => boolean) | null
  /** what follows can't be done without it: no "next" */
  needed?: true
}

const RESULTS = ["acted_on", "unfounded", "not_enough", "closed"]
const BEGUN = ["verifying", ...RESULTS]
const stands = (states: string[]): Step["done"] => ({ report }) => report !== null && states.includes(report.state)

export const STEPS: Step[] = [
  { name: "unlock", at: ["form.lock"], minutes: 1, done: ({ unlocked }) => unlocked, needed: true },
  { name: "open", at: ['.item[data-thread="{thread}"]', ".list"], minutes: 0.5, done: ({ report }) => report !== null, needed: true },
  { name: "read", at: [".talk .slot", "article.report"], minutes: 1, done: null },
  { name: "photo", at: [".medium.photo"], minutes: 0.5, done: null },
  { name: "answer", at: [".writing"], minutes: 1.5, done: ({ report }) => !!report?.parts.some((part) => part.direction === "officer") },
  { name: "note", at: ["section:has(#note)"], minutes: 1, done: ({ report }) => !!report?.notes.length },
  { name: "assess", at: [".assess"], minutes: 1, done: ({ report }) => !!report?.assessment.value },
  { name: "verify", at: [".next"], minutes: 0.5, done: stands(BEGUN), needed: true },
  { name: "outcome", at: [".outcomes"], minutes: 1.5, done: ({ report }) => !!report?.matter.outcomes.length },
  { name: "result", at: [".next"], minutes: 0.5, done: stands(RESULTS), needed: true },
  { name: "print", at: ["#print"], minutes: 0.5, done: null },
  { name: "close", at: [".next"], minutes: 0.5, done: stands(["closed"]) },
]

/** The place of the first step that is still to be done; STEPS.length when all are. One that was passed, or that stands before a later
 * change of the report which can't be had without it, is behind us. */
export function current(facts: Facts): number {
  const isDone = STEPS.map((step) => step.done?.(facts) ?? false)
  const lastTold = facts.report ? isDone.lastIndexOf(true) : -1
  const behind = ({ name, done }: Step, at: number): boolean => isDone[at] || facts.passed.has(name) || (done === null && at < lastTold)
  const found = STEPS.findIndex((step, at) => !behind(step, at))
  return found < 0 ? STEPS.length : found
}

export const minutesLeft = (from: number): number => Math.max(1, Math.round(STEPS.slice(from).reduce((sum, { minutes }) => sum + minutes, 0)))
