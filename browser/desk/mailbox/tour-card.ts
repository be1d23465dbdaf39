// What the tour puts on the page: a ring round the thing concerned and a card beside it. Placed by script, for the page's policy
// allows no style attributes; both keep out of print and of the way of clicks.
import { button, el } from "./dom"

const GAP = 14
const NARROW = 760

export type CardOptions = {
  label: string
  count: string
  share: number
  title: string
  body: Node[]
  /** the first is the one to go on with */
  buttons: { words: string; press: () => void; primary?: boolean }[]
  hint: string
}

export class TourCard {
  private readonly ring = el("div", { class: "tour-ring", "aria-hidden": "true", hidden: true })
  private readonly card = el("section", { class: "tour-card", tabindex: -1, "aria-live": "polite" })
  private find: () => Element | null = () => null
  private frame = 0
  private last = ""

  constructor(root: HTMLElement) {
    root.append(this.ring, this.card)
    document.body.classList.add("touring")
    this.follow()
  }

  fill({ label, count, share, title, body, buttons, hint }: CardOptions): void {
    const made = buttons.map(({ words, press, primary }) => button(words, press, { class: primary ? "primary" : "quiet" }))
    this.card.setAttribute("aria-label", label)
    this.card.replaceChildren(
      el("p", { class: "tour-count" }, count),
      el("progress", { max: 100, value: Math.round(share * 100), "aria-label": count }),
      el("h2", {}, title),
      ...body,
      el("div", { class: "tour-foot" }, ...made),
      el("p", { class: "tour-hint" }, hint),
    )
    this.last = ""
  }

  /** Puts the ring round what `find` finds, again and again: the page is made anew under us. Brings it into view once. */
  point(find: () => Element | null): Element | null {
    this.find = find
    this.last = ""
    const target = find()
    target?.scrollIntoView({ block: innerWidth <= NARROW ? "start" : "center", inline: "nearest" })
    return target
  }

  focusButton(): void {
    this.card.querySelector<HTMLElement>("button.primary, button")?.focus({ preventScroll: true })
  }

  end(): void {
    cancelAnimationFrame(this.frame)
    document.body.classList.remove("touring")
    this.ring.remove()
    this.card.remove()
  }

  /** The page moves under us in many ways (scrolling, photos that open, drafts that grow): looked at before each frame, moved when it has. */
  private follow(): void {
    this.frame = requestAnimationFrame(() => this.follow())
    const box = this.find()?.getBoundingClientRect() ?? null
    const now = `${box?.left},${box?.top},${box?.width},${box?.height},${innerWidth},${innerHeight},${this.card.offsetHeight}`
    if (now === this.last) return
    this.last = now
    this.place(box && box.width > 0 ? box : null)
  }

  private place(box: DOMRect | null): void {
    this.ring.hidden = box === null
    if (box) set(this.ring, { left: box.left - 6, top: box.top - 6, width: box.width + 12, height: box.height + 12 })
    if (innerWidth <= NARROW) return set(this.card, { left: null, top: null })
    const [left, top] = beside(box, this.card.offsetWidth, this.card.offsetHeight)
    set(this.card, { left, top })
  }
}

function set(element: HTMLElement, places: Record<string, number | null>): void {
  for (const [name, value] of Object.entries(places)) {
    if (value === null) element.style.removeProperty(name)
    else element.style.setProperty(name, `${Math.round(value)}px`)
  }
}

/** The first side on which the card has room; else the corner that hides least. */
function beside(box: DOMRect | null, width: number, height: number): [number, number] {
  const corner: [number, number] = [innerWidth - width - GAP, innerHeight - height - GAP]
  if (!box) return corner
  const top = Math.max(GAP, Math.min(box.top, innerHeight - height - GAP))
  const left = Math.max(GAP, Math.min(box.left, innerWidth - width - GAP))
  if (box.right + 2 * GAP + width <= innerWidth) return [box.right + 2 * GAP, top]
  if (box.left - 2 * GAP - width >= 0) return [box.left - 2 * GAP - width, top]
  if (box.bottom + 2 * GAP + height <= innerHeight) return [left, box.bottom + 2 * GAP]
  if (box.top - 2 * GAP - height >= 0) return [left, box.top - 2 * GAP - height]
  return corner
}
