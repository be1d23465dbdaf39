// Elements made in code. Nothing is ever parsed as HTML: strings become text, and text by strangers is isolated besides.
import { t } from "./strings"
import { clamped, inert } from "./inert"

type Child = Node | string | false | null | undefined
type Attributes = Record<string, string | boolean | number | ((event: Event) => void) | null | undefined>

function set(element: Element, name: string, value: Attributes[string]): void {
  if (typeof value === "function") element.addEventListener(name, value)
  else if (value === true) element.setAttribute(name, "")
  else if (value !== false && value !== null && value !== undefined) element.setAttribute(name, String(value))
}

/** `el("button", { class: "primary", click: send }, "Gửi")`; a function is a listener for the event it is named by. */
export function el<K extends keyof HTMLElementTagNameMap>(tag: K, attributes: Attributes = {}, ...children: Child[]): HTMLElementTagNameMap[K] {
  const element = document.createElement(tag)
  for (const [name, value] of Object.entries(attributes)) set(element, name, value)
  element.append(...children.filter((child): child is Node | string => child !== false && child !== null && child !== undefined))
  return element
}

export function button(words: string, click: () => void, attributes: Attributes = {}): HTMLButtonElement {
  return el("button", { type: "button", click, ...attributes }, words)
}

/** A label above its field; the field gets the id that joins them. */
export function field(words: string, id: string, control: HTMLElement, help?: string): HTMLElement {
  control.id = id
  if (help) control.setAttribute("aria-describedby", `${id}-help`)
  return el("div", { class: "field" }, el("label", { for: id }, words), help && el("p", { class: "help", id: `${id}-help` }, help), control)
}

/** Whether the keyboard is nowhere, as after the button that was pressed has gone: else somebody is at something, and stays there. */
export const isFree = (): boolean => document.activeElement === null || document.activeElement === document.body

/** Makes a part of the page anew: whoever was typing in one of its fields goes on where they were. */
export function keepPlace(root: HTMLElement, anew: () => void): void {
  const was = document.activeElement
  const [from, to] = was instanceof HTMLTextAreaElement ? [was.selectionStart, was.selectionEnd] : [0, 0]
  const kept = was?.id && root.contains(was) ? was.id : ""
  anew()
  const now = kept ? document.getElementById(kept) : null
  now?.focus({ preventScroll: true })
  if (now instanceof HTMLTextAreaElement) now.setSelectionRange(from, to)
}

/** Gives `parent` these children and no others. Those that stay are not taken off the page: the keyboard's place and a press under way would go too. */
export function arrange(parent: HTMLElement, children: HTMLElement[]): void {
  const kept = new Set<Element>(children)
  for (const child of [...parent.children]) if (!kept.has(child)) child.remove()
  children.forEach((child, at) => {
    if (parent.children[at] !== child) parent.insertBefore(child, parent.children[at] ?? null)
  })
}

/** What somebody wrote: shown as it is, apart in direction from what stands round it; the end of a very long one on demand. */
export function quoted(text: string): HTMLElement {
  const shown = inert(text)
  const start = clamped(shown)
  const body = el("div", { class: "quoted", dir: "auto" }, start ?? shown)
  if (start === null) return body
  const more = button(t.readAll(shown.length), () => {
    body.textContent = shown
    more.remove()
    body.tabIndex = -1
    body.focus()
  })
  return el("div", {}, body, more)
}

/** A short piece of a stranger's text inside a sentence of ours. */
export function isolated(text: string): HTMLElement {
  return el("bdi", {}, inert(text))
}

/** Empties every text and field below `root`, and takes it off the page: an element that something still holds is then empty too.
 *  Names that are only read aloud say as much as the text beside them. */
export function wipe(root: Element): void {
  for (const control of root.querySelectorAll<HTMLInputElement | HTMLTextAreaElement>("input, textarea")) {
    if (control.type !== "checkbox") control.value = ""
  }
  for (const named of root.querySelectorAll("[aria-label], [title]")) ["aria-label", "title"].forEach((name) => named.removeAttribute(name))
  for (const frame of root.querySelectorAll("iframe")) frame.remove()
  const texts = document.createTreeWalker(root, NodeFilter.SHOW_TEXT)
  while (texts.nextNode()) (texts.currentNode as Text).data = ""
  root.replaceChildren()
}
