// A form's page at once: what an answer asks for besides, a row more, a row less. Without this script the same buttons ask the server.
const all = <T extends Element>(from: ParentNode, what: string) => Array.from(from.querySelectorAll<T>(what))

const fieldsetOf = (button: Element) => button.closest<HTMLFieldSetElement>("[data-rows]")

function answered(name: string): string[] {
  const inputs = all<HTMLInputElement>(document, `.form-page [name="${name}"]`)
  return inputs.filter((input) => input.checked).map((input) => input.value)
}

/** Shows a field when what it hangs on is answered so, and that itself is shown; fields stand after those that they hang on. */
function showWhatIsAsked(): void {
  for (const field of all<HTMLElement>(document, ".form-page [data-when]")) {
    const name = field.dataset.when ?? ""
    const decider = document.querySelector(`.form-page [name="${name}"]`)
    if (!decider) continue
    const wanted: string[] = JSON.parse(field.dataset.is ?? "[]")
    field.hidden = !!decider.closest("[hidden]") || !answered(name).some((one) => wanted.includes(one))
  }
}

function count(rows: HTMLFieldSetElement): void {
  const there = all<HTMLElement>(rows, "[data-row]")
  there.forEach((row, at) => all(row, "[data-number]").forEach((place) => (place.textContent = `${at + 1}`)))
  const add = rows.querySelector<HTMLButtonElement>('[name="_add"]')
  if (add) add.disabled = there.length >= Number(rows.dataset.most)
}

function addRow(rows: HTMLFieldSetElement): void {
  const there = all<HTMLElement>(rows, "[data-row]")
  const next = Math.max(-1, ...there.map((row) => Number(row.dataset.row))) + 1
  const template = rows.querySelector("template")
  if (!template) return
  template.insertAdjacentHTML("beforebegin", template.innerHTML.replace(/__row__/g, `${next}`))
  count(rows)
  showWhatIsAsked()
  rows.querySelector<HTMLElement>(`[data-row="${next}"] input:not([type=hidden])`)?.focus()
}

function dropRow(rows: HTMLFieldSetElement, button: Element): void {
  button.closest("[data-row]")?.remove()
  count(rows)
  rows.focus()
}

document.addEventListener("change", showWhatIsAsked)
document.addEventListener("click", (event) => {
  const button = (event.target as Element).closest?.<HTMLButtonElement>("button.add, button.drop")
  const rows = button && fieldsetOf(button)
  if (!button || !rows) return
  event.preventDefault()
  if (button.classList.contains("add")) addRow(rows)
  else dropRow(rows, button)
  rows.dispatchEvent(new Event("change", { bubbles: true }))
})
for (const page of all<HTMLElement>(document, ".form-page")) page.classList.add("live")
showWhatIsAsked()
document.querySelector<HTMLElement>(".form-page .wrong-sum")?.focus()
