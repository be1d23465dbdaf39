// The page on which an officer enters a report for somebody: seals it here, stores it, shows the person's receipt once. Keeps nothing.
import { StatementError, type Signed } from "../sealed/statement"
import type { Entry } from "../sealed/tar"
import { $, el, show, tell, told } from "./dom"
import { Photos } from "./intake/photos"
import { type Prepared, prepare, Refusal, type Said, store } from "./intake/sending"
import { slip } from "./intake/slip"
import { forget, isCode, knownRoot, trusted } from "./intake/trust"
import { words } from "./intake/words"

type Box = { slug: string; title: string; kind: string; training: boolean; villages: string[]; signed: Signed }
type Settings = { boxes: Box[]; kinds: Record<string, { what: Record<string, string>; public: boolean }>; receipt: string }

const settings = told<Settings>("settings")
const field = (id: string): HTMLInputElement => $<HTMLInputElement>(id)
const valueOf = (id: string): string => field(id).value.trim()
const box = (): Box => settings.boxes.find(({ slug }) => slug === field("box").value)!

function options(select: HTMLElement, pairs: [string, string][]): void {
  select.replaceChildren(el("option", { value: "" }, words.notChosen), ...pairs.map(([value, label]) => el("option", { value }, label)))
}

/** What depends on the box: its villages, its choices, whether its key is known on this machine. */
function showBox(): void {
  const chosen = box()
  const kind = settings.kinds[chosen.kind]
  options($("what"), Object.entries(kind.what))
  options($("village"), chosen.villages.map((name) => [name, name]))
  show($("training"), chosen.training)
  show($("public-field"), kind.public)
  show($("code-field"), knownRoot(chosen.slug) === null)
}

function read(): Said {
  const named = field("named").checked
  return {
    channel: document.querySelector<HTMLInputElement>("[name=channel]:checked")?.value ?? "",
    what: valueOf("what"),
    text: field("text").value,
    village: valueOf("village"),
    place: valueOf("place"),
    when: valueOf("when"),
    when_text: valueOf("when-text"),
    forward: field("forward").checked,
    public: settings.kinds[box().kind].public ? field("public").checked : null,
    named: named ? { name: valueOf("name"), contact: valueOf("contact"), paper: valueOf("paper") } : null,
    secrecy: named && field("secrecy").checked,
  }
}

/** What is missing, with the field to go to; null when all is there. */
function missing(said: Said, photos: Entry[]): [string, HTMLElement] | null {
  if (!said.channel) return [words.noChannel, document.querySelector<HTMLElement>("[name=channel]")!]
  if (!said.text.trim() && !said.what && photos.length === 0) return [words.empty, $("text")]
  if (said.named && !said.named.name) return [words.noName, $("name")]
  if (!$("code-field").hidden && !isCode(field("code").value)) return [words.codeForm, $("code")]
  return null
}

function reason(error: unknown): string {
  if (error instanceof StatementError) return error.kind === "pin" || error.kind === "expired" ? words.untrusted[error.kind] : words.untrusted.other
  if (!(error instanceof Refusal)) return words.failed
  return error.status === 0 ? words.offline : words.refused(error.message)
}

function hold(on: boolean): void {
  for (const part of document.querySelectorAll<HTMLFieldSetElement>("#form fieldset")) part.disabled = on
}

/** One report: sealed once, so that whatever the line does it is stored once. */
class Entering {
  private prepared: Prepared | null = null

  constructor(private readonly photos: Photos) {}

  async press(): Promise<void> {
    tell($("say"), "")
    if (!this.prepared && !(await this.seal())) return
    // What is stored is what was written when it was sealed: what is added from now on would be lost.
    hold(true)
    await this.save(this.prepared!)
  }

  private async seal(): Promise<boolean> {
    const photos = await this.photos.all()
    const said = read()
    const lacking = missing(said, photos)
    if (lacking) {
      tell($("say"), lacking[0])
      lacking[1].focus()
      return false
    }
    $("progress").textContent = words.sealing
    try {
      this.prepared = await prepare(said, photos, await trusted(box().slug, box().signed, field("code").value))
      return true
    } catch (error) {
      tell($("say"), reason(error))
      if (error instanceof StatementError && error.kind === "pin") {
        forget(box().slug)
        show($("code-field"))
        $("code").focus()
      }
      return false
    } finally {
      $("progress").textContent = ""
    }
  }

  private async save(prepared: Prepared): Promise<void> {
    try {
      await store(prepared, (part, of) => ($("progress").textContent = words.sending(part, of)))
      finish(prepared, null)
    } catch (error) {
      $("progress").textContent = ""
      if (error instanceof Refusal && (error.status === 0 || error.status >= 500)) return this.offerAgain(reason(error))
      // With the text stored the report is there, whatever becomes of its photos.
      if (prepared.stored) return finish(prepared, words.photosLost(reason(error)))
      this.prepared = null
      hold(false)
      $("send").textContent = words.send
      tell($("say"), reason(error))
    }
  }

  /** Perhaps it was stored and only the answer got lost: the very same goes again, so nothing may be changed meanwhile. */
  private offerAgain(sentence: string): void {
    $("send").textContent = words.again
    tell($("say"), sentence)
  }
}

function finish({ receipt }: Prepared, left: string | null): void {
  const { title } = box()
  const warning = left === null ? null : el("p", { className: "error", role: "alert" }, left)
  forgetForm()
  $("done").replaceChildren(...slip(receipt, title, settings.receipt, warning))
  for (const element of $("entry").children) show(element as HTMLElement, element.id === "done")
  $("done").focus()
  window.scrollTo(0, 0)
}

function forgetForm(): void {
  $<HTMLFormElement>("form").reset()
  $("photos").replaceChildren()
}

function start(): void {
  const entering = new Entering(new Photos())
  const send = $<HTMLButtonElement>("send")
  field("box").onchange = showBox
  field("named").onchange = () => show($("named-fields"), field("named").checked)
  $<HTMLFormElement>("form").onsubmit = (event) => {
    event.preventDefault()
    if (send.disabled) return
    send.disabled = true
    void entering.press().finally(() => (send.disabled = false))
  }
  // The browser's own memory of the page must not bring back what somebody told, nor their receipt.
  addEventListener("pagehide", () => {
    forgetForm()
    $("done").replaceChildren()
  })
  addEventListener("pageshow", (event) => {
    if (event.persisted) location.reload()
  })
  showBox()
  show($("entry"))
}

start()
