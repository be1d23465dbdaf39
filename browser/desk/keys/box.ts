// Who holds a box's key: granting it after comparing fingerprints face to face, and ending a grant.
import { postJson } from "../api"
import { $, all, el, press } from "../dom"
import { lockScreen } from "../lock"
import { FINGERPRINT_LENGTH, officerFingerprint } from "../officer"
import { readCode } from "../../sealed/statement"
import { words } from "../strings"
import type { Keyring } from "../unlock"
import { pairOf, sealAll } from "./ceremony"
import { sentence, Stop } from "./failure"

let keyring: Keyring | null = null

function done(row: HTMLElement, text: string): void {
  const line = el("p", { className: "done", tabIndex: -1 }, text)
  line.setAttribute("role", "status")
  row.replaceChildren(line)
  line.focus()
}

/**
 * One colleague who has a key. Nothing of its fingerprint is shown here: all 80 bits come from the colleague's own screen, for a
 * server could find a key that shares a group with theirs.
 */
function candidate(form: HTMLFormElement, slug: string): void {
  const { username = "", name = "", recipient = "" } = form.dataset
  const typed = form.elements.namedItem("code") as HTMLInputElement
  const error = all(".error", form)[0]

  const give = async (): Promise<void> => {
    if (!keyring) throw new Stop(words.grant.locked)
    if (!keyring.boxes().includes(slug)) throw new Stop(words.grant.noBox)
    const code = readCode(typed.value)
    if (code.length < FINGERPRINT_LENGTH) throw new Stop(words.grant.short)
    if (code !== (await officerFingerprint(recipient)).join("")) throw new Stop(words.grant.differs)
    const identities = await sealAll(await Promise.all(keyring.boxIdentities(slug).map(pairOf)), recipient)
    await postJson("/keys/api/grants", { box: slug, username, recipient, identities })
    done(form.closest<HTMLElement>("[data-row]") ?? form, words.grant.given(name))
  }
  form.onsubmit = (event) => {
    event.preventDefault()
    void press(all<HTMLButtonElement>("button", form)[0], error, give, sentence)
  }
}

function ending(form: HTMLFormElement, slug: string): void {
  const { username = "", name = "" } = form.dataset
  form.onsubmit = (event) => {
    event.preventDefault()
    void press(all<HTMLButtonElement>("button", form)[0], all(".error", form)[0], async () => {
      await postJson("/keys/api/grants/end", { box: slug, username })
      done(form.closest<HTMLElement>("[data-row]") ?? form, words.grant.ended(name))
    }, sentence)
  }
}

export function boxPage(): void {
  const slug = document.querySelector<HTMLElement>("[data-box]")?.dataset.box ?? ""
  for (const form of all<HTMLFormElement>("form[data-give]")) candidate(form, slug)
  for (const form of all<HTMLFormElement>("form[data-end]")) ending(form, slug)
  if (!document.getElementById("lock")) return
  const place = $("lock")
  lockScreen(place, {
    why: place.dataset.why,
    onUnlock: (ring) => {
      keyring = ring
    },
    onLock: () => {
      keyring = null
    },
  })
}
