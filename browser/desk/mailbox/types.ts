// What the server says (keng/desk/mailbox): nothing in here is readable but states, hours and counts; `sealed` is base64.
import type { Signed } from "../../sealed/statement"

export type State = "received" | "opened" | "verifying" | "forwarded" | "acted_on" | "adopted" | "answered" | "unfounded" | "not_enough" | "closed"
export type Settings = {
  boxes: { slug: string; title: string; training: boolean }[]
  states: Record<State, string>
  categories: string[]
  values: string[]
  /** the reasons that go with each value */
  reasons: Record<string, string[]>
  outcomes: OutcomeTables
  /** how long each legal clock runs today, by its code */
  clocks: Record<string, { amount: number; unit: string }>
}

/** A report that was passed on has only the first six. */
export type Row = {
  thread: string
  /** slug of the box that holds it now; `origin` received it */
  box: string
  origin: string
  state: State
  hour: string
  held: boolean
  open_due?: string
  resolve_due?: string
  late?: boolean
  version?: number
  category?: string
  value?: string
  parts?: number
  answers?: number
  unread?: boolean
}

export type Counts = Record<State | "late", number>
export type Page = { threads: Row[]; next: string; counts: Counts }
export type FirstPart = { size: number; digest?: string; sealed?: string }

export type PartLine = {
  box: string
  direction: "reporter" | "officer"
  index: number
  digest: string
  /** bytes of the payload */
  size: number
  hour: string
  header: string
}

export type Assessment = { category: string; value: string; reason: string; complex: boolean; extended: boolean }
/** Units, each with the most that one line may say, by kind of outcome and of exhibit. */
export type OutcomeTables = {
  kinds: Record<string, Record<string, number>>
  exhibits: Record<string, Record<string, number>>
  /** units that are counted, not weighed */
  whole: string[]
  corrections: string[]
}

/** One counted thing; `corrects` is the id of the line that it takes the place of, and a quantity of "0" there strikes it out. */
export type OutcomeLine = {
  id: string
  kind: string
  exhibit: string
  quantity: string
  unit: string
  day: string
  office: string
  by: string
  hour: string
  corrects: string | null
  reason: string
  /** sealed to the box, or null: none, or another box's */
  remarks: string | null
  /** counted by a box of ours, so ours to correct */
  mine: boolean
}
export type Member = { thread: string; box: string; title: string; held: boolean; role: string; state: State; hour: string; number: string }
/** What reports of one thing came to. Of a report that was passed on: our own lines alone. */
export type Matter = { members: Member[]; outcomes: OutcomeLine[] }

export type Clock = { code: string; amount: number; unit: string; basis: string; due: string; used: number; left: number }
export type SealedNote = { id: string; name: string; hour: string; sealed: string }
export type Change = { state: State; hour: string }

/** A report of a box of ours. */
export type Report = {
  held: true
  thread: string
  box: string
  title: string
  origin: string
  state: State
  hour: string
  changes: Change[]
  open_due: string
  resolve_due: string
  version: number
  late: boolean
  erase_on: string | null
  allowed: State[]
  assessment: Assessment
  clock: Clock | null
  parts: PartLine[]
  /** titles of the boxes that parts were sealed to, by slug */
  boxes: Record<string, string>
  notes: SealedNote[]
  matter: Matter
}

/** A report that our office passed on. */
export type PassedOn = Pick<Report, "thread" | "box" | "title" | "origin" | "state" | "hour" | "changes" | "matter"> & { held: false }

export type Targets = { own: Signed | null; targets: Record<string, { title: string; signed: Signed }> }
