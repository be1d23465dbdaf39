// What differs between the kinds of boxes: words come from the server's one table (`keng/mailbox/kinds.py`), clocks' names from ours.
import { t } from "./strings"
import type { State } from "./types"
import { words } from "./words/intake"

export type KindWords = {
  thing: string
  what: Record<string, string>
  states: Partial<Record<State, string>>
  steps: Partial<Record<State, string>>
  moves: Partial<Record<State, string>>
  /** may a report of this kind be answered for all to read */
  public: boolean
  /** can it be complex or extended */
  longer: boolean
}

let table: Record<string, KindWords> = {}

/** Takes the table from the page's settings; before that every report speaks the words of crime reports. */
export function learn(kinds: Record<string, KindWords>): void {
  table = kinds
}

export const stateName = (kind: string | undefined, state: State): string => table[kind ?? "crime"]?.states[state] ?? t.states[state]

export const stepName = (kind: string | undefined, state: State | "result"): string =>
  (state === "result" ? undefined : table[kind ?? "crime"]?.steps[state]) ?? t.step[state]

export const moveName = (kind: string, to: State): string | undefined => table[kind]?.moves[to] ?? t.moves[to]

/** The choice of the reporter's page, by kind where it is known; what no page of ours sends is "other". */
export function whatName(what: string, kind?: string): string {
  const names = kind === "crime" ? undefined : table[kind ?? ""]
  if (names) return what ? (ownOf(names.what, what) ?? names.what.other) : names.thing
  const known = kind ? undefined : Object.values(table).find((one) => ownOf(one.what, what))
  return ownOf(t.what, what) ?? known?.what[what] ?? t.what.other
}

// A stranger's word may be called like something that every object has.
const ownOf = (names: Record<string, string>, name: string): string | undefined => (Object.hasOwn(names, name) ? names[name] : undefined)

export const categoriesOf = (kind: string): Record<string, string> => (kind === "crime" ? t.categories : (table[kind]?.what ?? t.categories))

export const categoryName = (kind: string | undefined, category: string): string | undefined => categoriesOf(kind ?? "crime")[category]

export const allowsPublic = (kind: string): boolean => table[kind]?.public ?? false

/** What the ticks for a longer time are called; "" where reports of this kind have none. `amount` gives a clock's length in words. */
export function longerNames(kind: string, amount: (code: string) => string): { complex: string; extended: string } {
  if (table[kind]?.longer === false) return { complex: "", extended: "" }
  if (kind === "crime") return { complex: t.complex(amount("report.resolve_complex")), extended: t.extended(amount("report.extension")) }
  const extension = amount(`${kind}.extension`)
  return { complex: words.complex[kind](extension), extended: words.extended[kind](extension) }
}

export const clockName = (code: string, amount: string): string => (t.clocks[code] ?? words.clocks[code])?.(amount) ?? ""
