// The reporter's page: checks the key, gathers, previews, seals, sends, shows the receipt. Keeps nothing.
import { t as words } from "strings/phone"
import { t } from "strings/report"

import { $, el, fill, forgetOnLeaving, goTo, show, tell } from "../phone/dom"
import { deliver } from "../phone/outbox"
import { begin as offerPrompts } from "../phone/prompts"
import { type Medium, Tray } from "../phone/tray"
import { bare, kilobytes, overlay, put, type Words } from "../phone/words"
import { inWorker, seal, type Sealed, serve, solve } from "../phone/worker"
import { b64u, thisHour, utf8 } from "../sealed/bytes"
import type { PartJson } from "../sealed/part"
import { deriveKeys, makeReceipt, type ReceiptKeys } from "../sealed/receipt"
import { SendError, target } from "../sealed/send"
import { type Answers, clear, isEmpty, places, preview, read } from "./form"
import { receiptCard } from "./receipt"
import { type BoxData, establish, type Trust } from "./trust"

type Report = { answers: Answers; media: Medium[]; trust: Trust }
type Prepared = { keys: ReceiptKeys; hour: string; first: Sealed; later: () => Promise<Sealed[]> }

const receipt = inWorker ? "" : makeReceipt()
let derived: Promise<ReceiptKeys> | null = null
// Slow on a cheap phone, so it starts with the first letter typed and is done before the last.
const keysOf = (): Promise<ReceiptKeys> => (derived ??= deriveKeys(receipt))

function firstPart({ answers, media, trust }: Report, keys: ReceiptKeys): PartJson {
  const { what, village, place, gps, when, when_text, forward, noAnswer } = answers
  return {
    v: 1, box: trust.box, from: "reporter", index: 0, kind: "report", hour: thisHour(), secret: b64u(keys.secret),
    reply: noAnswer ? null : keys.reply, what, village, place, gps, when, when_text, forward, pinned: trust.pinned, path: "sealed",
    media: media.length, lang: document.documentElement.lang, root: trust.root, statement: trust.seq,
    ...(answers.public && { public: true }),
  }
}

/** Begins the proof of work that the sending will ask for. */
function solveAhead(box: string, { digest }: Sealed): void {
  const { hour, bits } = target()
  solve(box, hour, digest, bits).catch(() => undefined) // told when it is asked for
}

/** Seals while the person reads the preview: the touch on "send" then has only to send. */
async function prepare(report: Report): Promise<Prepared> {
  const keys = await keysOf()
  const { trust, media, answers } = report
  const common = { thread: keys.thread, recipients: [trust.recipient] }
  const json = firstPart(report, keys)
  const first = await seal({ ...common, json, body: { name: "text.txt", bytes: utf8(answers.text) } })
  solveAhead(trust.box, first)
  const sealMedium = async ({ kind, entry }: Medium, i: number): Promise<Sealed> => {
    const json: PartJson = { v: 1, box: trust.box, from: "reporter", index: i + 1, kind, hour: thisHour() }
    const sealed = await seal({ ...common, json, body: entry, secret: keys.secret })
    solveAhead(trust.box, sealed)
    return sealed
  }
  const sealing = Promise.all(media.map(sealMedium))
  sealing.catch(() => undefined) // told when it is their turn
  return { keys, hour: json.hour, first, later: () => sealing }
}

/** The bar, its bytes, and what is being waited for. */
function meter(): { draw: (sent: number, total: number, label: string) => void; waiting: (seconds: number) => void; box: HTMLElement } {
  const bar = el("progress", { max: 1, value: 0 })
  const label = el("p", { className: "s" })
  const bytes = el("p", { className: "s" })
  const dropped = el("p", { className: "err" })
  label.setAttribute("role", "status")
  dropped.setAttribute("role", "alert")
  bar.setAttribute("aria-label", bare(t.sending))
  let says = ""
  return {
    box: el("div", { id: "meter" }, label, bar, bytes, dropped),
    draw(sent, total, said) {
      bar.value = sent / total
      if (says !== said) fill(label, (says = said))
      bytes.textContent = kilobytes(sent, total)
      dropped.textContent = ""
    },
    waiting: (seconds) => fill(dropped, put(words.waiting, { seconds })),
  }
}

const reason = (error: unknown): string => (error instanceof SendError ? put(words.refused, { reason: t.refusals[error.code] ?? error.message }) : t.sealFailed)

async function sendMedia(report: Report, { keys, hour, first, later }: Prepared, gauge: ReturnType<typeof meter>): Promise<void> {
  const parts = await later()
  const total = parts.reduce((sum, part) => sum + part.bytes.length, 0)
  const digests = [first.digest]
  let done = 0
  for (const [i, part] of parts.entries()) {
    const label = put(t.sendingMedia, { i: i + 1, n: parts.length })
    const watch = { progress: (sent: number) => gauge.draw(done + sent, total, label), waiting: gauge.waiting }
    gauge.draw(done, total, label)
    await deliver(keys, report.trust, i + 1, digests, part, watch, { ...report.trust, hour })
    digests.push(part.digest)
    done += part.bytes.length
  }
  gauge.draw(total, total, t.allSent)
}

/** Sends the text; shows the receipt as soon as it has arrived; then the photos and voices. */
async function sendAll(report: Report, preparing: Promise<Prepared>): Promise<void> {
  const gauge = meter()
  fill($("see"), gauge.box)
  show($("send"), false)
  show($("more"), false)
  const prepared = await preparing
  const size = prepared.first.bytes.length
  const watch = { progress: (sent: number) => gauge.draw(sent, size, t.sending), waiting: gauge.waiting }
  gauge.draw(0, size, t.sending)
  await deliver(prepared.keys, report.trust, 0, [], prepared.first, watch, { ...report.trust, hour: prepared.hour })
  clear()
  const card = receiptCard(report.answers.noAnswer ? null : receipt, data.back)
  fill($("see"), card)
  goTo($("done"))
  if (!report.media.length) return
  card.firstElementChild?.after(gauge.box)
  const leave = card.lastElementChild as HTMLElement
  show(leave, false) // leaving now would lose what is still on its way
  try {
    await sendMedia(report, prepared, gauge)
  } catch (error) {
    fill(gauge.box, el("p", { className: "err" }, `${reason(error)} ${report.answers.noAnswer ? "" : t.addLater}`))
  }
  show(leave)
}

let data: BoxData
let stage: "ask" | "see" | "sending" = "ask"

function edit(): void {
  stage = "ask"
  show($("ask"))
  show($("see"), false)
  fill($("send"), t.look)
  goTo($("ask"))
}

/** What `#send` does: first the preview, then the sending. */
function pressing(trusted: () => Promise<Trust | null>, tray: Tray): () => Promise<void> {
  let ready: { report: Report; preparing: Promise<Prepared> } | null = null
  const look = async (): Promise<void> => {
    await tray.settled()
    const answers = read()
    if (isEmpty(answers, tray.media)) {
      tell($("say"), t.empty)
      return $("text").focus()
    }
    const trust = await trusted()
    if (!trust) return tell($("say"), t.codeWrong)
    tell($("say"), "")
    const report = { answers, media: [...tray.media], trust }
    const preparing = prepare(report)
    preparing.catch(() => undefined) // told at the second press
    ready = { report, preparing }
    stage = "see"
    fill($("send"), t.send)
    goTo(preview(answers, report.media, trust.pinned !== "", edit))
  }
  const send = async (): Promise<void> => {
    if (!ready) return
    stage = "sending"
    try {
      await sendAll(ready.report, ready.preparing)
    } catch (error) {
      tell($("say"), reason(error))
      show($("send"))
      show($("more"))
      edit()
    }
  }
  let pressed = Promise.resolve()
  // One press after the other, so that two quick ones are preview and send.
  return () => (pressed = pressed.then(() => (stage === "ask" ? look() : stage === "see" ? send() : undefined)))
}

async function boot(): Promise<void> {
  data = JSON.parse($("box").textContent ?? "")
  if (data.words) {
    overlay(t as unknown as Words, data.words, "report")
    overlay(words as unknown as Words, data.words, "phone")
  }
  offerPrompts(data.voice)
  forgetOnLeaving()
  addEventListener("hashchange", () => location.reload())
  const trust = await establish(data)
  if (!trust) {
    window.KENG.go = true
    return show($("late"), false)
  }
  places()
  const tray = new Tray(() => void keysOf())
  const press = pressing(trust.now, tray)
  for (const event of ["input", "change"]) $("ask").addEventListener(event, () => void keysOf(), { once: true })
  $("send").onclick = () => void press()
  window.KENG.go = true
  show($("late"), false)
  show($("fail"), false)
  if (window.KENG.pressed) void press()
}

if (inWorker) serve()
else boot().catch(() => show($("fail")))
