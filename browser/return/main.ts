// The return page: a receipt shows its report's state and answers, and lets its holder write again or delete. Keeps nothing.
import { t as words } from "strings/phone"
import { t } from "strings/return"

import { $, button, el, fill, forgetOnLeaving, goTo, quiet, show, tell } from "../phone/dom"
import { deliver, type Trusted } from "../phone/outbox"
import { Tray } from "../phone/tray"
import { kilobytes, overlay, put, type Words } from "../phone/words"
import { inWorker, seal, serve } from "../phone/worker"
import { thisHour, utf8 } from "../sealed/bytes"
import type { Kind, PartJson } from "../sealed/part"
import type { Pin } from "../sealed/pin"
import { deriveKeys, readReceipt, ReceiptError, type ReceiptKeys } from "../sealed/receipt"
import { SendError } from "../sealed/send"
import type { Entry } from "../sealed/tar"
import { fetchProof, withProof } from "./proof"
import { type Answer, decide, deleteThread, fetchThread, isWhole, NotFound, openAnswers, readPin, type ThreadData } from "./thread"

const STEPS = ["received", "opened", "verifying", "result"] as const
const STEP_OF: Record<string, number> = { received: 0, opened: 1, verifying: 2, forwarded: 2, acted_on: 3, adopted: 3, answered: 3, partly: 3, unfounded: 3, not_enough: 3, closed: 3 }

const lang = (): string => document.documentElement.lang
const day = (iso: string): string => new Date(iso).toLocaleDateString(lang(), { timeZone: "Asia/Ho_Chi_Minh" })

function stateLine(data: ThreadData): HTMLElement {
  const at = STEP_OF[data.state] ?? 0
  const said = t.kinds[data.kind] ?? t.states
  const names = data.kind === "democracy" ? { ...t.steps, verifying: t.considered } : t.steps
  const steps = STEPS.map((step, i) => {
    const item = el("li", { className: i < at ? "past" : "" }, names[step])
    if (i === at) item.setAttribute("aria-current", "step")
    return item
  })
  return el("div", {}, el("ol", { className: "steps" }, ...steps), el("p", { id: "state" }, said[data.state] ?? "", " ", put(t.holder, { title: data.box.title })))
}

function answerCard({ json, text, foreign }: Answer, data: ThreadData): HTMLElement {
  if (foreign) return el("div", { className: "warn foreign" }, el("b", {}, t.foreign), el("p", {}, text))
  const said = json?.kind === "forward" ? put(t.forwardedTo, { title: json.to === data.box.slug ? data.box.title : (json.to ?? "") }) : text
  return el("div", { className: "card" }, el("small", {}, put(t.answered, { day: json ? day(json.hour + ":00:00Z") : "" })), el("p", {}, said))
}

function answersList(answers: Answer[], data: ThreadData): HTMLElement {
  const own = answers.filter((answer) => !answer.foreign)
  const foreign = answers.filter((answer) => answer.foreign)
  const cards = [...own, ...foreign].map((answer) => answerCard(answer, data))
  return el("div", { id: "answers" }, el("h2", {}, t.answers), ...(cards.length ? cards : [el("p", {}, t.noAnswers)]))
}

/** `#text`, `#photo`, `#voice`, `#send` as on the first page. */
function writing(): HTMLElement {
  const photo = el("input", { type: "file", id: "photo", accept: "image/*", multiple: true })
  const recorder = el("input", { type: "file", id: "voice-file", accept: "audio/*" })
  recorder.setAttribute("capture", "")
  const said = el("p", { id: "media-say", className: "s" })
  const sent = el("p", { id: "sent", className: "s" })
  said.setAttribute("role", "status")
  sent.setAttribute("role", "status")
  return el(
    "div",
    { id: "writing" },
    el("h2", {}, t.writeAgain),
    el("label", { htmlFor: "text" }, t.text),
    quiet(el("textarea", { id: "text", maxLength: 20_000 })),
    el("div", { className: "row" }, el("label", { className: "btn" }, t.addPhoto, photo), button(words.speak, () => undefined, { id: "voice", disabled: true })),
    said,
    el("ul", { className: "m", id: "media" }),
    el("p", { className: "s" }, t.voiceKnown),
    el("label", { className: "btn" }, t.recorder, recorder),
    el("button", { type: "button", className: "send", id: "send" }, t.send),
    sent,
  )
}

type Session = { keys: ReceiptKeys; data: ThreadData; pin: Pin | null; trusted: Trusted | null }

/** Seals and sends one part after another; each takes the next free index. */
async function sendParts({ keys, data, pin }: Session, trusted: Trusted, parts: [Kind, Entry][]): Promise<void> {
  const digests = [...data.sent]
  const first = pin && pin.box !== trusted.box ? pin : { ...trusted, hour: pin?.hour }
  for (const [i, [kind, body]] of parts.entries()) {
    const index = data.next + i
    const json: PartJson = { v: 1, box: trusted.box, from: "reporter", index, kind, hour: thisHour() }
    const sealed = await seal({ json, body, secret: keys.secret, thread: keys.thread, recipients: [trusted.recipient] })
    const size = sealed.bytes.length
    await deliver(keys, trusted, index, digests, sealed, {
      progress: (sent) => tell($("sent"), `${put(t.sending, { i: i + 1, n: parts.length })} ${kilobytes(sent, size)}`, false),
      waiting: (seconds) => tell($("sent"), put(words.waiting, { seconds })),
    }, first)
    digests.push(sealed.digest)
  }
}

function sendReason(error: unknown): string {
  if (!(error instanceof SendError)) return t.failed
  if (error.code === "no_thread" || error.code === "taken") return t.moved
  return put(words.refused, { reason: error.code === "pow" ? t.clock : error.message })
}

async function sendMore(session: Session, tray: Tray): Promise<void> {
  const { trusted } = session
  const field = $<HTMLTextAreaElement>("text")
  const send = $<HTMLButtonElement>("send")
  send.disabled = true // a second press while a photo is still being read would send all of it twice
  tell($("sent"), "", false) // what it says of the sending before is not said of this one
  await tray.settled()
  const message: [Kind, Entry][] = field.value.trim() ? [["message", { name: "text.txt", bytes: utf8(field.value) }]] : []
  const parts = [...message, ...tray.media.map(({ kind, entry }): [Kind, Entry] => [kind, entry])]
  if (!parts.length || !trusted) {
    send.disabled = false
    return tell($("sent"), t.empty)
  }
  hold(true)
  try {
    await sendParts(session, trusted, parts)
  } catch (error) {
    tell($("sent"), sendReason(error))
    // The report may lie elsewhere now, or have more parts: learn it, so that the next press seals for what is.
    const { data, pin, trusted: now } = await load(session.keys).catch(() => session)
    Object.assign(session, { data, pin, trusted: now })
    return hold(false)
  }
  field.value = ""
  tray.clear()
  // Where the line drops now all has arrived nevertheless.
  await draw(session.keys).catch(() => hold(false))
  tell($("sent"), t.sent, false)
  $("sent").scrollIntoView({ block: "center" })
}

/** What goes out is what stands there: nothing is added or taken out meanwhile, for it would go unsaid when all is emptied. */
function hold(on: boolean): void {
  for (const control of $("writing").querySelectorAll<HTMLInputElement>("input, textarea, button")) control.disabled = on
}

function deleting(session: Session): HTMLElement {
  const { data, keys } = session
  const box = el("div", { id: "deleting" })
  if (data.erase_on) return el("div", {}, el("h2", {}, t.delete), el("p", { className: "warn" }, put(t.willErase, { day: day(data.erase_on) })))
  const ask = (): void => {
    const keep = button(t.keepIt, offer)
    fill(box, el("h2", {}, t.delete), el("p", { className: "warn" }, data.state === "received" ? t.deletesAtOnce : t.deletesLater))
    box.append(el("div", { className: "row" }, button(t.deleteSure, () => void erase(), { id: "delete-sure" }), keep))
    // A second Enter must not delete.
    keep.focus()
  }
  const offer = (): void => fill(box, el("h2", {}, t.delete), button(t.deleteAsk, ask, { id: "delete" }))
  const erase = async (): Promise<void> => {
    try {
      const on = await deleteThread(keys)
      fill($("thread"), el("p", { className: "warn", id: "deleted" }, on ? put(t.willErase, { day: day(on) }) : t.erased))
      goTo($("deleted"))
    } catch (error) {
      box.append(el("p", { className: "err" }, error instanceof NotFound ? t.notFound : t.noLine))
    }
  }
  offer()
  return box
}

async function load(keys: ReceiptKeys): Promise<Session & { answers: Answer[]; warnings: string[] }> {
  const data = await fetchThread(keys)
  const pin = await readPin(keys, data)
  const roots = new Map(pin ? [[pin.box, pin.root]] : [])
  // With the record gone nothing vouches for a box, but the officers' words still prove themselves by their MAC.
  const answers = await openAnswers(keys, data, pin ? roots : new Map(Object.keys(data.keys).map((slug) => [slug, ""])))
  const verdict = await decide(data, pin, roots)
  const warnings = "fault" in verdict ? [t.faults[verdict.fault]] : []
  if (pin && !isWhole(data, pin)) warnings.push(t.missing)
  return { keys, data, pin, answers, warnings, trusted: "trusted" in verdict ? verdict.trusted : null }
}

async function draw(keys: ReceiptKeys): Promise<void> {
  const session = await load(keys)
  const { data, answers, warnings, trusted } = session
  show($("ask"), false)
  show($("open"), false)
  fill(
    $("thread"),
    stateLine(data),
    ...warnings.map((warning) => el("p", { className: "bad" }, warning)),
    logged(session),
    answersList(answers, data),
    trusted && writing(),
    deleting(session),
  )
  if (!trusted) return
  const tray = new Tray(() => undefined)
  $("send").onclick = () => void sendMore(session, tray)
}

/** Whether the report stands in the public log: told when it has been worked out, below what the server says. */
function logged({ keys, pin, data }: Session): HTMLElement {
  const place = el("div", { id: "log" })
  void withProof(place, (proof, pinned) => proof.proving(place, { keys, pin, log: data.log }, pinned))
  return place
}

function openReason(error: unknown): string {
  if (error instanceof ReceiptError) return t.receipt[error.kind]
  return error instanceof NotFound ? t.notFound : t.noLine
}

/** The server knows no such report: the public log may still. */
function offerSearch(keys: ReceiptKeys): void {
  const place = el("div", { id: "log" })
  fill($("thread"), place)
  void withProof(place, (proof, pinned) => proof.searching(place, keys, pinned))
}

async function open(): Promise<void> {
  const code = $<HTMLInputElement>("code")
  const press = $<HTMLButtonElement>("open")
  if (press.disabled) return // Enter again while the first is under way
  tell($("say"), "", false)
  press.disabled = true
  fill($("thread"))
  let keys: ReceiptKeys | null = null
  try {
    const receipt = readReceipt(code.value)
    tell($("say"), t.opening, false)
    fetchProof().catch(() => undefined) // asked for again when it is needed
    keys = await deriveKeys(receipt)
    await draw(keys)
    code.value = ""
    tell($("say"), "", false)
    goTo($("top"))
  } catch (error) {
    tell($("say"), openReason(error))
    code.focus()
    if (keys && error instanceof NotFound) offerSearch(keys)
  }
  press.disabled = false
}

function boot(): void {
  const over = $("words")?.textContent
  if (over) {
    overlay(t as unknown as Words, JSON.parse(over), "return")
    overlay(words as unknown as Words, JSON.parse(over), "phone")
  }
  forgetOnLeaving()
  $("open").onclick = () => void open()
  $("code").addEventListener("input", () => void fetchProof().catch(() => undefined), { once: true })
  $("code").onkeydown = (event) => {
    if (event.key === "Enter") void open()
  }
  window.KENG.go = true
  show($("late"), false)
  show($("fail"), false)
  if (window.KENG.pressed) void open()
}

if (inWorker) serve()
else boot()
