// Photos and voices: each is handed to a sandboxed frame of its own and shown there; here is only what the frame says of it.
import type { Bytes } from "../../sealed/bytes"
import type { Kind, Refusal, Said, Show } from "../viewer/words"
import { el } from "./dom"
import { t } from "./strings"

// A frame that says nothing for so long has choked on what it was given.
const PATIENCE = 20_000

export type Medium = { kind: Kind; bytes: Bytes; label: string; onLength: (seconds: number) => void }

const viewerAddress = (): string => document.getElementById("desk")?.dataset.viewer ?? "/viewer"

/** A photo or voice in its frame. The bytes are given away: nobody else has them afterwards. */
export function medium({ kind, bytes, label, onLength }: Medium): HTMLElement {
  const frame = el("iframe", { sandbox: "allow-scripts", src: viewerAddress(), title: label, referrerpolicy: "no-referrer", class: "viewer" })
  const place = el("figure", { class: `medium ${kind}` }, frame)
  const refused = (why: Refusal | "silent"): void => {
    end()
    place.replaceChildren(el("p", { class: "refused", role: "status" }, `${label}: ${t.refused[why] ?? t.refused.broken}`))
  }
  const patience = window.setTimeout(() => refused("silent"), PATIENCE)
  const end = (): void => {
    clearTimeout(patience)
    removeEventListener("message", hear)
  }
  const answers = reactions({ frame, place, patience, onLength, refused, show: { say: "show", kind, label, bytes: bytes.buffer } })
  const hear = ({ source, data }: MessageEvent<Said>): void => {
    if (!place.isConnected) return end()
    if (source === frame.contentWindow) answers[data?.say]?.(data as never)
  }
  addEventListener("message", hear)
  return place
}

type Room = {
  frame: HTMLIFrameElement
  place: HTMLElement
  patience: number
  onLength: (seconds: number) => void
  refused: (why: Refusal) => void
  show: Show
}
type Reactions = { [Name in Said["say"]]?: (said: Extract<Said, { say: Name }>) => void }

function reactions({ frame, place, patience, onLength, refused, show }: Room): Reactions {
  return {
    ready: () => {
      // Once: a frame that asks again gets nothing, for the buffer has gone.
      if (show.bytes.byteLength > 0) frame.contentWindow?.postMessage(show, "*", [show.bytes])
    },
    photo: ({ width, height }) => {
      clearTimeout(patience)
      frame.style.aspectRatio = `${Number(width) || 4} / ${Number(height) || 3}`
      place.classList.add("shown")
    },
    voice: ({ seconds }) => {
      clearTimeout(patience)
      place.classList.add("shown")
      if (typeof seconds === "number" && Number.isFinite(seconds)) onLength(seconds)
    },
    refused: ({ why }) => refused(why),
    // Listening is use: the idle lock counts touches in this document only.
    used: () => document.dispatchEvent(new Event("pointerdown")),
    enlarge: () => {
      place.classList.toggle("large")
      place.scrollIntoView({ block: "nearest" })
    },
  }
}
