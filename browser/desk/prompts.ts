// Recording the sentences of a box's page, or listening to and approving what a colleague recorded. One card a sentence.
import { ApiError, postJson } from "./api"
import { all, el, fill, tell } from "./dom"
import { BadSound, check, LONGEST, Take } from "./prompts/sound"
import { words } from "./prompts/words"

type Kept = { state: string; words: string; seconds?: number; digest?: string }

const list = document.querySelector<HTMLElement>(".prompts")
const box = list?.dataset["box"] ?? ""
const language = list?.dataset["language"] ?? ""
const approving = list?.dataset["approving"] === "1"
const address = (verb: string, key?: string): string =>
  `/languages/boxes/${box}/api/${verb}/${key ? `?${new URLSearchParams({ language, key })}` : ""}`
const LEVELS: Record<string, string> = { approved: "good", waiting: "wait", stale: "bad" }

// One voice at a time: a recording that begins silences what plays, and ends another recording.
let running: Card | null = null
let player: HTMLAudioElement | null = null

function play(url: string, ended?: () => void): HTMLAudioElement {
  player?.pause()
  player = new Audio(url)
  if (ended) player.onended = ended
  void player.play().catch(() => undefined)
  return player
}

const sentenceOf = (error: unknown): string => (error instanceof ApiError ? error.message : error instanceof BadSound ? words[error.kind] : String(error))

async function sendSound(key: string, sound: Blob): Promise<Kept> {
  const token = document.querySelector<HTMLMetaElement>("meta[name=csrf]")?.content ?? ""
  const headers = { Accept: "application/json", "Content-Type": "application/octet-stream", "X-CSRFToken": token }
  const response = await fetch(address("record", key), { method: "POST", headers, body: sound, cache: "no-store" }).catch(() => null)
  const answer = await response?.json().catch(() => null)
  if (!response || !answer) throw new ApiError("network", 0, document.documentElement.lang === "en" ? "The server can't be reached. Try again." : "Không nối được máy chủ. Đồng chí thử lại.")
  if (!response.ok) throw new ApiError(String(answer.error), response.status, String(answer.message))
  return answer as Kept
}

class Card {
  private readonly key: string
  private readonly tools: HTMLElement
  private readonly error: HTMLElement
  private take: Take | null = null
  private fresh: string | null = null
  private heard = false

  constructor(private readonly item: HTMLElement) {
    this.key = item.dataset["key"] ?? ""
    this.tools = item.querySelector<HTMLElement>(".tools") as HTMLElement
    this.error = item.querySelector<HTMLElement>(".error") as HTMLElement
    this.draw()
  }

  private get state(): string {
    return this.item.dataset["state"] ?? "none"
  }

  private draw(...more: HTMLElement[]): void {
    const kept = this.state === "none" ? [] : [this.button(words.listen, () => void this.listen())]
    this.tools.replaceChildren(...(more.length ? more : approving ? [...kept, ...this.approvals()] : [this.recordButton(), ...kept, ...this.extras()]))
  }

  private button(label: string, press: () => void, className = ""): HTMLButtonElement {
    const made = el("button", { type: "button", className, onclick: press }, label)
    // The sentence names the card to whoever can't see it.
    made.setAttribute("aria-label", `${label}: ${this.item.querySelector(".big")?.textContent ?? ""}`)
    return made
  }

  private recordButton(): HTMLElement {
    return this.button(this.state === "none" ? words.record : words.again, () => void this.start(), this.state === "none" ? "primary" : "")
  }

  private extras(): HTMLElement[] {
    const input = el("input", { type: "file", accept: "audio/*" })
    input.setAttribute("aria-label", `${words.file}: ${this.item.querySelector(".big")?.textContent ?? ""}`)
    input.onchange = () => {
      const file = input.files?.[0]
      input.value = ""
      if (file) void this.offer(file)
    }
    const file = el("label", { className: "button quiet file" }, words.file, input)
    return this.state === "none" ? [file] : [file, this.removeButton("remove", words.remove)]
  }

  /** A second press, on a button that asks, removes. */
  private removeButton(verb: string, label: string): HTMLElement {
    const made = this.button(label, () => {
      made.replaceWith(this.button(words.sure, () => void this.remove(verb), "danger"))
    }, "quiet")
    return made
  }

  private approvals(): HTMLElement[] {
    if (this.item.dataset["own"]) return [el("span", { className: "soft" }, words.own)]
    const refuse = this.removeButton("refuse", words.refuse)
    if (this.state !== "waiting") return [refuse]
    const approve = this.button(words.approve, () => void this.approve(), "primary")
    approve.disabled = !this.heard
    return [approve, refuse, ...(this.heard ? [] : [el("span", { className: "soft" }, words.listenFirst)])]
  }

  private show(kept: Kept): void {
    this.item.dataset["state"] = kept.state
    this.item.dataset["digest"] = kept.digest ?? ""
    fill({ words: kept.words, seconds: kept.seconds ? `${kept.seconds.toLocaleString(document.documentElement.lang)} s` : "" }, this.item)
    const state = this.item.querySelector(".state")
    if (state) state.className = `state ${LEVELS[kept.state] ?? ""}`
    this.draw()
    count()
  }

  private async attempt(step: () => Promise<void>): Promise<void> {
    tell(this.error, "")
    try {
      await step()
    } catch (failure) {
      tell(this.error, sentenceOf(failure))
    }
  }

  private async start(): Promise<void> {
    tell(this.error, "")
    player?.pause()
    await running?.stop()
    try {
      this.take = await Take.start()
    } catch {
      return tell(this.error, words.noMicrophone)
    }
    running = this
    const stop = this.button(words.stop(0), () => void this.stop(), "on")
    this.draw(stop)
    stop.focus()
    const tick = (): void => {
      if (!this.take) return
      stop.textContent = words.stop(this.take.seconds)
      if (this.take.seconds >= LONGEST) void this.stop()
      else setTimeout(tick, 250)
    }
    tick()
  }

  async stop(): Promise<void> {
    const take = this.take
    this.take = null
    if (running === this) running = null
    if (take) await this.offer(await take.stop())
  }

  /** What was just recorded or chosen: listen, record again, keep. */
  private async offer(sound: Blob): Promise<void> {
    this.draw()
    await this.attempt(async () => {
      await check(sound)
      if (this.fresh) URL.revokeObjectURL(this.fresh)
      const url = (this.fresh = URL.createObjectURL(sound))
      const keep = this.button(words.keep, () => void this.keep(sound, keep), "primary")
      this.draw(el("span", { className: "soft" }, words.fresh), this.button(words.listen, () => void play(url)), this.button(words.again, () => void this.start()), keep)
      keep.focus()
    })
  }

  private async keep(sound: Blob, button: HTMLButtonElement): Promise<void> {
    button.disabled = true
    button.textContent = words.keeping
    await this.attempt(async () => this.show(await sendSound(this.key, sound)))
    button.disabled = false
    button.textContent = words.keep
  }

  private async listen(): Promise<void> {
    await this.attempt(async () => {
      const response = await fetch(address(approving ? "heard" : "sound", this.key), { cache: "no-store" })
      if (!response.ok) throw new ApiError("sound", response.status, String((await response.json()).message))
      const url = URL.createObjectURL(await response.blob())
      play(url, () => {
        URL.revokeObjectURL(url)
        this.heard = true
        if (approving) this.draw()
      })
    })
  }

  private async approve(): Promise<void> {
    await this.attempt(async () =>
      this.show(await postJson<Kept>(address("approve"), { language, key: this.key, digest: this.item.dataset["digest"] ?? "" })),
    )
  }

  private async remove(verb: string): Promise<void> {
    await this.attempt(async () => {
      const gone = await postJson<Kept>(address(verb), { language, key: this.key })
      if (approving) this.item.remove()
      else this.show(gone)
      count()
    })
  }
}

/** How many villagers can hear, on the bar. Only on the page that lists every sentence. */
function count(): void {
  const bar = document.querySelector<HTMLProgressElement>("#progress")
  const number = document.querySelector("#count")
  const done = all(".prompts > [data-state=approved]").length
  if (bar && number) number.textContent = String((bar.value = done))
}

for (const item of list ? all(".prompts > li", document) : []) if (item.querySelector(".tools")) new Card(item)
