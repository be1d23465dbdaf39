// A quantity with its stepper and unit, as both counting and correcting ask for it.
import { button, el, field } from "./dom"
import { amount, readNumber, writeNumber } from "./outcomes-number"
import type { OutcomeTables } from "./types"
import { w } from "./words/outcomes"

/** Weighed things and money are typed; what is counted by ones can be stepped. */
const STEPPED = ["case", "person", "piece", "round", "animal"]

export type Amount = {
  element: HTMLElement
  input: HTMLInputElement
  /** plain decimal, or "" */
  quantity: () => string
  unit: () => string
  /** "2 người", or "" while there is no number */
  said: () => string
  /** what is wrong with it, or "" */
  wrong: (mayBeZero?: boolean) => string
}

export type AmountOptions = {
  id: string
  /** units with the most of each */
  units: Record<string, number>
  tables: OutcomeTables
  quantity: string
  unit: string
  onChange: () => void
}

export function amountField({ id, units, tables, quantity, unit, onChange }: AmountOptions): Amount {
  const names = Object.keys(units)
  const input = el("input", { type: "text", inputmode: "decimal", autocomplete: "off", maxlength: 20 })
  input.value = quantity && writeNumber(quantity)
  const choice = el("select", { id: `${id}-unit`, "aria-label": w.unit }, ...names.map((name) => el("option", { value: name, selected: name === unit }, w.units[name](2))))
  const step = (by: number): void => {
    input.value = writeNumber(String(Math.max(1, Math.round(Number(read() || "0")) + by)))
    changed()
  }
  const less = button("−", () => step(-1), { class: "step", "aria-label": w.less })
  const more = button("+", () => step(1), { class: "step", "aria-label": w.more })
  const read = (): string => readNumber(input.value)
  const changed = (): void => {
    less.hidden = more.hidden = !STEPPED.includes(choice.value)
    less.disabled = Number(read()) <= 1
    onChange()
  }
  input.addEventListener("input", changed)
  choice.addEventListener("change", changed)
  less.hidden = more.hidden = !STEPPED.includes(choice.value)
  less.disabled = Number(read()) <= 1
  const only = names.length === 1
  const row = el("div", { class: "amount" }, less, input, more, only ? el("span", { class: "unit" }, w.units[names[0]](2)) : choice)
  const box = field(w.quantity, id, input)
  input.replaceWith(row)
  row.insertBefore(input, more)
  return {
    element: box,
    input,
    quantity: read,
    unit: () => choice.value,
    said: () => (Number(read()) > 0 ? amount(read(), choice.value) : ""),
    wrong: (mayBeZero = false) => {
      const number = Number(read())
      if (read() === "" || (number === 0 && !mayBeZero)) return w.notNumber
      if (tables.whole.includes(choice.value) && !Number.isInteger(number)) return w.notWhole
      return number > units[choice.value] ? w.tooMuch : ""
    },
  }
}
