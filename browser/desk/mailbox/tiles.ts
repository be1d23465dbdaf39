// The day at a glance, above the list: each tile counts and, pressed, shows what it counts; pressed again, everything open.
import { button, el } from "./dom"
import { type Filter, isTile, PLAIN, type Tile, TILES } from "./filter"
import type { Counts } from "./types"
import { number } from "./when"
import { words } from "./words/day"

const NAMES = Object.keys(TILES) as Tile[]

export class Tiles {
  readonly element = el("div", { class: "tiles", role: "group", "aria-label": words.today })
  private readonly made = new Map<Tile, HTMLButtonElement>()
  private filter: Filter = PLAIN

  constructor(onFilter: (filter: Filter) => void) {
    for (const tile of NAMES) {
      const press = (): void => onFilter({ ...(isTile(this.filter, tile) ? PLAIN : TILES[tile].filter), box: this.filter.box })
      const made = button("", press, { class: `tile tile-${tile}`, "data-tile": tile, "aria-pressed": "false" })
      this.made.set(tile, made)
      this.element.append(made)
    }
  }

  show(filter: Filter, counts: Counts | null): void {
    this.filter = filter
    for (const [tile, made] of this.made) {
      const count = counts?.[TILES[tile].count] ?? 0
      made.replaceChildren(el("b", {}, counts ? number.format(count) : "–"), el("span", {}, words.tiles[tile]))
      made.setAttribute("aria-pressed", String(isTile(filter, tile)))
      made.classList.toggle("none", count === 0)
    }
  }
}
