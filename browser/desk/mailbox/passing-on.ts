// Passing a report on: only if the reporter allowed it, and only to a box whose key our own box's root vouches for.
import { readCode } from "../../sealed/statement"
import { api } from "./api"
import { button, el } from "./dom"
import { attempt, identityOf, nextIndex, type OpenReport, ownParts } from "./open-report"
import { handOver, type Target, verifiedTargets } from "./opening"
import { t } from "./strings"

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
  const to = { box: report.box, thread: report.thread, index: nextIndex(open), first: first!, identity: identityOf(open) }
  const { headers, part } = await handOver(report, target, to)
  await api.forward(report.thread, target.slug, report.version, headers, part)
  session.forgetFirst(report.thread)
  open.leave(t.forwarded(target.title))
}

async function offers(open: OpenReport, place: HTMLElement, error: HTMLElement, close: () => void): Promise<void> {
  const known = knownRoot(open)
  if (known) return offersBy(known, open, place, error, close)
  place.replaceChildren(codeForm((code) => void offersBy(code, open, place, error, close)))
}

/** For a report whose sender's phone could not check the key: the officer reads the short code off the office's own poster. */
function codeForm(onCode: (code: string) => void): HTMLElement {
  const input = el("input", { id: "poster-code", autocomplete: "off", spellcheck: "false", "aria-describedby": "poster-code-error" })
  const error = el("p", { class: "error", role: "alert", id: "poster-code-error" })
  const form = el(
    "form",
    { class: "poster-code" },
    el("label", { for: "poster-code" }, t.forwardCode),
    el("p", { class: "soft" }, t.forwardCodeWhy),
    input,
    error,
    el("button", { class: "primary", id: "check-code" }, t.forwardCodeCheck),
  )
  form.addEventListener("submit", (event) => {
    event.preventDefault()
    const code = readCode(input.value)
    if (/^[0-9a-hjkmnp-tv-z]{12}$/.test(code)) return onCode(code)
    error.textContent = t.forwardCodeForm
    input.focus()
  })
  return form
}

async function offersBy(root: string, open: OpenReport, place: HTMLElement, error: HTMLElement, close: () => void): Promise<void> {
  const said = await api.targets(open.report.thread)
  const targets = await verifiedTargets(said, open.report.box, identityOf(open), root).catch(() => null)
  if (targets === null) return place.replaceChildren(el("p", { class: "refused" }, t.forwardBad))
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
    const dialog = el(
      "dialog",
      { "aria-labelledby": "forward-title", close },
      el("h2", { id: "forward-title" }, t.forwardTo),
      el("p", {}, t.forwardWhy),
      place,
      error,
      button(t.cancel, close),
    )
    document.getElementById("desk")!.append(dialog)
    dialog.showModal()
    open.session.signal.addEventListener("abort", close)
    await attempt(open, press, error, () => offers(open, place, error, close))
  }
  return el("div", {}, press, why && el("p", { class: "soft", id: "forward-why" }, why))
}
