// The page of the public log: a proof file is chosen, read and checked here, and goes nowhere (the page's policy allows no connection at all).
import { fallBackOn, type Library } from "./ed25519"
import { checkProof, type Pinned, type Verdict } from "./proof"
import { words } from "./words"

const MOST = 256 * 1024 // bytes
const SIGNS = {
  proven: "M4 12.5 9.5 18 20 6.5",
  waiting: "M12 3a9 9 0 1 0 .1 0M12 7.5V12l3 2",
  bad: "M12 3 2 21h20zM12 10v5M12 18h.1",
} as const
type Pins = Pinned & { library: [src: string, integrity: string] }

const $ = (id: string): HTMLElement => document.getElementById(id) as HTMLElement
const pins = JSON.parse($("pins").textContent ?? "") as Pins
const put = (sentence: string, values: Record<string, string | number>): string => sentence.replace(/\{(\w+)\}/g, (_, name: string) => String(values[name]))
const line = ({ index, size, tag }: { index: number; size: number; tag: string }): string => put(words.line, { index, size, tag })
const day = (seconds: number): string => new Date(seconds * 1000).toLocaleDateString(document.documentElement.lang, { timeZone: "Asia/Ho_Chi_Minh" })

function sign(name: keyof typeof SIGNS): SVGElement {
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg")
  const path = document.createElementNS("http://www.w3.org/2000/svg", "path")
  Object.entries({ class: "i", width: "34", height: "34", viewBox: "0 0 24 24", "aria-hidden": "true" }).forEach(([key, value]) => svg.setAttribute(key, value))
  path.setAttribute("d", SIGNS[name])
  svg.append(path)
  return svg
}

function say(kind: keyof typeof SIGNS, first: string, ...more: string[]): void {
  const [box, text, strong] = [document.createElement("div"), document.createElement("div"), document.createElement("b")]
  box.className = `state ${kind}`
  strong.textContent = first
  text.append(strong, ...more.map((sentence) => Object.assign(document.createElement("span"), { textContent: sentence })))
  box.append(sign(kind), text)
  $("verdict").textContent = ""
  $("verdict").append(box)
}

/** Only where the browser has no Ed25519 of its own. */
const library = (): Promise<Library> =>
  new Promise((resolve, reject) => {
    const script = Object.assign(document.createElement("script"), { src: pins.library[0], integrity: pins.library[1] })
    script.onload = () => resolve((window as unknown as { KENG_ED25519: Library }).KENG_ED25519)
    script.onerror = () => reject(new Error("no library"))
    document.body.append(script)
  })

function tell(verdict: Verdict): void {
  switch (verdict.kind) {
    case "bad":
      return say("bad", words.bad, put(words.badWhat, { fault: words.faults[verdict.fault] }))
    case "absent": {
      const sent = verdict.sent && /^\d{4}-\d\d-\d\d$/.test(verdict.sent) ? [put(words.absentSent, { day: day(Date.parse(verdict.sent) / 1000) })] : []
      return say("bad", words.absent, ...sent, put(words.absentWhy, { tag: verdict.tag }))
    }
    case "proven":
      return say("proven", words.proven, put(words.provenBy, { who: verdict.witnesses.join(", "), day: day(verdict.time) }), line(verdict))
    default:
      return say("waiting", words[verdict.kind], verdict.kind === "alone" ? words.aloneWhy : words.unseenWhy, line(verdict))
  }
}

/** Reads the file and gives what is to be said of it. */
async function judge(file: File): Promise<() => void> {
  let said: unknown
  try {
    said = JSON.parse(await file.text())
  } catch {
    return () => say("bad", words.noFile)
  }
  if ((said as { type?: unknown } | null)?.type !== "keng-proof") return () => say("bad", words.noFile)
  try {
    const verdict = await checkProof(said, pins)
    return () => tell(verdict)
  } catch {
    return () => say("bad", words.noCheck)
  }
}

let asked = 0

async function check(file: File): Promise<void> {
  const turn = ++asked
  if (file.size > MOST) return say("bad", words.tooLarge)
  say("waiting", words.reading)
  const judged = await judge(file)
  // What is said here is of the file chosen last.
  if (turn === asked) judged()
}

fallBackOn(library)
const input = $("file") as HTMLInputElement
input.onchange = () => {
  const file = input.files?.[0]
  input.value = "" // so that the same file, mended, can be chosen again
  if (file) void check(file)
}
$("check").hidden = false
$("instead").hidden = true
