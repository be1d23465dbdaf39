// The way to the check against the public log: a script of its own, fetched while the receipt is typed, so that the page itself stays light.
import { t } from "strings/return"

import { $, button, el, fill } from "../phone/dom"
import type { Pins, Proof } from "../proof/main"

let coming: Promise<Proof> | null = null

const pins = (): Pins => JSON.parse($("pins").textContent ?? "") as Pins

function load([src, integrity]: [string, string]): Promise<Proof> {
  return new Promise((resolve, reject) => {
    const script = el("script", { src, integrity })
    script.onload = () => (window.KENG_PROOF ? resolve(window.KENG_PROOF) : reject(new Error("no proof")))
    script.onerror = () => reject(new Error("no line"))
    document.body.append(script)
  })
}

/** Fetches the script, once; again after a dropped line. */
export function fetchProof(): Promise<Proof> {
  coming ??= load(pins().proof).catch((error) => {
    coming = null
    throw error
  })
  return coming
}

/** Fills `place` by the script's own hand; where the line drops, says so and offers to try again. */
export async function withProof(place: HTMLElement, use: (proof: Proof, pinned: Pins) => Promise<void> | void): Promise<void> {
  fill(place, el("p", { className: "s" }, t.checking))
  try {
    await use(await fetchProof(), pins())
  } catch {
    fill(place, el("p", { className: "err" }, t.unchecked), button(t.checkAgain, () => void withProof(place, use)))
  }
}
