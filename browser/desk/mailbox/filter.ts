// What of the list is shown, kept in the address so that "back", a reload and a bookmark find it again. Never what was typed to search.
import type { Counts, Settings, State } from "./types"

export const GROUPS = ["open", "received", "verifying", "forwarded", "done", "sent", "all"] as const
export type Group = (typeof GROUPS)[number]
export type Filter = { group: Group; box: string; late: boolean }

const IN_GROUP: Record<string, State[]> = {
  open: ["received", "opened", "verifying", "forwarded"],
  done: ["acted_on", "adopted", "answered", "unfounded", "not_enough", "closed"],
}
const KEY = /^[0-9a-f]{64}$/

/** The filter in the address; what no page of ours wrote there is as if it were not. */
export function readFilter(settings: Settings): Filter {
  const asked = new URLSearchParams(location.search)
  const group = asked.get("state") as Group
  const box = asked.get("box") ?? ""
  return {
    group: GROUPS.includes(group) ? group : "open",
    box: settings.boxes.some(({ slug }) => slug === box) ? box : "",
    late: asked.get("late") === "1",
  }
}

/** Key of the report in the address, or "". */
export function readReport(): string {
  const key = new URLSearchParams(location.search).get("report") ?? ""
  return KEY.test(key) ? key : ""
}

export function address(filter: Filter, report: string): string {
  const said = new URLSearchParams()
  if (filter.group !== "open") said.set("state", filter.group)
  if (filter.box) said.set("box", filter.box)
  if (filter.late) said.set("late", "1")
  if (report) said.set("report", report)
  const query = said.toString()
  return location.pathname + (query && `?${query}`)
}

/** As the server's list wants it. */
export function question({ group, box, late }: Filter, before = ""): Record<string, string> {
  return {
    ...(group !== "all" && { state: group }),
    ...(box && { box }),
    ...(late && { late: "1" }),
    ...(before && { before }),
  }
}

/** How many reports a group has, or null where nobody counts them. */
export function countOf(group: Group, counts: Counts): number | null {
  if (group === "sent") return null
  const states = group === "all" ? (Object.keys(counts).filter((name) => name !== "late") as State[]) : (IN_GROUP[group] ?? [group as State])
  return states.reduce((sum, state) => sum + counts[state], 0)
}
