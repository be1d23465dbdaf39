// The check against the public log, fetched behind the return page while the receipt is typed: it hands the page two functions.
import { t } from "strings/proof"

import { overlay, type Words } from "../phone/words"
import { fallBackOn, type Library, warmUp } from "../ledger/ed25519"
import { searching } from "./searching"
import { proving } from "./showing"

/** What the page pins (`keng.mailbox.log.pins`): the keys believed, and where the scripts lie. */
export type Pins = { origin: string; log: string[]; witnesses: string[]; proof: Script; ed25519: Script }
export type Script = [src: string, integrity: string]
export type Proof = { proving: typeof proving; searching: typeof searching }

declare global {
  interface Window {
    KENG_PROOF?: Proof
    KENG_ED25519?: Library
  }
}

function fetchLibrary([src, integrity]: Script): Promise<Library> {
  return new Promise((resolve, reject) => {
    const script = document.createElement("script")
    Object.assign(script, { src, integrity, onload: () => (window.KENG_ED25519 ? resolve(window.KENG_ED25519) : reject(new Error("no Ed25519"))) })
    script.onerror = () => reject(new Error("no line"))
    document.body.append(script)
  })
}

const over = document.getElementById("words")?.textContent
if (over) overlay(t as unknown as Words, JSON.parse(over), "proof")
const pins = JSON.parse(document.getElementById("pins")?.textContent ?? "{}") as Pins
fallBackOn(() => fetchLibrary(pins.ed25519))
warmUp().catch(() => undefined) // asked for again when it is needed
window.KENG_PROOF = { proving, searching }
