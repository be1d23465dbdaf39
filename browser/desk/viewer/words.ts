// What page and frame say to each other. The frame says nothing of what it shows but size, length and whether it is in use.

export type Kind = "photo" | "voice"

/** To the frame, once, after it said `ready`. */
export type Show = { say: "show"; kind: Kind; label: string; bytes: ArrayBuffer }

export type Refusal = "not-photo" | "not-voice" | "too-large" | "broken"

/** From the frame. Heights and widths are CSS pixels, lengths seconds. */
export type Said =
  | { say: "ready" }
  | { say: "photo"; width: number; height: number }
  | { say: "voice"; seconds: number | null; height: number }
  | { say: "refused"; why: Refusal }
  | { say: "used" }
  | { say: "enlarge" }
