// Keys for the queue of dossiers: j and k or the arrows move, Enter opens, x chooses, a accepts what is chosen, ? says so.
// Without this script everything is a link, a box to tick or a button.

export {} // a module of its own: nothing here is global

type Words = { keys: string }

const WORDS: Record<"vi" | "en", Words> = {
  vi: { keys: "Phím: j, k hoặc mũi tên để đi; Enter mở; x chọn; a tiếp nhận hồ sơ đã chọn." },
  en: { keys: "Keys: j, k or the arrows move; Enter opens; x chooses; a accepts what is chosen." },
}
const words = WORDS[document.documentElement.lang === "en" ? "en" : "vi"]
const rows = [...document.querySelectorAll<HTMLTableRowElement>("[data-row]")]
let here = -1

function link(row: HTMLElement): HTMLAnchorElement | null {
  return row.querySelector("a.code")
}

function move(to: number): void {
  if (!rows.length) return
  rows[here]?.classList.remove("here")
  here = Math.max(0, Math.min(rows.length - 1, to))
  const row = rows[here]!
  row.classList.add("here")
  link(row)?.focus()
  row.scrollIntoView({ block: "nearest" })
}

function choose(): void {
  rows[here]?.querySelector<HTMLInputElement>("input[type=checkbox]")?.click()
}

function accept(): void {
  if (document.querySelector("[data-queue] input[name=dossier]:checked")) document.querySelector<HTMLButtonElement>("[data-accept]")?.click()
}

// How many are chosen, on the button itself: what is about to be done is told before it is.
function count(): void {
  const chosen = document.querySelectorAll("[data-queue] input[name=dossier]:checked").length
  const said = document.querySelector("[data-chosen]")
  if (said) said.textContent = chosen ? ` (${chosen})` : ""
}

function help(): void {
  const line = document.querySelector<HTMLElement>("[data-keys]")
  if (!line) return
  line.textContent = words.keys
  line.hidden = !line.hidden
  button?.setAttribute("aria-expanded", String(!line.hidden))
}

// Told where there are keys to press: the style hides it on a phone.
const button = document.querySelector<HTMLButtonElement>("[data-help]")
if (button) button.hidden = false
button?.addEventListener("click", help)

const DEEDS: Record<string, () => void> = {
  j: () => move(here + 1),
  ArrowDown: () => move(here + 1),
  k: () => move(here - 1),
  ArrowUp: () => move(here - 1),
  x: choose,
  a: accept,
  "?": help,
}

// A dossier's page has this script for the way back alone.
const back = document.querySelector<HTMLAnchorElement>("[data-list]")

document.addEventListener("keydown", (event) => {
  if (back) return
  const at = event.target as HTMLElement
  const typing = at.closest("input:not([type=checkbox]), select, textarea")
  if (typing || event.ctrlKey || event.altKey || event.metaKey) return
  const deed = DEEDS[event.key]
  if (!deed) return
  event.preventDefault()
  deed()
})

document.querySelector("[data-queue]")?.addEventListener("change", count)
window.addEventListener("pageshow", count) // back by the browser's button, the boxes are as they were left

// A dossier's page leads back to the list that it was opened from, filters and all: they stand in the list's address.
const LIST = "keng.dossiers"
if (back) back.search = sessionStorage.getItem(LIST) ?? ""
else sessionStorage.setItem(LIST, location.search)

// Reached by Tab or a click, a row is the one that the keys go on from.
rows.forEach((row, at) =>
  row.addEventListener("focusin", () => {
    if (at === here) return
    rows[here]?.classList.remove("here")
    here = at
    row.classList.add("here")
  }),
)
