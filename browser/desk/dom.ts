// The few moves that the keys' pages make on the document. Text goes in as text, never as markup.

type Child = Node | string

export function $<T extends HTMLElement = HTMLElement>(id: string): T {
  const found = document.getElementById(id)
  if (!found) throw new Error(`the page has no #${id}`)
  return found as T
}

export function all<T extends HTMLElement = HTMLElement>(selector: string, within: ParentNode = document): T[] {
  return [...within.querySelectorAll<T>(selector)]
}

export function el<K extends keyof HTMLElementTagNameMap>(
  tag: K,
  properties: Partial<HTMLElementTagNameMap[K]> = {},
  ...children: Child[]
): HTMLElementTagNameMap[K] {
  const made = Object.assign(document.createElement(tag), properties)
  made.append(...children)
  return made
}

export function show(element: HTMLElement, on = true): void {
  element.hidden = !on
}

/** Fills every `[data-fill=name]` with text; null empties it. */
export function fill(values: Record<string, string | null>, within: ParentNode = document): void {
  for (const [name, value] of Object.entries(values)) {
    for (const place of all(`[data-fill="${name}"]`, within)) place.textContent = value
  }
}

/** The sentence beside a field or step: red, and read out. An empty one hides it. */
export function tell(place: HTMLElement, sentence: string): void {
  place.textContent = sentence
  place.hidden = sentence === ""
}

/** A JSON block that the page carries. */
export function told<T>(id: string): T {
  return JSON.parse($(id).textContent ?? "null") as T
}

/** Runs a slow step with its button held down, and puts what went wrong beside it. */
export async function press(button: HTMLButtonElement, error: HTMLElement, step: () => Promise<void>, say: (e: unknown) => string): Promise<void> {
  tell(error, "")
  button.disabled = true
  try {
    await step()
  } catch (failure) {
    tell(error, say(failure))
  } finally {
    button.disabled = false
  }
}
