// The founding ceremony, step by step. The keys live in this page until it is left; only what is sealed is sent.
import { ApiError, getJson, postJson } from "../api"
import { $, all, el, fill, press, show, told } from "../dom"
import { lockScreen } from "../lock"
import { inGroups } from "../officer"
import { qr } from "../qr"
import { readStatement, type Signed, type Statement } from "../../sealed/statement"
import { words } from "../strings"
import type { Keyring, Me } from "../unlock"
import { type BoxKeys, comesBack, type Founding, makeBox, monthsOn, seal } from "./ceremony"
import { sentence, Stop } from "./failure"

type Told = {
  box: string
  officer: string
  today: string
  above: { box: string; title: string; statement: Signed | null } | null
}
type Sheet = "a" | "b"
type Paper = "sheets" | "record" | ""

let keyring: Keyring | null = null
let keys: BoxKeys | null = null
let above: Statement | null = null

const value = (id: string): string => $<HTMLInputElement>(id).value.trim()
const localDate = (iso: string): string => iso.split("-").reverse().join("/")

/** Which of the two papers the browser prints, whatever starts the printing. */
function paper(which: Paper): void {
  document.body.dataset.print = which
}

function go(step: number): void {
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

function drawSheet(sheet: Sheet, made: BoxKeys): void {
  const place = $(`sheet-${sheet}`)
  const secret = made[sheet].identity
  const [prefix, rest] = [secret.slice(0, 16), secret.slice(16)]
  const groups = inGroups(rest).map((group) => el("span", {}, group))
  all(".sheet-key", place)[0].replaceChildren(el("span", { className: "prefix" }, prefix), ...groups)
  all(".sheet-qr", place)[0].replaceChildren(qr(secret, place.dataset.label ?? ""))
  fill({ [`keeper-${sheet}`]: value(`keeper-${sheet}`), root: inGroups(made.root.fingerprint).join(" ") })
}

function checkNames(): void {
  const [a, b] = [value("keeper-a"), value("keeper-b")]
  if (!a || !b) throw new Stop(words.found.names)
  if (a.toLowerCase() === b.toLowerCase()) throw new Stop(words.found.same)
}

async function prepare(): Promise<void> {
  checkNames()
  if (!keyring) throw new Stop(words.found.locked)
  keys ??= await makeBox()
  drawSheet("a", keys)
  drawSheet("b", keys)
  paper("sheets")
  go(2)
}

async function typedBack(): Promise<void> {
  if (!keys) throw new Stop(words.failed)
  for (const sheet of ["a", "b"] as const) {
    const typed = value(`tail-${sheet}`).toUpperCase().replace(/[^A-Z0-9]/g, "")
    if (typed !== keys[sheet].identity.slice(-6)) throw new Stop(words.found.tail(sheet.toUpperCase()))
  }
  paper("")
  go(4)
}

async function store(box: Told): Promise<void> {
  if (!keys || !keyring) throw new Stop(words.found.locked)
  if (above && !$<HTMLInputElement>("compared").checked) throw new Stop(words.found.above)
  const until = monthsOn(box.today, Number(value("months")))
  const forward = all<HTMLInputElement>("input[name=forward]:checked").map((tick): [string, string] => [tick.value, above?.root ?? ""])
  const officer = { username: box.officer, recipient: keyring.recipient }
  const founding = await seal(keys, { box: box.box, officer, today: box.today, until, forward, above: above?.recipient ?? null })
  if (!(await comesBack(keys, founding))) throw new Stop(words.found.check)
  await post(box, founding)
  fill({ until: localDate(until), root: inGroups(keys.root.fingerprint).join(" "), short: inGroups(keys.root.fingerprint.slice(0, 12)).join(" ") })
  forget()
  paper("record")
  go(5)
}

/** A second press after a dropped line finds the box founded: that is right if it was with this root. */
async function post(box: Told, founding: Founding): Promise<void> {
  try {
    await postJson(`/keys/api/boxes/${box.box}/ceremony`, founding)
  } catch (error) {
    if (!(error instanceof ApiError) || error.code !== "founded") throw error
    const { grants } = await getJson<Me>("/keys/api/me")
    if (grants.find((grant) => grant.box === box.box)?.statement?.root !== founding.signed.root) throw error
  }
}

/** Takes every secret off the page. Names and fingerprints stay, for the record. */
function forget(): void {
  keys = null
  for (const place of all(".sheet-key, .sheet-qr")) place.replaceChildren()
  for (const id of ["tail-a", "tail-b"]) $<HTMLInputElement>(id).value = ""
}

/** Shows the root of the level above, or says why there is none to seal to. */
async function readAbove(box: Told): Promise<void> {
  if (!box.above) return
  try {
    if (!box.above.statement) throw new Error("no statement")
    above = await readStatement(box.above.statement, { box: box.above.box, pinned: null, today: new Date() })
    fill({ above: inGroups(above.root).join(" ") })
  } catch {
    show($("above-bad"))
    $<HTMLButtonElement>("prepare").disabled = true
  }
}

function step(form: string, button: string, run: () => Promise<void>): void {
  $(form).onsubmit = (event) => {
    event.preventDefault()
    void press($<HTMLButtonElement>(button), all(".error", $(form)).at(-1) as HTMLElement, run, sentence)
  }
}

function fillMonths(): void {
  const list = $<HTMLSelectElement>("months")
  for (const months of [6, 9, 12, 13]) list.append(new Option(words.found.months(months), String(months), months === 12, months === 12))
}

export function foundPage(): void {
  if (!document.getElementById("ceremony")) return
  const box = told<Told>("told")
  fillMonths()
  void readAbove(box)
  const place = $("lock")
  lockScreen(place, {
    why: place.dataset.why,
    onUnlock: (ring) => {
      keyring = ring
    },
    onLock: () => {
      keyring = null
      // Idle in the middle of a ceremony: the sheets may lie open on the screen.
      if (!keys) return
      forget()
      paper("")
      go(1)
    },
  })
  step("step-1", "prepare", prepare)
  step("step-3", "typed", typedBack)
  step("step-4", "store", () => store(box))
  $("print").onclick = () => window.print()
  $("printed").onclick = () => go(3)
  $("look-again").onclick = () => go(2)
  $("print-record").onclick = () => window.print()
  window.addEventListener("pagehide", () => forget())
  window.addEventListener("beforeunload", (event) => {
    if (keys) event.preventDefault()
  })
}
