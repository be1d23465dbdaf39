// The keys of the mailbox. None works while somebody types; all stand in a table behind "?".
import { button, el } from "./dom"
import { t } from "./strings"
import { words } from "./words/day"

export type Actions = {
  next: () => void
  previous: () => void
  search: () => void
  answer: () => void
  back: () => void
  /** several reports at once: one more or less, on to the next or the one before, all shown */
  pick: () => void
  extend: (step: number) => void
  pickAll: () => void
  /** whether there was anything to let go */
  pickNone: () => boolean
}

const isTyping = (target: EventTarget | null): boolean =>
  target instanceof HTMLElement && target.closest("input:not([type=checkbox]), textarea, select, dialog") !== null

/** A button or tick takes the space bar itself. */
const isPressed = (target: EventTarget | null): boolean => target instanceof HTMLElement && target.closest("input, button, summary") !== null

export function help(root: HTMLElement): void {
  const close = (): void => dialog.remove()
  const rows = [...t.keys, ...words.keys].flatMap(([key, does]) => [el("dt", {}, el("kbd", {}, key)), el("dd", {}, does)])
  const dialog = el("dialog", { "aria-labelledby": "keys-title", close }, el("h2", { id: "keys-title" }, t.keysTitle), el("dl", { class: "facts" }, ...rows), button(t.close, close))
  root.append(dialog)
  dialog.showModal()
}

/** After "*" the next key says of which reports: "a" of all that are shown, "n" of none. */
const afterStar = (actions: Actions): Record<string, () => void> => ({ a: actions.pickAll, n: actions.pickNone })

export function keyboard(root: HTMLElement, actions: Actions, signal: AbortSignal): void {
  let star = false
  const keys: Record<string, () => void> = {
    j: actions.next,
    ArrowDown: actions.next,
    k: actions.previous,
    ArrowUp: actions.previous,
    x: actions.pick,
    " ": actions.pick,
    J: () => actions.extend(1),
    K: () => actions.extend(-1),
    "*": () => (star = true),
    "/": actions.search,
    r: actions.answer,
    Escape: () => actions.pickNone() || actions.back(),
    "?": () => help(root),
  }
  const inList = (target: EventTarget | null): boolean => !(target instanceof HTMLElement) || target === document.body || target.closest(".list") !== null
  const leaveTyping = (event: KeyboardEvent): void => {
    const { key, target } = event
    if (key !== "Escape" || !(target instanceof HTMLElement) || target.closest("dialog")) return
    // A search field would empty itself; whoever leaves it wants to go through what it found.
    event.preventDefault()
    target.blur()
  }
  /** Arrows scroll what is being read, and so does the space bar: they choose only in the list. */
  const isForUs = (key: string, target: EventTarget | null): boolean => {
    if (key === " ") return !isPressed(target) && target instanceof HTMLElement && target.closest(".items") !== null
    return !key.startsWith("Arrow") || inList(target)
  }
  const press = (event: KeyboardEvent): void => {
    const { key, target, ctrlKey, metaKey, altKey } = event
    const here = star ? { ...keys, ...afterStar(actions) } : keys
    if (key !== "Shift") star = false
    if (ctrlKey || metaKey || altKey || !Object.hasOwn(here, key)) return
    if (isTyping(target)) return leaveTyping(event)
    if (!isForUs(key, target)) return
    event.preventDefault()
    here[key]()
  }
  document.addEventListener("keydown", press, { signal })
}
