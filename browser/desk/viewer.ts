// The sandboxed frame: an origin of its own, allowed to ask nobody. It is handed one file, finds out what it is before anything
// decodes it, and draws it. A flaw in a decoder meets an empty room: no keys, no texts, no network.
import { isTooLarge, measure, voiceType } from "./viewer/measure"
import type { Refusal, Said, Show } from "./viewer/words"

// Enough for a face or a number plate on a large screen, and small enough for an old computer.
const DRAWN_SIDE = 1600
const TELL_EVERY = 15_000
const room = document.getElementById("frame") as HTMLElement

// The page around is of another origin than this frame's opaque one, so no target can be named; nothing secret is said.
const tell = (said: Said): void => parent.postMessage(said, "*")
const refuse = (why: Refusal): void => tell({ say: "refused", why })

async function showPhoto({ bytes, label }: Show): Promise<void> {
  const size = measure(new Uint8Array(bytes))
  if (!size) return refuse("not-photo")
  if (isTooLarge(size)) return refuse("too-large")
  const share = Math.min(1, DRAWN_SIDE / Math.max(size.width, size.height))
  const [width, height] = [Math.max(1, Math.round(size.width * share)), Math.max(1, Math.round(size.height * share))]
  const picture = await createImageBitmap(new Blob([bytes], { type: size.type }), { resizeWidth: width, resizeHeight: height, resizeQuality: "high" })
  const canvas = document.createElement("canvas")
  canvas.width = width
  canvas.height = height
  canvas.getContext("2d")!.drawImage(picture, 0, 0, width, height)
  picture.close()
  canvas.setAttribute("role", "img")
  canvas.setAttribute("aria-label", label)
  const enlarge = document.createElement("button")
  enlarge.setAttribute("aria-label", label)
  enlarge.append(canvas)
  enlarge.onclick = () => tell({ say: "enlarge" })
  room.append(enlarge)
  tell({ say: "photo", width, height })
}

/** Recorders leave the length out; it is known after a look at the end. Seconds, or null when it can't be found out. */
function lengthOf(audio: HTMLAudioElement): Promise<number | null> {
  if (Number.isFinite(audio.duration)) return Promise.resolve(audio.duration)
  return new Promise((resolve) => {
    const done = (): void => {
      if (!Number.isFinite(audio.duration)) return
      audio.removeEventListener("durationchange", done)
      audio.currentTime = 0
      resolve(audio.duration)
    }
    audio.addEventListener("durationchange", done)
    setTimeout(() => resolve(null), 3000)
    audio.currentTime = 1e7
  })
}

function showVoice({ bytes, label }: Show): void {
  const type = voiceType(new Uint8Array(bytes))
  if (!type) return refuse("not-voice")
  const audio = document.createElement("audio")
  audio.controls = true
  audio.preload = "metadata"
  audio.setAttribute("controlslist", "nodownload noplaybackrate")
  audio.setAttribute("aria-label", label)
  audio.onerror = () => refuse("broken")
  audio.onloadedmetadata = () => void lengthOf(audio).then((seconds) => tell({ say: "voice", seconds, height: audio.offsetHeight }))
  let told = 0
  audio.ontimeupdate = () => {
    if (Date.now() - told < TELL_EVERY || audio.paused) return
    told = Date.now()
    tell({ say: "used" })
  }
  audio.src = URL.createObjectURL(new Blob([bytes], { type }))
  room.append(audio)
}

function take(event: MessageEvent<Show>): void {
  if (event.source !== parent || event.data?.say !== "show") return
  removeEventListener("message", take)
  if (event.data.kind === "voice") return showVoice(event.data)
  showPhoto(event.data).catch(() => refuse("broken"))
}

addEventListener("message", take)
for (const name of ["pointerdown", "keydown"]) addEventListener(name, () => tell({ say: "used" }))
tell({ say: "ready" })
