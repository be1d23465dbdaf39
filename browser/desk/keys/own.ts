// An officer's own key: six words shown, typed back, then sealed and stored. Trying the passphrase of one that is, and changing it.
import { ApiError, getJson, postJson } from "../api"
import { runApart } from "../age-passphrase"
import { $, all, el, fill, press, show } from "../dom"
import { IDLE_MINUTES, lockScreen, unfit } from "../lock"
import { newPair, officerFingerprint, openWith } from "../officer"
import { fold, makePassphrase, tooLong } from "../passphrase"
import { b64, text, unb64, utf8 } from "../../sealed/bytes"
import { words } from "../strings"
import { idle, Keyring, type Me, UnlockError } from "../unlock"
import { sentence, Stop } from "./failure"
import { own as said } from "./words/own"

type Step = "begin" | "old" | "words" | "back" | "done" | "changed"

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

/** What the six new words are for: seals and stores, and leaves the page at its last step. Rejects with the sentence why not. */
type Deed = { after: Step; store: (passphrase: string[]) => Promise<void>; forget: () => void }

const making = (replace: boolean): Deed => ({
  after: "done",
  store: async (passphrase) => fill({ fingerprint: await store(passphrase, replace) }),
  forget: () => undefined,
})

/** The same steps for whatever needs six new words: shown, copied by hand, typed back. Gives what begins them. */
function newWords(): (deed: Deed) => void {
  let passphrase: string[] = []
  let deed: Deed | null = null
  const typed = $<HTMLTextAreaElement>("back")
  const list = $("words")

  const forget = (): void => {
    passphrase = []
    deed?.forget()
    deed = null
    list.replaceChildren()
    typed.value = ""
  }
  const draw = (): void => {
    passphrase = makePassphrase()
    list.replaceChildren(...passphrase.map((word) => el("li", {}, word)))
    go("words")
  }
  $("again").onclick = draw
  $("written").onclick = () => {
    typed.value = ""
    go("back")
    typed.focus()
  }
  const look = $<HTMLButtonElement>("look")
  look.onclick = () => go("words")
  const button = $<HTMLButtonElement>("store")
  const error = $("back-error")
  const compare = async (): Promise<void> => {
    const why = tooLong(typed.value) ? said.tooLong : fold(typed.value) === "" ? words.own.empty : ""
    if (why) throw new Stop(why)
    const wrong = firstWrong(typed.value, passphrase)
    if (wrong) throw new Stop(words.own.differs(wrong))
    if (!deed) return
    const { after } = deed
    // While the key is being sealed under these words no others may be drawn: they would open nothing.
    look.disabled = true
    try {
      await deed.store(passphrase)
    } finally {
      look.disabled = false
    }
    forget()
    go(after)
  }
  $("back-form").onsubmit = (event) => {
    event.preventDefault()
    void press(button, error, compare, sentence)
  }
  // The words must not wait in a page that is come back to.
  window.addEventListener("pagehide", () => {
    forget()
    go("begin")
  })
  return (begun) => {
    forget()
    deed = begun
    draw()
  }
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

/** Other words for the same key: the old ones open it here once more, whatever is unlocked on the page. */
function changing(begin: (deed: Deed) => void): void {
  const typed = $<HTMLInputElement>("old")
  const open = async (): Promise<void> => {
    const why = unfit(typed.value)
    if (tooLong(typed.value)) typed.value = ""
    if (why) throw new Stop(why)
    const me = await getJson<Me>("/keys/api/me")
    const keyring = await Keyring.unlock(typed.value, { ...me, grants: [] }).catch((error: unknown) => {
      throw error instanceof UnlockError ? new Stop(error.kind === "passphrase" ? said.change.wrong : words.unlock[error.kind]) : error
    })
    typed.value = ""
    begin(changed(keyring))
  }
  $("change").onclick = () => {
    go("old")
    typed.focus()
  }
  $("old-show").onchange = () => typed.classList.toggle("veiled", !$<HTMLInputElement>("old-show").checked)
  $("old-form").onsubmit = (event) => {
    event.preventDefault()
    void press($<HTMLButtonElement>("old-open"), $("old-error"), open, sentence)
  }
}

/** Left alone, the key is wiped and the page begins anew. */
function changed(keyring: Keyring): Deed {
  const watch = idle(IDLE_MINUTES, () => {
    keyring.wipe()
    location.reload()
  })
  const forget = (): void => {
    sent = { under: "", file: "" }
    watch.stop()
    keyring.wipe()
  }
  return { after: "changed", store: (passphrase) => storeUnder(passphrase, keyring), forget }
}

/** What was last sent, and under which words: it may have been stored though no answer came. */
let sent = { under: "", file: "" }

/** Seals the identity anew, makes sure that it opens, and has it stored against the proof that this browser holds it. */
async function storeUnder(passphrase: string[], keyring: Keyring): Promise<void> {
  const under = passphrase.join(" ")
  if (sent.under === under && (await getJson<Me>("/keys/api/me")).key?.sealed_identity === sent.file) return
  const sealed = await runApart({ verb: "seal", passphrase: under, bytes: utf8(keyring.ownIdentity() + "\n") })
  const again = await runApart({ verb: "open", passphrase: under, bytes: sealed }).catch(() => new Uint8Array())
  if (text(again).trim() !== keyring.ownIdentity()) throw new Stop(said.change.check)
  again.fill(0)
  const challenge = await getJson<{ sealed: string; token: string }>("/keys/api/key/challenge")
  const word = await openWith(keyring.ownIdentity(), unb64(challenge.sealed))
  sent = { under, file: b64(sealed) }
  try {
    await postJson("/keys/api/key/passphrase", { sealed_identity: sent.file, token: challenge.token, word })
  } catch (error) {
    if (error instanceof ApiError && error.code === "network") throw new Stop(said.change.unsure)
    throw error
  }
}

export function ownPage(): void {
  const begin = newWords()
  const make = document.getElementById("make")
  if (make) make.onclick = () => begin(making($("store").dataset.replace === "yes"))
  const place = document.getElementById("lock")
  if (place) trying(place)
  if (document.getElementById("old-form")) changing(begin)
}
