// Photos that go with what was said: drawn anew at once, as on the phone, so that nothing but their picture is left (R8).
import { cleanPhoto, MediaError } from "../../phone/photo"
import type { Entry } from "../../sealed/tar"
import { $, el, tell } from "../dom"
import { words } from "./words"

const MOST = 8

export class Photos {
  private readonly kept: { entry: Entry; url: string }[] = []
  private busy: Promise<void> = Promise.resolve()

  constructor() {
    const input = $<HTMLInputElement>("photo")
    input.onchange = () => {
      const files = [...(input.files ?? [])]
      input.value = ""
      for (const file of files) this.busy = this.busy.then(() => this.add(file))
    }
  }

  /** All of them, once each chosen file has been read. */
  async all(): Promise<Entry[]> {
    await this.busy
    return this.kept.map(({ entry }) => entry)
  }

  private async add(file: File): Promise<void> {
    const say = $("photo-say")
    if (this.kept.length >= MOST) return tell(say, words.enough)
    tell(say, words.working)
    try {
      const entry = await cleanPhoto(file)
      const type = entry.name.endsWith("webp") ? "image/webp" : "image/jpeg"
      this.kept.push({ entry, url: URL.createObjectURL(new Blob([entry.bytes as Uint8Array<ArrayBuffer>], { type })) })
      tell(say, "")
      this.draw()
    } catch (error) {
      tell(say, error instanceof MediaError ? words.media[error.kind] : words.media.no_photo)
    }
  }

  private draw(): void {
    const rows = this.kept.map((photo, i) => {
      const out = el("button", { type: "button", onclick: () => this.remove(i) }, words.remove)
      return el("li", {}, el("img", { src: photo.url, alt: words.photo(i + 1) }), out)
    })
    $("photos").replaceChildren(...rows)
  }

  private remove(at: number): void {
    for (const { url } of this.kept.splice(at, 1)) URL.revokeObjectURL(url)
    this.draw()
  }
}
