// What the server says (keng/desk/mailbox): nothing in here is readable but states, hours and counts; `sealed` is base64.
import type { KindWords } from "./kinds"
import type { Signed } from "../../sealed/statement"

export type State = "received" | "opened" | "verifying" | "forwarded" | "acted_on" | "adopted" | "answered" | "partly" | "unfounded" | "not_enough" | "closed"
export type Settings = {
  me: Colleague
  /** `officers` can be given the box's reports */
  boxes: { slug: string; title: string; training: boolean; officers: Colleague[] }[]
  /** ways in by which an officer enters a report */
  channels: Record<string, string>
  states: Record<State, string>
  categories: string[]
  values: string[]
  /** the reasons that go with each value */
  reasons: Record<string, string[]>
  outcomes: OutcomeTables
  /** words by kind of box */
  kinds: Record<string, KindWords>
  /** how long each legal clock runs today, by its code */
  clocks: Record<string, { amount: number; unit: string }>
}

export type Colleague = { username: string; name: string }

/** What stands after `number` only where we hold the report; after `unread` both kinds say something of their own. */
export type Row = {
  thread: string
  /** slug of the box that holds it now; `origin` received it */
  box: string
  origin: string
  /** of the box that received it */
  kind: string
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
  number: string
  prank?: boolean
  channel?: string
  /** by when its named reporter is to be told the result, while nobody has; "" otherwise */
  tell_due?: string
  assigned?: Colleague | null
  /** title of the box that passed it on to us, or "" */
  from?: string
  /** how many other reports tell of the same matter */
  linked?: number
  /** of a report that we passed on: title of the box that holds it, whether something came of it lately, and what */
  title?: string
  news?: boolean
  outcomes?: Sum[]
}

export type Counts = Record<State | "late" | "due" | "due_open" | "pranks" | "mine" | "offered" | "news", number>
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
export type Matter = { members: Member[]; outcomes: OutcomeLine[]; sums: Sum[] }

export type Clock = { code: string; amount: number; unit: string; basis: string; due: string; used: number; left: number }
export type SealedNote = { id: string; name: string; hour: string; sealed: string }
/** How a report that an officer entered came in; hours as ISO text. */
export type Intake = { channel: string; named: boolean; secrecy: boolean; tell_due: string | null; told: string | null }
export type Change = { state: State; hour: string }

/** A report of a box of ours. */
export type Report = {
  held: true
  thread: string
  box: string
  title: string
  origin: string
  kind: string
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
  /** null for what came from a phone */
  intake: Intake | null
  /** the answer that all can read now */
  public_answer: { asked: string; answered: string; day: string } | null
  /** titles of the boxes that parts were sealed to, by slug */
  boxes: Record<string, string>
  notes: SealedNote[]
  /** in the register of the box that holds it */
  number: string
  assigned: Colleague | null
  /** the office that holds it and the one above, for the head of its papers */
  office: { name: string; above: string }
  /** the boxes that it was passed on to, in order */
  way: { box: string; title: string; hour: string }[]
  matter: Matter
}

/** What was counted of a matter, by kind and unit, without who or when. */
export type Sum = Pick<OutcomeLine, "kind" | "exhibit" | "unit" | "quantity">

/** A report that our office passed on. */
export type PassedOn = Pick<Report, "thread" | "box" | "title" | "origin" | "kind" | "state" | "hour" | "changes" | "matter" | "way"> & { held: false }

export type Targets = { own: Signed | null; targets: Record<string, { title: string; signed: Signed }> }
