// One plain sentence about the report and the public log, with a sign beside it; where something is wrong, what to do, and the file to take along.
import { t } from "strings/proof"

import { button, el, fill } from "../phone/dom"
import { put } from "../phone/words"
import type { Pinned, ProofFile } from "../ledger/proof"
import { type Asked, judgeThread, type Standing } from "../ledger/standing"

const SVG = "http://www.w3.org/2000/svg"
const SIGNS = {
  good: ["M4 12l5 6L20 6", "var(--green)"],
  wait: ["M12 7v5l4 2M12 3a9 9 0 1 0 0 18a9 9 0 1 0 0-18", "var(--bronze)"],
  note: ["M12 11v6M12 7.5v.1M12 3a9 9 0 1 0 0 18a9 9 0 1 0 0-18", "var(--bronze)"],
  bad: ["M12 3l10 18H2zM12 10v5M12 18v.1", "currentColor"],
} as const
export type Sign = keyof typeof SIGNS

function sign(name: Sign): SVGElement {
  const [path, color] = SIGNS[name]
  const svg = document.createElementNS(SVG, "svg")
  const line = document.createElementNS(SVG, "path")
  const put = (element: Element, values: Record<string, string>): void => Object.entries(values).forEach(([key, value]) => element.setAttribute(key, value))
  put(svg, { width: "24", height: "24", viewBox: "0 0 24 24", fill: "none", stroke: "currentColor", "stroke-width": "2.5", "aria-hidden": "true" })
  put(line, { d: path, "stroke-linecap": "round", "stroke-linejoin": "round" })
  svg.style.color = color
  svg.append(line)
  return svg
}

/** A sentence with its sign; a bad one is read out at once. */
export function told(name: Sign, ...sentences: string[]): HTMLElement {
  const text = el("div", {}, ...sentences.map((sentence) => el("div", {}, sentence)))
  const box = el("div", { className: name === "bad" ? "bad" : "lock" })
  const shown = sign(name)
  // The page's style knows a sign beside text within `.lock` alone.
  if (name === "bad") Object.assign(box.style, { display: "flex" })
  if (name === "bad") Object.assign(shown.style, { flex: "none", margin: "1px 12px 0 0" })
  box.append(shown, text)
  box.setAttribute("role", name === "bad" ? "alert" : "status")
  box.dataset.sign = name
  return box
}

export const day = (moment: number): string => new Date(moment).toLocaleDateString(document.documentElement.lang, { timeZone: "Asia/Ho_Chi_Minh" })

/** Asks once more before anything is left on the phone. */
export function saving(file: ProofFile): HTMLElement {
  const box = el("div", { id: "proof-file" })
  const offer = (): void => fill(box, button(t.save, warn, { id: "proof-save" }))
  const warn = (): void => {
    const link = el("a", { className: "btn", id: "proof-sure", download: "keng-proof.json", onclick: () => setTimeout(offer, 500) }, t.saveSure)
    link.href = URL.createObjectURL(new Blob([JSON.stringify(file, null, 1)], { type: "application/json" }))
    fill(box, el("p", { className: "warn" }, file.index === null ? t.saveDated : t.saveWarning), el("div", { className: "row" }, link, button(t.cancel, offer)))
    link.focus()
  }
  offer()
  return box
}

/** What to do where somebody may have taken the report away; `dated`: where the phone's own date may be to blame. */
export function whatToDo(file: ProofFile, dated = false): HTMLElement {
  const steps = [...(dated ? [put(t.doDate, { day: day(Date.now()) })] : []), t.doKeep, t.doSave, t.doCall]
  return el("div", { className: "warn", id: "proof-do" }, el("b", {}, t.doTitle), el("ol", {}, ...steps.map((step) => el("li", {}, step))), saving(file))
}

const names = (witnesses: string[]): string => witnesses.join(", ")

function said(standing: Standing): [Sign, string] {
  switch (standing.kind) {
    case "proven":
      return ["good", put(t.proven, { day: day(standing.time * 1000), witness: names(standing.witnesses) })]
    case "alone":
      return ["note", t.alone]
    case "waiting":
      return ["wait", put(standing.listed ? t.listed : t.waiting, { day: day(standing.until) })]
    case "clock":
      return ["note", t.clock]
    case "missing":
      return ["bad", isNaN(standing.sent) ? t.undated : put(t.missing, { day: day(standing.sent) })]
    case "unseen":
      return ["bad", t.unseen]
    default:
      return ["bad", put(t.bad, { reason: t.faults[standing.fault] })]
  }
}

/** Fills `place` with how the report stands with the public log. */
export async function proving(place: HTMLElement, asked: Omit<Asked, "pinned" | "now">, pinned: Pinned): Promise<void> {
  const { standing, file } = await judgeThread({ ...asked, pinned, now: Date.now() })
  const [name, sentence] = said(standing)
  const mayKeep = ["proven", "alone", "unseen"].includes(standing.kind)
  fill(place, told(name, sentence), name === "bad" ? whatToDo(file, standing.kind !== "bad") : mayKeep && saving(file))
  place.dataset.standing = standing.kind
}
