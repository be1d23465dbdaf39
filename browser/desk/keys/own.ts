// An officer's own key: six words shown, typed back, then sealed and stored. And trying the passphrase of one that is.
import { postJson } from "../api"
import { runApart } from "../age-passphrase"
import { $, all, el, fill, press, show } from "../dom"
import { lockScreen } from "../lock"
import { newPair, officerFingerprint } from "../officer"
import { fold, makePassphrase } from "../passphrase"
import { b64, utf8 } from "../../sealed/bytes"
import { words } from "../strings"
import { sentence, Stop } from "./failure"

type Step = "begin" | "words" | "back" | "done"

function go(step: Step): void {
  for (const part of all("[data-step]")) show(part, part.dataset.step === step)
  all(`[data-step="${step}"] h2`)[0]?.focus()
}

/** The number, from 1, of the first word that differs; 0 if none does. */
export function firstWrong(typed: string, expected: string[]): number {
  let rest = fold(typed)
  for (const [i, word] of expected.entries()) {
    if (rest !== word && !rest.startsWith(`${word} `)) return i + 1
    rest = rest.slice(word.length).trimStart()
  }
  return rest === "" ? 0 : expected.length
}

/** Makes the pair, seals it and has it stored; the fingerprint of what is stored. */
async function store(passphrase: string[], replace: boolean): Promise<string> {
  const { identity, recipient } = await newPair()
  const job = { verb: "seal", passphrase: passphrase.join(" "), bytes: utf8(identity + "\n") } as const
  const sealed = await runApart(job)
  await postJson("/keys/api/key", { recipient, sealed_identity: b64(sealed), replace })
  return (await officerFingerprint(recipient)).join(" ")
}

function making(): void {
  let passphrase: string[] = []
  const typed = $<HTMLTextAreaElement>("back")
  const list = $("words")

  const forget = (): void => {
    passphrase = []
    list.replaceChildren()
    typed.value = ""
  }
  const begin = (): void => {
    passphrase = makePassphrase()
    list.replaceChildren(...passphrase.map((word) => el("li", {}, word)))
    go("words")
  }
  $("make").onclick = begin
  $("again").onclick = begin
  $("written").onclick = () => {
    typed.value = ""
    go("back")
    typed.focus()
  }
  $("look").onclick = () => go("words")
  const button = $<HTMLButtonElement>("store")
  const error = $("back-error")
  $("back-form").onsubmit = (event) => {
    event.preventDefault()
    void press(button, error, async () => {
      if (fold(typed.value) === "") throw new Stop(words.own.empty)
      const wrong = firstWrong(typed.value, passphrase)
      if (wrong) throw new Stop(words.own.differs(wrong))
      const replace = button.dataset.replace === "yes"
      fill({ fingerprint: await store(passphrase, replace) })
      forget()
      go("done")
    }, sentence)
  }
  // The words must not wait in a page that is come back to.
  window.addEventListener("pagehide", () => {
    forget()
    go("begin")
  })
}

/** The fingerprint is of the key that the passphrase opened: what the server keeps as this officer's may have been swapped. */
async function tellMine(recipient: string): Promise<void> {
  $("mine").textContent = (await officerFingerprint(recipient)).join(" ")
  show($("mine"))
  show($("mine-locked"), false)
}

function trying(place: HTMLElement): void {
  const result = $("tried")
  lockScreen(place, {
    why: place.dataset.why,
    onUnlock: (keyring, me) => {
      const titles = me.grants.filter((grant) => keyring.boxes().includes(grant.box)).map((grant) => grant.title)
      void tellMine(keyring.recipient)
      result.textContent = titles.length ? words.own.opens(titles.join(", ")) : words.own.tried
    },
    onLock: () => {
      result.textContent = ""
      show($("mine"), false)
      show($("mine-locked"))
    },
  })
}

export function ownPage(): void {
  if (document.getElementById("make")) making()
  const place = document.getElementById("lock")
  if (place) trying(place)
}
