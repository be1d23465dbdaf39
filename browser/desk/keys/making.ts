// The steps that every ceremony with new sheets takes: two keepers named, both sheets on the screen and on paper, typed back.
// The keys live in this page until it is left; only what is sealed is sent.
import { $, all, el, fill, press, show } from "../dom"
import { lockScreen } from "../lock"
import { inGroups } from "../officer"
import { qr } from "../qr"
import { readStatement, type Signed, type Statement } from "../../sealed/statement"
import { words } from "../strings"
import type { Keyring } from "../unlock"
import type { BoxKeys } from "./ceremony"
import { sentence, Stop } from "./failure"

export type Above = { box: string; title: string; statement: Signed | null } | null
type Sheet = "a" | "b"
type Paper = "sheets" | "record" | ""

export const value = (id: string): string => $<HTMLInputElement>(id).value.trim()
export const localDate = (iso: string): string => iso.split("-").reverse().join("/")

/** Which of the two papers the browser prints, whatever starts the printing. */
export function paper(which: Paper): void {
  document.body.dataset.print = which
}

export function go(step: number): void {
  for (const part of all("[data-step]")) show(part, part.dataset.step === String(step))
  for (const mark of all("[data-mark]")) {
    const number = Number(mark.dataset.mark)
    mark.classList.toggle("past", number < step)
    if (number === step) mark.setAttribute("aria-current", "step")
    else mark.removeAttribute("aria-current")
  }
  all(`[data-step="${step}"] h2`)[0]?.focus()
  window.scrollTo(0, 0)
}

export function step(form: string, button: string, run: () => Promise<void>): void {
  $(form).onsubmit = (event) => {
    event.preventDefault()
    void press($<HTMLButtonElement>(button), all(".error", $(form)).at(-1) as HTMLElement, run, sentence)
  }
}

function checkNames(): void {
  const [a, b] = [value("keeper-a"), value("keeper-b")]
  if (!a || !b) throw new Stop(words.found.names)
  if (a.toLowerCase() === b.toLowerCase()) throw new Stop(words.found.same)
}

function drawSheet(sheet: Sheet, made: BoxKeys): void {
  const place = $(`sheet-${sheet}`)
  const secret = made[sheet].identity
  const [prefix, rest] = [secret.slice(0, 16), secret.slice(16)]
  const groups = inGroups(rest).map((group) => el("span", {}, group))
  all(".sheet-key", place)[0].replaceChildren(el("span", { className: "prefix" }, prefix), ...groups)
  all(".sheet-qr", place)[0].replaceChildren(qr(secret, place.dataset.label ?? ""))
  fill({ [`keeper-${sheet}`]: value(`keeper-${sheet}`), root: inGroups(made.root.fingerprint).join(" ") })
}

/** What one run of a ceremony holds. */
export class Making {
  keys: BoxKeys | null = null
  keyring: Keyring | null = null

  /** `make` gives the keys, once; `store` sends what was made of them. */
  constructor(make: (keyring: Keyring) => Promise<BoxKeys>, store: () => Promise<void>) {
    const place = $("lock")
    lockScreen(place, {
      why: place.dataset.why,
      onUnlock: (ring) => {
        this.keyring = ring
      },
      onLock: () => this.idle(),
    })
    step("step-1", "prepare", () => this.prepare(make))
    step("step-3", "typed", () => this.typedBack())
    step("step-4", "store", store)
    $("print").onclick = () => window.print()
    $("printed").onclick = () => go(3)
    $("look-again").onclick = () => go(2)
    $("print-record").onclick = () => window.print()
    window.addEventListener("pagehide", () => this.forget())
    window.addEventListener("beforeunload", (event) => {
      if (this.keys) event.preventDefault()
    })
  }

  /** What is needed to store. Throws Stop. */
  ready(): { keys: BoxKeys; keyring: Keyring } {
    const { keys, keyring } = this
    if (!keys || !keyring) throw new Stop(words.found.locked)
    return { keys, keyring }
  }

  /** Idle in the middle of a ceremony: the sheets may lie open on the screen. */
  private idle(): void {
    this.keyring = null
    if (!this.keys) return
    this.forget()
    paper("")
    go(1)
  }

  private async prepare(make: (keyring: Keyring) => Promise<BoxKeys>): Promise<void> {
    checkNames()
    if (!this.keyring) throw new Stop(words.found.locked)
    this.keys ??= await make(this.keyring)
    drawSheet("a", this.keys)
    drawSheet("b", this.keys)
    paper("sheets")
    go(2)
  }

  private async typedBack(): Promise<void> {
    if (!this.keys) throw new Stop(words.failed)
    for (const sheet of ["a", "b"] as const) {
      const typed = value(`tail-${sheet}`).toUpperCase().replace(/[^A-Z0-9]/g, "")
      if (typed !== this.keys[sheet].identity.slice(-6)) throw new Stop(words.found.tail(sheet.toUpperCase()))
    }
    paper("")
    go(4)
  }

  /** All is stored: what the record says is filled in, and the secrets go. */
  done({ root }: BoxKeys, until: string): void {
    fill({ until: localDate(until), root: inGroups(root.fingerprint).join(" "), short: inGroups(root.fingerprint.slice(0, 12)).join(" ") })
    this.forget()
    paper("record")
    go(5)
  }

  /** Takes every secret off the page. Names and fingerprints stay, for the record. */
  private forget(): void {
    this.keys = null
    for (const place of all(".sheet-key, .sheet-qr")) place.replaceChildren()
    for (const id of ["tail-a", "tail-b"]) $<HTMLInputElement>(id).value = ""
  }
}

/** The statement of the level above, whose root is shown to be compared; null where there is none, or none that can be sealed to. */
export async function readAbove(above: Above): Promise<Statement | null> {
  if (!above) return null
  try {
    if (!above.statement) throw new Error("no statement")
    const statement = await readStatement(above.statement, { box: above.box, pinned: null, today: new Date() })
    fill({ above: inGroups(statement.root).join(" ") })
    return statement
  } catch {
    show($("above-bad"))
    $<HTMLButtonElement>("prepare").disabled = true
    return null
  }
}

export function fillMonths(): void {
  const list = $<HTMLSelectElement>("months")
  for (const months of [6, 9, 12, 13]) list.append(new Option(words.found.months(months), String(months), months === 12, months === 12))
}
