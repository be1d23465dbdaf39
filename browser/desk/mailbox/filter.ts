// What of the list is shown, kept in the address so that "back", a reload and a bookmark find it again. Never what was typed to search.
import type { Counts, Settings, State } from "./types"

export const GROUPS = ["open", "received", "verifying", "forwarded", "done", "sent", "all"] as const
export type Group = (typeof GROUPS)[number]
export const DUES = ["", "open", "today"] as const
export const WHOSE = ["", "mine", "nobody", "offered"] as const
export type Whose = (typeof WHOSE)[number]
export type Filter = {
  group: Group
  box: string
  late: boolean
  /** to be opened, or to be done, by the end of today */
  due: (typeof DUES)[number]
  whose: Whose
  /** a way in, or `box` for what came through the box itself */
  channel: string
  pranks: boolean
  /** only what something came of lately, of what was passed on */
  news: boolean
}

/** What an officer sees at first: all that is open, in every box. */
export const PLAIN: Filter = { group: "open", box: "", late: false, due: "", whose: "", channel: "", pranks: false, news: false }

/** The tiles of the day: each a filter, and the name of its count. */
export const TILES = {
  open: { count: "due_open", filter: { ...PLAIN, due: "open" } },
  due: { count: "due", filter: { ...PLAIN, due: "today" } },
  late: { count: "late", filter: { ...PLAIN, late: true } },
  mine: { count: "mine", filter: { ...PLAIN, whose: "mine" } },
  offered: { count: "offered", filter: { ...PLAIN, group: "all", whose: "offered" } },
  news: { count: "news", filter: { ...PLAIN, group: "sent", news: true } },
} as const satisfies Record<string, { count: keyof Counts; filter: Filter }>
export type Tile = keyof typeof TILES

const OPEN: State[] = ["received", "opened", "verifying", "forwarded"]
// Counted beside the states, some of them twice.
const NO_STATES = new Set(["late", "due", "due_open", "pranks", "mine", "offered", "news"])
const KEY = /^[0-9a-f]{64}$/

const oneOf = <T extends string>(known: readonly T[], said: string | null): T => known.find((one) => one === said) ?? known[0]

/** The filter in the address; what no page of ours wrote there is as if it were not. */
export function readFilter(settings: Settings): Filter {
  const asked = new URLSearchParams(location.search)
  const box = asked.get("box") ?? ""
  return {
    group: oneOf(GROUPS, asked.get("state")),
    box: settings.boxes.some(({ slug }) => slug === box) ? box : "",
    late: asked.get("late") === "1",
    due: oneOf(DUES, asked.get("due")),
    whose: oneOf(WHOSE, asked.get("whose")),
    channel: oneOf(["", "box", ...Object.keys(settings.channels)], asked.get("channel")),
    pranks: asked.get("pranks") === "1",
    news: asked.get("news") === "1",
  }
}

/** Key of the report in the address, or "". */
export function readReport(): string {
  const key = new URLSearchParams(location.search).get("report") ?? ""
  return KEY.test(key) ? key : ""
}

/** What is chosen besides the state, as an address and the server have it. */
function chosen({ box, late, due, whose, channel, pranks, news }: Filter): Record<string, string> {
  return {
    ...(box && { box }),
    ...(late && { late: "1" }),
    ...(due && { due }),
    ...(whose && { whose }),
    ...(channel && { channel }),
    ...(pranks && { pranks: "1" }),
    ...(news && { news: "1" }),
  }
}

export function address(filter: Filter, report: string): string {
  const said = new URLSearchParams({ ...(filter.group !== "open" && { state: filter.group }), ...chosen(filter), ...(report && { report }) })
  const query = said.toString()
  return location.pathname + (query && `?${query}`)
}

/** As the server's list wants it. */
export function question(filter: Filter, before = ""): Record<string, string> {
  return { ...(filter.group !== "all" && { state: filter.group }), ...chosen(filter), ...(before && { before }) }
}

/** How many reports a group has, or null where nobody counts them. */
export function countOf(group: Group, counts: Counts): number | null {
  if (group === "sent") return null
  const states = (Object.keys(counts) as (keyof Counts)[]).filter((name) => !NO_STATES.has(name) && inGroup(name as State, group))
  return states.reduce((sum, state) => sum + counts[state], 0)
}

function inGroup(state: State, group: Group): boolean {
  if (group === "all") return true
  if (group === "open" || group === "done") return OPEN.includes(state) === (group === "open")
  return state === group
}

/** Whether this tile is what is shown, whichever box. */
export const isTile = (filter: Filter, tile: Tile): boolean => address({ ...filter, box: "" }, "") === address(TILES[tile].filter, "")
