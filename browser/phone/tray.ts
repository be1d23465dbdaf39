// The tray of photos and voices that go with a text: choosing, recording, listening, taking out again.
import { t } from "strings/phone"

import type { Entry } from "../sealed/tar"
import { $, button, copy, el, fill, tell } from "./dom"
import { bare } from "./words"
import { cleanPhoto, MediaError } from "./photo"
import { cleanSound, LONGEST, Recording } from "./voice"

export type Medium = { kind: "photo" | "voice"; entry: Entry; url: string }

const MOST = { photo: 8, voice: 3 }
const TYPES: Record<string, string> = {
  "photo.webp": "image/webp", "photo.jpg": "image/jpeg", "voice.webm": "audio/webm", "voice.ogg": "audio/ogg",
  "voice.m4a": "audio/mp4", "voice.wav": "audio/wav",
}

/** A medium as the page shows it. */
export function picture(medium: Medium): HTMLElement {
  if (medium.kind === "photo") return el("img", { src: medium.url, alt: bare(t.photo) })
  return el("audio", { src: medium.url, controls: true })
}

/** Works on `#photo`, `#voice`, `#voice-file`, `#media`, `#media-say`. */
export class Tray {
  media: Medium[] = []
  private recording: Recording | null = null
  private busy: Promise<unknown> = Promise.resolve()

  constructor(private readonly changed: () => void) {
    for (const [id, take] of [["photo", cleanPhoto], ["voice-file", cleanSound]] as const) {
      const input = $<HTMLInputElement>(id)
      const kind = id === "photo" ? "photo" : "voice"
      const read = (): void => {
        const files = [...(input.files ?? [])]
        input.value = ""
        for (const file of files) this.busy = this.busy.then(() => this.add(kind, () => take(file)))
      }
      input.onchange = read
      if (input.files?.length) read() // chosen before this bundle had come
    }
    const voice = $<HTMLButtonElement>("voice")
    voice.disabled = false
    voice.onclick = () => void (this.recording ? this.stop() : this.record())
    // Zalo's own browser often has no microphone and opens no files, without a word; the phone's browser does.
    if (/Zalo/i.test(navigator.userAgent)) {
      const address = button(t.copyAddress, () => void copy(location.href))
      $("media").after(el("p", { className: "warn" }, t.zalo, " ", address))
    }
  }

  /** Done when every chosen file has been read and no recording runs. */
  async settled(): Promise<void> {
    if (this.recording) await this.stop()
    await this.busy
  }

  clear(): void {
    for (const { url } of this.media) URL.revokeObjectURL(url)
    this.media = []
    this.draw()
  }

  private say(sentence: string, bad = true): void {
    tell($("media-say"), sentence, bad)
  }

  private async add(kind: Medium["kind"], make: () => Promise<Entry>): Promise<void> {
    if (this.media.filter((medium) => medium.kind === kind).length >= MOST[kind]) return this.say(t.enough)
    this.say(t.working, false)
    try {
      const entry = await make()
      const url = URL.createObjectURL(new Blob([entry.bytes as Uint8Array<ArrayBuffer>], { type: TYPES[entry.name] }))
      this.media.push({ kind, entry, url })
      this.say("", false)
      this.draw()
      this.changed()
    } catch (error) {
      this.say(error instanceof MediaError ? t.media[error.kind] : kind === "photo" ? t.media.no_photo : t.media.no_sound)
    }
  }

  private draw(): void {
    const row = (medium: Medium, i: number): HTMLElement => {
      const out = button(t.remove, () => {
        URL.revokeObjectURL(medium.url)
        this.media.splice(i, 1)
        this.draw()
        this.changed()
      })
      out.setAttribute("aria-label", bare(`${t.remove}: ${t[medium.kind]} ${i + 1}`))
      return el("li", {}, picture(medium), out)
    }
    fill($("media"), ...this.media.map(row))
  }

  private async record(): Promise<void> {
    const voice = $<HTMLButtonElement>("voice")
    voice.disabled = true
    try {
      this.recording = await Recording.start()
      this.say("", false)
      const began = Date.now()
      const tick = (): void => {
        if (!this.recording) return
        const seconds = Math.floor((Date.now() - began) / 1000)
        fill(voice, `■ ${t.stop} ${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`)
        if (seconds >= LONGEST) void this.stop()
        else setTimeout(tick, 500)
      }
      tick()
    } catch {
      this.say(t.noMicrophone)
    }
    voice.disabled = false
  }

  private async stop(): Promise<void> {
    const recording = this.recording
    this.recording = null
    fill($("voice"), t.speak)
    if (!recording) return
    // The microphone is let go at once; the sound is added in its turn, so that who presses on at once does not leave it behind.
    const ended = recording.stop()
    ended.catch(() => undefined) // told when its turn comes
    await (this.busy = this.busy.then(() => this.add("voice", () => ended)))
  }
}
