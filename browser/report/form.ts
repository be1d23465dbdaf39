// What the reporter filled in, as it will be sealed, and as the preview shows it.
import { t } from "strings/report"

import { $, button, el, fill, show, tell } from "../phone/dom"
import { type Medium, picture } from "../phone/tray"
import { bare, put } from "../phone/words"
import { speaker } from "../phone/prompts"

export type Answers = {
  text: string
  what: string
  village: string
  place: string
  gps: [number, number, number] | null
  when: string
  when_text: string
  forward: boolean
  /** null where a public answer can't be allowed: on pages of other kinds of boxes */
  public: boolean | null
  noAnswer: boolean
}

const METRES = 5 // decimals of a degree: about one metre
let gps: Answers["gps"] = null

const valueOf = (id: string): string => ($<HTMLInputElement>(id)?.value ?? "").trim()
const ticked = (id: string): boolean => $<HTMLInputElement>(id).checked
const chosenKind = (): HTMLInputElement | null => document.querySelector<HTMLInputElement>("[name=what]:checked")

export function read(): Answers {
  return {
    text: $<HTMLTextAreaElement>("text").value,
    what: chosenKind()?.value ?? "",
    village: valueOf("village"),
    place: valueOf("place"),
    gps,
    when: valueOf("when"),
    when_text: valueOf("when-text"),
    forward: ticked("forward"),
    public: $("public") && ticked("public"),
    noAnswer: ticked("no-answer"),
  }
}

export const isEmpty = (answers: Answers, media: Medium[]): boolean => !answers.text.trim() && !answers.what && media.length === 0

export function clear(): void {
  gps = null
  for (const field of document.querySelectorAll<HTMLInputElement>("#app input, #app textarea, #app select")) {
    if (field.type === "radio" || field.type === "checkbox") field.checked = false
    else field.value = ""
  }
  tell($("gps-say"), "", false)
}

/** Position only on touch; it can be taken back. */
export function places(): void {
  const place = $<HTMLInputElement>("place")
  const nowhere = $<HTMLButtonElement>("nowhere")
  const locate = $<HTMLButtonElement>("gps")
  let asked = 0
  const forget = (): void => {
    asked++ // what the phone is still looking for has been taken back too
    gps = null
    tell($("gps-say"), "", false)
  }
  nowhere.onclick = () => {
    place.value = bare(t.unknown)
    forget()
  }
  locate.onclick = () => {
    forget()
    const turn = asked
    tell($("gps-say"), t.locating, false)
    const taken = ({ coords: { latitude, longitude, accuracy } }: GeolocationPosition): void => {
      if (turn !== asked) return
      gps = [Number(latitude.toFixed(METRES)), Number(longitude.toFixed(METRES)), Math.ceil(accuracy)]
      fill($("gps-say"), put(t.located, { metres: Math.ceil(accuracy) }), " ", button(t.forget, forget))
    }
    const refused = (): void => {
      if (turn === asked) tell($("gps-say"), t.noPosition)
    }
    if (!navigator.geolocation) return refused()
    navigator.geolocation.getCurrentPosition(taken, refused, { enableHighAccuracy: true, timeout: 30_000 })
  }
  nowhere.disabled = locate.disabled = false
}

/** The preview: everything that will be sealed, and what it may give away. */
export function preview(answers: Answers, media: Medium[], pinned: boolean, edit: () => void): HTMLElement {
  const heading = el("h2", {}, speaker("report.preview"), t.preview)
  const when = $<HTMLSelectElement>("when")
  const rows: [string, string][] = [
    [t.what, chosenKind()?.parentElement?.innerText ?? ""],
    [t.text, answers.text],
    [t.where, [answers.village, answers.place, answers.gps ? t.withPosition : ""].filter(Boolean).join(", ")],
    [t.when, [answers.when && when.selectedOptions[0].text, answers.when_text].filter(Boolean).join(", ")],
    [t.forwardLabel, answers.forward ? t.yes : t.no],
    [$("public")?.parentElement!.innerText ?? "", answers.public === null ? "" : answers.public ? t.yes : t.no],
    [t.answerLabel, answers.noAnswer ? t.no : t.yes],
  ]
  const list = el("dl", {}, ...rows.filter(([, said]) => said).flatMap(([name, said]) => [el("dt", {}, name), el("dd", {}, said)]))
  const hasVoice = media.some(({ kind }) => kind === "voice")
  fill(
    $("see"),
    heading,
    !pinned && el("p", { className: "warn" }, speaker("report.unpinnedWarning"), t.unpinnedWarning),
    list,
    el("ul", { className: "m" }, ...media.map((medium) => el("li", {}, picture(medium)))),
    hasVoice && el("p", { className: "warn" }, speaker("report.voiceKnown"), t.voiceKnown),
    button(t.edit, edit),
  )
  show($("see"))
  show($("ask"), false)
  return heading
}
