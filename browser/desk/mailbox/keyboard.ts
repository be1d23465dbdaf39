// The keys of the mailbox. None works while somebody types; all stand in a table behind "?".
import { button, el } from "./dom"
import { t } from "./strings"

export type Actions = { next: () => void; previous: () => void; search: () => void; answer: () => void; back: () => void }

const isTyping = (target: EventTarget | null): boolean => target instanceof HTMLElement && target.closest("input, textarea, select, dialog") !== null

export function help(root: HTMLElement): void {
  const close = (): void => dialog.remove()
  const rows = t.keys.flatMap(([key, does]) => [el("dt", {}, el("kbd", {}, key)), el("dd", {}, does)])
  const dialog = el("dialog", { "aria-labelledby": "keys-title", close }, el("h2", { id: "keys-title" }, t.keysTitle), el("dl", { class: "facts" }, ...rows), button(t.close, close))
  root.append(dialog)
  dialog.showModal()
}

export function keyboard(root: HTMLElement, actions: Actions, signal: AbortSignal): void {
  const keys: Record<string, () => void> = {
    j: actions.next,
    ArrowDown: actions.next,
    k: actions.previous,
    ArrowUp: actions.previous,
    "/": actions.search,
    r: actions.answer,
    Escape: actions.back,
    "?": () => help(root),
  }
  const inList = (target: EventTarget | null): boolean => !(target instanceof HTMLElement) || target === document.body || target.closest(".list") !== null
  const press = (event: KeyboardEvent): void => {
    const { key, target, ctrlKey, metaKey, altKey } = event
    if (ctrlKey || metaKey || altKey || !Object.hasOwn(keys, key)) return
    if (isTyping(target)) {
      if (key === "Escape" && target instanceof HTMLElement && !target.closest("dialog")) target.blur()
      return
    }
    // Arrows scroll what is being read; they choose only in the list.
    if (key.startsWith("Arrow") && !inList(target)) return
    event.preventDefault()
    keys[key]()
  }
  document.addEventListener("keydown", press, { signal })
}
