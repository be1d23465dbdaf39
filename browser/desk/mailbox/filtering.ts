// The controls above the list: what to show, of whom, by which way in.
import { button, el } from "./dom"
import { countOf, type Filter, type Group, GROUPS, isTile, PLAIN, WHOSE, type Whose } from "./filter"
import { t } from "./strings"
import type { Counts, Settings } from "./types"
import { number } from "./when"
import { words } from "./words/day"

export class Filtering {
  readonly search = el("input", { type: "search", id: "search", placeholder: t.search, "aria-label": t.search, autocomplete: "off", spellcheck: "false" })
  readonly element: HTMLElement
  private readonly group = el("select", { id: "filter-state", "aria-label": t.show })
  private readonly whose = el("select", { id: "filter-whose", "aria-label": words.whose })
  private readonly box = el("select", { id: "filter-box", "aria-label": t.box })
  private readonly channel = el("select", { id: "filter-channel", "aria-label": words.channel })
  private readonly pranks = el("input", { type: "checkbox", id: "filter-pranks" })
  private readonly pranksLabel = el("label", { class: "tick", for: "filter-pranks" })
  private readonly more = el("details", { class: "more-filters" })
  private filter: Filter = PLAIN

  constructor({ boxes, channels }: Settings, onFilter: (filter: Filter) => void) {
    const changed = (): void => onFilter(this.chosen())
    for (const control of [this.group, this.whose, this.box, this.channel, this.pranks]) control.addEventListener("change", changed)
    this.box.append(el("option", { value: "" }, t.allBoxes), ...boxes.map(({ slug, title }) => el("option", { value: slug }, title)))
    this.channel.append(
      el("option", { value: "" }, words.everyChannel),
      el("option", { value: "box" }, words.box),
      ...Object.keys(channels).map((name) => el("option", { value: name }, words.channels[name] ?? channels[name])),
    )
    this.pranksLabel.append(this.pranks, el("span"))
    this.more.append(el("summary", {}, words.more), el("div", { class: "tools" }, this.whose, boxes.length > 1 && this.box, this.channel, this.pranksLabel))
    this.element = el("div", {}, el("div", { class: "tools" }, this.search, this.group), this.more)
  }

  /** What the controls say; a choice of states puts aside what the tile that was pressed had narrowed. */
  private chosen(): Filter {
    const group = this.group.value as Group
    const moved = group !== this.filter.group
    return {
      ...this.filter,
      ...(moved && { late: false, due: "", news: false }),
      group,
      box: this.box.value,
      whose: this.whose.value as Whose,
      channel: this.channel.value,
      pranks: this.pranks.checked,
    }
  }

  show(filter: Filter, counts: Counts | null): void {
    this.filter = filter
    const counted = (group: Group): string => {
      const count = counts && countOf(group, counts)
      return count === null ? t.groups[group] : t.counted(t.groups[group], number.format(count))
    }
    this.group.replaceChildren(...GROUPS.map((group) => el("option", { value: group, selected: group === filter.group }, counted(group))))
    this.whose.replaceChildren(...WHOSE.map((whose) => el("option", { value: whose, selected: whose === filter.whose }, words.whoseNames[whose])))
    this.box.value = filter.box
    this.channel.value = filter.channel
    this.pranks.checked = filter.pranks
    this.pranksLabel.lastElementChild!.textContent = words.pranks(number.format(counts?.pranks ?? 0))
    if (isNarrowed(filter)) this.more.open = true
  }
}

/** Whether a choice is in use that a tile does not show as pressed: nobody should wonder why the list is short. */
const isNarrowed = (filter: Filter): boolean =>
  Boolean(filter.box || filter.channel || filter.pranks || (filter.whose && !isTile(filter, "mine") && !isTile(filter, "offered")))

/** Back to all there is. */
export const showAll = (onFilter: (filter: Filter) => void): HTMLElement => button(t.showAll, () => onFilter({ ...PLAIN, group: "all" }))
