// Prompts: sentences of this page as somebody of the place has spoken them. A small button stands beside each that has one. All of
// them come in one file, at the first touch and not before, so that nothing asked of the server tells which was listened to.
import { t } from "strings/phone"

import { el, tell } from "./dom"
import { bare } from "./words"

/** Where the file lies, and the keys of the sentences in it. */
export type Voice = { pack: string; keys: string[] }
type Index = Record<string, [from: number, length: number]>
type Pack = { index: Index; sounds: Blob }

const TYPE = "audio/webm"
// Where on the page each sentence stands. The button goes inside a heading or paragraph, before a label, and on a button's or choice's edge.
const HERE = "#ask>fieldset:nth-of-type"
const PLACES: Record<string, string> = {
  "page.danger": ".now", "page.heading.crime": "h1", "page.heading.democracy": "h1", "page.heading.complaint": "h1", "page.locked": ".lock>div", "page.locked_complaint": ".lock>div",
  "page.before": "#ask>details>p", "page.what": `${HERE}(1)>legend`, "page.tell": "label[for=text]", "page.where": `${HERE}(2)>legend`,
  "page.village": "label[for=village]", "page.commune": "label[for=village]", "page.place": "label[for=place]", "page.position": "#gps",
  "page.nowhere": "#nowhere", "page.when": `${HERE}(3)>legend`, "page.date": "label[for=when-text]", "page.media": `${HERE}(4)>legend`,
  "page.photo": "#photo", "page.speak": "#voice", "page.hidden": `${HERE}(4)>.s`, "page.recorder": "#voice-file", "page.forward": "#forward", "page.public": "#public",
  "page.no_answer": "#no-answer", "page.look": "#send",
}

let voice: Voice | undefined
let pack: Promise<Pack> | null = null
let playing: HTMLAudioElement | null = null
let says: HTMLElement | null = null

async function load(): Promise<Pack> {
  const answer = await fetch((voice as Voice).pack, { credentials: "omit" })
  if (!answer.ok) throw new Error(String(answer.status))
  const blob = await answer.blob()
  const start = 4 + new DataView(await bytes(blob.slice(0, 4))).getUint32(0)
  const index = JSON.parse(new TextDecoder().decode(await bytes(blob.slice(4, start)))) as Index
  return { index, sounds: blob.slice(start) }
}

const bytes = (blob: Blob): Promise<ArrayBuffer> => new Response(blob).arrayBuffer()

/** Says `sentence` below the button that was touched. */
function say(button: HTMLElement, sentence: string, bad: boolean): void {
  if (!says) {
    says = el("p")
    says.setAttribute("role", "status")
  }
  const place = button.parentElement as HTMLElement
  if (place.dataset.spoken) place.append(says)
  else if (/^(LABEL|FIELDSET)$/.test(place.tagName)) button.after(says)
  else place.after(says)
  tell(says, sentence, bad)
}

async function play(button: HTMLElement, key: string): Promise<void> {
  const was = playing?.dataset.key
  playing?.pause()
  playing = null
  if (was === key) return
  const sound = new Audio()
  if (!sound.canPlayType(`${TYPE};codecs=opus`)) return say(button, t.noVoice, true)
  playing = sound
  sound.dataset.key = key
  try {
    if (!pack) say(button, t.loadingVoice, false)
    const { index, sounds } = await (pack ??= load())
    if (playing !== sound) return // another was touched meanwhile
    const [from, length] = index[key]
    sound.src = URL.createObjectURL(sounds.slice(from, from + length, TYPE))
    sound.onended = () => {
      URL.revokeObjectURL(sound.src)
      if (playing === sound) playing = null
    }
    await sound.play()
    says?.remove()
  } catch (error) {
    if (playing === sound) playing = null
    const kind = (error as Error).name
    if (kind === "AbortError") return // touched again
    if (!sound.src) pack = null
    // A phone may forget the touch while a slow line loads.
    say(button, !sound.src ? t.voiceFailed : kind === "NotAllowedError" ? t.pressAgain : t.noVoice, kind !== "NotAllowedError")
  }
}

const SVG = "http://www.w3.org/2000/svg"
function glyph(): SVGElement {
  const svg = document.createElementNS(SVG, "svg")
  const path = document.createElementNS(SVG, "path")
  path.setAttribute("d", "M4 9v6h4l5 4V5L8 9zM16 9a4 4 0 0 1 0 6M18 6a8 8 0 0 1 0 12")
  svg.setAttribute("viewBox", "0 0 24 24")
  svg.setAttribute("aria-hidden", "true")
  svg.style.cssText = "width:22px;height:22px;margin:0;display:block;fill:none;stroke:currentColor;stroke-width:1.8"
  svg.append(path)
  return svg
}

/** The button beside a sentence, or null where the sentence has no prompt. `about` names it to a screen reader. */
export function speaker(key: string, about = ""): HTMLButtonElement | null {
  if (!voice?.keys.includes(key)) return null
  const made = el("button", { type: "button", className: "say", onclick: () => void play(made, key) })
  made.setAttribute("aria-label", [bare(t.listen), about].filter(Boolean).join(": "))
  made.dataset.key = key
  // Written here, not in the page's own style: a page without prompts then carries nothing for them.
  made.style.cssText =
    "float:right;width:44px;height:44px;margin:-8px -6px 0 4px;padding:11px;border:0;border-radius:50%;background:none;color:var(--bronze)"
  made.append(glyph())
  return made
}

/** A choice or a button with its own loudspeaker on its edge: one may not stand inside the other. */
function onEdge(target: HTMLElement, button: HTMLElement): void {
  const box = el("div")
  box.dataset.spoken = "1"
  box.style.cssText = "position:relative"
  const choice = target.tagName === "LABEL" && !target.className
  const last = choice && target.matches(":last-child")
  if (last) box.style.gridColumn = "1/-1"
  target.before(box)
  // The page's style tells the last choice by its place.
  box.append(...(last ? [button, target] : [target, button]))
  target.style.cssText = choice ? "display:block;height:100%" : "padding-right:40px"
  button.style.cssText += `;float:none;position:absolute;z-index:1;margin:0;right:0;${choice ? "top:0" : "bottom:4px"}`
  if (target.className === "send") button.style.cssText += ";color:var(--on);bottom:8px"
}

function stand(key: string, selector: string): void {
  const found = document.querySelector<HTMLElement>(selector)
  if (!found) return
  const target = found.tagName === "INPUT" ? (found.parentElement as HTMLElement) : found
  const button = speaker(key, (target.innerText || target.textContent || "").trim())
  if (!button) return
  if (/^(H1|LEGEND|DIV|P)$/.test(target.tagName)) target.prepend(button)
  else if (target.hasAttribute("for") || target.className === "ok") target.before(button)
  else onEdge(target, button)
}

/** Puts the buttons up. Nothing is loaded. */
export function begin(spoken: Voice | undefined): void {
  voice = spoken
  if (!voice) return
  for (const [key, selector] of Object.entries(PLACES)) stand(key, selector)
  for (const key of voice.keys.filter((key) => key.startsWith("page.choice."))) stand(key, `[name=what][value=${key.split(".")[3]}]`)
  for (const key of voice.keys.filter((key) => key.startsWith("guide."))) stand(key, `[data-key="${key}"]`)
}
