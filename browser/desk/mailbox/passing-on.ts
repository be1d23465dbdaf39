// Passing a report on: only if the reporter allowed it, and only to a box whose key our own box's root vouches for.
import { readCode } from "../../sealed/statement"
import { api } from "./api"
import { button, el } from "./dom"
import { attempt, identitiesOf, nextIndex, type OpenReport, ownParts } from "./open-report"
import { handOver, type Target, verifiedTargets } from "./opening"
import { t } from "./strings"
import { w } from "./words/passing-on"

/** Why this report can't be passed on, in a sentence; "" when it can. */
export function obstacle({ report, first }: OpenReport): string {
  if (!first || first.foreign) return t.forwardUnread
  if (!first.json.forward) return t.forwardForbidden
  if (!report.allowed.includes("forwarded")) return t.forwardNotYet
  return ""
}

/**
 * The root of our box by a word that the server can't have changed: what the reporter's phone trusted, or, for a report that came
 * to us from another box, what the officer there vouched for. Null when neither says.
 */
function knownRoot(open: OpenReport): string | null {
  const { report, first } = open
  if (first && report.origin === report.box) return first.json.pinned ? first.json.root : null
  const vouched = ownParts(open).find(({ read }) => read.json.kind === "forward" && read.json.to === report.box)
  return typeof vouched?.read.json.root === "string" ? vouched.read.json.root : null
}

async function pass(open: OpenReport, target: Target): Promise<void> {
  const { report, first, session } = open
  const to = { box: report.box, thread: report.thread, index: nextIndex(open), first: first!, identities: identitiesOf(open) }
  const { headers, part } = await handOver(report, target, to)
  await api.forward(report.thread, target.slug, report.version, headers, part)
  session.forgetFirst(report.thread)
  open.leave(t.forwarded(target.title))
}

/** The dialogue's changing parts: what it says or offers, what went wrong, and the row of buttons that ends with "Thôi". */
type Dialogue = { place: HTMLElement; error: HTMLElement; foot: HTMLElement; close: () => void }

async function offers(open: OpenReport, dialogue: Dialogue): Promise<void> {
  const known = knownRoot(open)
  if (!known) return askForCode(open, dialogue)
  const targets = await targetsBy(known, open)
  if (targets) return show(targets, open, dialogue)
  // Our root may have been replaced since: then the poster on the wall says which it is. Nothing the server says does.
  askForCode(open, dialogue)
  dialogue.place.prepend(el("p", { class: "refused" }, t.forwardBad), el("p", { class: "soft" }, w.recalled))
}

/** For a report whose sender's phone could not check the key: the officer reads the short code off the office's own poster. */
function askForCode(open: OpenReport, dialogue: Dialogue): void {
  const { place, error, foot } = dialogue
  const input = el("input", { id: "poster-code", autocomplete: "off", spellcheck: "false", "aria-describedby": "poster-code-why" })
  const check = el("button", { class: "primary", id: "check-code", form: "poster-form" }, t.forwardCodeCheck)
  const why = el("p", { class: "soft", id: "poster-code-why" }, t.forwardCodeWhy)
  const form = el("form", { id: "poster-form" }, why, el("label", { for: "poster-code" }, t.forwardCode), input)
  const again = (sentence: string): void => {
    error.textContent = sentence
    input.focus()
  }
  const step = async (): Promise<void> => {
    const code = readCode(input.value)
    if (!/^[0-9a-hjkmnp-tv-z]{12}$/.test(code)) return again(t.forwardCodeForm)
    const targets = await targetsBy(code, open)
    if (!targets) return again(t.forwardCodeWrong)
    check.remove()
    show(targets, open, dialogue)
  }
  form.addEventListener("submit", (event) => {
    event.preventDefault()
    void attempt(open, check, error, step)
  })
  place.replaceChildren(form)
  foot.prepend(check)
  input.focus()
}

/** Where the report may go, as the given root vouches; null when it vouches for nothing that the server named. */
async function targetsBy(root: string, open: OpenReport): Promise<Target[] | null> {
  const said = await api.targets(open.report.thread)
  return verifiedTargets(said, open.report.box, identitiesOf(open), root).catch(() => null)
}

function show(targets: Target[], open: OpenReport, { place, error, close }: Dialogue): void {
  if (targets.length === 0) return place.replaceChildren(el("p", {}, t.forwardNone))
  place.replaceChildren(...targets.map((target) => offer(open, target, error, close)))
}

function offer(open: OpenReport, target: Target, error: HTMLElement, close: () => void): HTMLElement {
  const step = async (): Promise<void> => {
    press.textContent = t.forwarding
    try {
      await pass(open, target)
      close()
    } finally {
      press.textContent = t.forwardGo(target.title)
    }
  }
  const press = button(t.forwardGo(target.title), () => void attempt(open, press, error, step).then(() => error.textContent || close()), {
    class: "primary",
    "data-box": target.slug,
  })
  return el("p", { class: "target" }, el("span", { class: "state good" }, t.forwardChecked), press)
}

/** The button, and the dialogue behind it. */
export function forwarding(open: OpenReport): HTMLElement {
  const why = obstacle(open)
  const press = button(t.forward, () => void ask(), { id: "forward", disabled: why !== "", "aria-describedby": why && "forward-why" })
  const ask = async (): Promise<void> => {
    const place = el("div", {}, el("p", { role: "status" }, t.forwardChecking))
    const error = el("p", { class: "error", role: "alert" })
    const close = (): void => dialog.remove()
    const foot = el("p", { class: "foot" }, button(t.cancel, close))
    const dialog = el(
      "dialog",
      { "aria-labelledby": "forward-title", close },
      el("h2", { id: "forward-title" }, t.forwardTo),
      el("p", {}, t.forwardWhy),
      place,
      error,
      foot,
    )
    document.getElementById("desk")!.append(dialog)
    dialog.showModal()
    open.session.signal.addEventListener("abort", close)
    await attempt(open, press, error, () => offers(open, { place, error, foot, close }))
  }
  return el("div", {}, press, why && el("p", { class: "soft", id: "forward-why" }, why))
}
