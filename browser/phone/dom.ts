// The few moves that both pages make on the document.
import { t } from "strings/phone"

import { bare, pieces } from "./words"

type Child = Node | string | false | null

/** What the inline script and the bundle tell each other (`boot.js` in the templates). */
declare global {
  interface Window {
    KENG: { go?: boolean; pressed?: boolean }
  }
}

export const $ = <T extends HTMLElement = HTMLElement>(id: string): T => document.getElementById(id) as T

/** A sentence as the page shows it: text, never markup; a marked one with its Vietnamese, and a sign that it is a draft. */
function worded(child: Child): Child[] {
  if (typeof child !== "string") return [child]
  return pieces(child).flatMap((piece, i, all): Child[] => {
    if (i % 3 !== 1) return i % 3 ? [] : [piece ?? ""]
    const [vietnamese, draft] = [piece ?? "", all[i + 1]]
    if (draft === undefined) return [el("bdi", { lang: "vi" }, vietnamese)]
    const sign = el("sup", { lang: "vi" }, "◇")
    sign.setAttribute("role", "img")
    sign.setAttribute("aria-label", bare(t.draft))
    return [el("bdi", {}, draft), " ", sign, el("small", { lang: "vi" }, vietnamese)]
  })
}

const content = (children: Child[]): (Node | string)[] => children.flatMap(worded).filter((child): child is Node | string => Boolean(child))

/** An element with properties and children; strings become text, never markup. */
export function el<K extends keyof HTMLElementTagNameMap>(
  tag: K,
  properties: Partial<HTMLElementTagNameMap[K]> = {},
  ...children: Child[]
): HTMLElementTagNameMap[K] {
  const made = Object.assign(document.createElement(tag), properties)
  made.append(...content(children))
  return made
}

export function button(label: string, press: () => void, properties: Partial<HTMLButtonElement> = {}): HTMLButtonElement {
  return el("button", { type: "button", className: "btn", onclick: press, ...properties }, label)
}

export function fill(parent: HTMLElement, ...children: Child[]): void {
  parent.textContent = ""
  parent.append(...content(children))
}

export function show(element: HTMLElement, on = true): void {
  element.hidden = !on
}

/** Puts a sentence where a screen reader hears it. */
export function tell(place: HTMLElement, sentence: string, bad = true): void {
  place.className = bad ? "err" : "s"
  fill(place, sentence)
}

/** Moves sight and the screen reader to `element`. */
export function goTo(element: HTMLElement): void {
  element.tabIndex = -1
  element.focus({ preventScroll: true })
  element.scrollIntoView({ block: "start" })
}

/** A text field that no keyboard, spell-checker or browser may remember. */
export function quiet<T extends HTMLInputElement | HTMLTextAreaElement>(field: T): T {
  const off = { autocomplete: "off", autocorrect: "off", autocapitalize: "off", spellcheck: "false", translate: "no", "data-gramm": "false" }
  for (const [name, value] of Object.entries(off)) field.setAttribute(name, value)
  return field
}

/** Nothing written here outlives the page: cleared on leaving, and again should the browser bring the page back. */
export function forgetOnLeaving(): void {
  addEventListener("pagehide", () => {
    document.body.textContent = ""
  })
  addEventListener("pageshow", (event) => {
    if (event.persisted) location.reload()
  })
}

export const pause = (seconds: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, seconds * 1000))

/** Copies text, also where the clipboard's own interface is missing or refused. */
export async function copy(text: string): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(text)
    return true
  } catch {
    const field = el("textarea", { value: text })
    document.body.append(field)
    field.select()
    const done = document.execCommand("copy")
    field.remove()
    return done
  }
}
