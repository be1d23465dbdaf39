// Quantities as people write and read them. The server takes and gives plain decimals: "0.35".
import { lang } from "./strings"
import type { OutcomeLine } from "./types"
import { w } from "./words/outcomes"

const shown = new Intl.NumberFormat(lang === "en" ? "en" : "vi", { maximumFractionDigits: 3 })
const [GROUP, POINT] = lang === "en" ? [",", "."] : [".", ","]
const GROUPED = new RegExp(`^\\d{1,3}(?:\\${GROUP}\\d{3})+(?:\\${POINT}\\d+)?$`)

/** "1.500.000" and "0,35" (in English "1,500,000" and "0.35") as a plain decimal; "" for what is no number. */
export function readNumber(typed: string): string {
  const text = typed.replace(/[\s\u00a0]/g, "")
  const plain = GROUPED.test(text) ? text.replaceAll(GROUP, "").replace(POINT, ".") : text.replace(",", ".")
  return /^\d{1,12}(\.\d{1,9})?$/.test(plain) ? plain : ""
}

export const writeNumber = (plain: string): string => shown.format(Number(plain))

/** "2 người" */
export const amount = (quantity: string, unit: string): string => `${writeNumber(quantity)} ${w.units[unit]?.(Number(quantity)) ?? unit}`

/** "Bắt giữ", or the exhibit's own name. */
export const nameOf = ({ kind, exhibit }: { kind: string; exhibit: string }): string => (exhibit && w.exhibits[exhibit]) || w.kinds[kind] || kind

/** "bị bắt giữ", "heroin": what follows an amount. */
export const tailOf = (line: { kind: string; exhibit: string }): string => w.tails[line.kind] ?? nameOf(line).toLocaleLowerCase()

/** "2 người bị bắt giữ" */
export const inWords = (line: Pick<OutcomeLine, "kind" | "exhibit" | "quantity" | "unit">): string => `${amount(line.quantity, line.unit)} ${tailOf(line)}`
