// The place where an officer unlocks, and the bar that shows it and locks again. Used by every page that needs keys.
import { ApiError, getJson } from "./api"
import { el, show, tell } from "./dom"
import { tooLong } from "./passphrase"
import { words } from "./strings"
import { Gone, type Heartbeat, heartbeat } from "./heartbeat"
import { own as said } from "./keys/words/own"
import { type Fault, idle, type Idle, Keyring, type Me, UnlockError } from "./unlock"

export const IDLE_MINUTES = 10

/** Of a paste the browser keeps this many characters: enough to tell that it is no passphrase, too few to hold up the page. */
const CUT = 2000

export type LockOptions = {
  /** what unlocking is for here; one sentence above the field */
  why?: string
  onUnlock: (keyring: Keyring, me: Me) => void
  /** keys are wiped already; take every text that they opened off the page */
  onLock: () => void
}

function sentenceOf(error: unknown): string {
  if (error instanceof UnlockError) return words.unlock[error.kind]
  if (error instanceof ApiError) return error.message
  throw error
}

function passphraseField(): { field: HTMLElement; input: HTMLInputElement } {
  // Not a password field: browsers would offer to keep it.
  const input = el("input", { id: "passphrase", type: "text", className: "veiled", maxLength: CUT, autocomplete: "off", spellcheck: false })
  input.setAttribute("autocapitalize", "none")
  input.setAttribute("aria-describedby", "passphrase-help passphrase-error")
  const toggle = el("input", { type: "checkbox", id: "passphrase-show" })
  toggle.onchange = () => input.classList.toggle("veiled", !toggle.checked)
  const field = el(
    "div",
    { className: "field" },
    el("label", { htmlFor: "passphrase" }, words.lock.label),
    el("p", { id: "passphrase-help", className: "help" }, words.lock.help),
    input,
    el("label", { className: "tick", htmlFor: "passphrase-show" }, toggle, words.lock.show),
  )
  return { field, input }
}

/** What was typed can be tried: else the sentence that says why not. */
export function unfit(typed: string): string {
  if (tooLong(typed)) return said.tooLong
  return typed.trim() === "" ? said.nothing : ""
}

/** What each box that can't be used suffers from, one line each. */
export function faultList(faults: Fault[]): HTMLElement {
  return el("ul", { className: "faults" }, ...faults.map(({ title, kind }) => el("li", {}, `${title}: ${words.fault[kind]}`)))
}

class Lock {
  private idle: Idle | null = null
  private heartbeat: Heartbeat | null = null
  private keyring: Keyring | null = null

  constructor(
    private readonly place: HTMLElement,
    private readonly options: LockOptions,
  ) {
    this.close("")
  }

  /** Shows the form; `sentence`, if any, instead of what unlocking is for. */
  private close(sentence: string): void {
    const { field, input } = passphraseField()
    const error = el("p", { id: "passphrase-error", className: "error", hidden: true })
    error.setAttribute("role", "alert")
    const button = el("button", { className: "primary", id: "unlock" }, words.lock.unlock)
    const form = el("form", { className: "card lock", autocomplete: "off" }, el("h2", {}, words.lock.title))
    const why = sentence || this.options.why
    if (why) form.append(el("p", { id: "lock-why" }, why))
    form.append(field, error, button)
    form.onsubmit = (event) => {
      event.preventDefault()
      void this.tryPassphrase(input, button, error)
    }
    this.place.replaceChildren(form)
  }

  private async tryPassphrase(input: HTMLInputElement, button: HTMLButtonElement, error: HTMLElement): Promise<void> {
    tell(error, unfit(input.value))
    if (!error.hidden) {
      if (tooLong(input.value)) input.value = ""
      input.focus()
      return
    }
    button.disabled = true
    button.textContent = words.lock.unlocking
    try {
      const me = await getJson<Me>("/keys/api/me")
      const keyring = await Keyring.unlock(input.value, me)
      input.value = ""
      this.opened(keyring, me)
    } catch (failure) {
      tell(error, sentenceOf(failure))
      button.disabled = false
      button.textContent = words.lock.unlock
      input.focus()
    }
  }

  private opened(keyring: Keyring, me: Me): void {
    this.keyring = keyring
    this.idle = idle(IDLE_MINUTES, () => this.shut(words.lock.locked))
    const state = el("span", {}, words.lock.open)
    this.heartbeat = heartbeat(keyring, {
      onGone: (gone) => this.end(gone),
      onLine: (there) => {
        state.textContent = there ? words.lock.open : said.noLine
      },
    })
    const again = el("button", { type: "button", id: "lock-again", onclick: () => this.idle?.lock() }, words.lock.again)
    const bar = el("div", { className: "lockbar" }, state, again)
    bar.setAttribute("role", "status")
    this.place.replaceChildren(bar)
    if (keyring.faults.length) this.place.append(faultList(keyring.faults))
    this.options.onUnlock(keyring, me)
  }

  /** The officer may no longer open what is open here. Other tabs learn it by themselves: theirs may hold what is still allowed. */
  private end(gone: Gone): void {
    this.idle?.stop()
    this.shut(said.gone[gone])
    // Nobody is signed in, or nothing can be opened any more: a field for the passphrase would promise what it can't keep.
    if (gone !== "signed_out" && gone !== "role") return
    const to = gone === "signed_out" ? `/accounts/login/?next=${encodeURIComponent(location.pathname)}` : "/"
    const link = el("a", { className: "button primary", href: to }, gone === "signed_out" ? said.signIn : said.away)
    this.place.replaceChildren(el("div", { className: "card lock" }, el("p", { id: "lock-why" }, said.gone[gone]), el("p", {}, link)))
    this.place.querySelector("#lock-why")?.setAttribute("role", "alert")
  }

  private shut(sentence: string): void {
    this.heartbeat?.stop()
    this.keyring?.wipe()
    this.keyring = this.idle = this.heartbeat = null
    this.close(sentence)
    show(this.place)
    this.options.onLock()
  }
}

/** Puts the unlocking form into `place`; after unlocking the bar stands there, after locking the form again. */
export function lockScreen(place: HTMLElement, options: LockOptions): void {
  new Lock(place, options)
}
