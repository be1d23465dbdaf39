// What is readable while unlocked, all in one place so that locking can forget it: keys, opened reports, drafts.
import type { First, Read } from "./opening"
import type { Settings } from "./types"

/** What of the unlocked keys the mailbox needs (`../unlock`). */
export type Keys = { boxIdentity(slug: string): string; boxes(): string[]; wipe(): void }

export type Draft = { answer: string; note: string; assessment: { category: string; value: string; complex: boolean; extended: boolean } | null }

export class Session {
  /** By thread key; "unreadable" when the first part does not open. */
  readonly firsts = new Map<string, First | "unreadable" | "large">()
  /** Later parts by digest, text ones only: media is handed to its frame and forgotten. */
  readonly read = new Map<string, Read>()
  private readonly drafts = new Map<string, Draft>()
  private readonly ending = new AbortController()

  constructor(
    readonly keys: Keys,
    readonly settings: Settings,
  ) {}

  /** Aborts when the desk is locked. */
  get signal(): AbortSignal {
    return this.ending.signal
  }

  get locked(): boolean {
    return this.ending.signal.aborted
  }

  draft(thread: string): Draft {
    const draft = this.drafts.get(thread) ?? { answer: "", note: "", assessment: null }
    this.drafts.set(thread, draft)
    return draft
  }

  boxTitle(slug: string): string {
    return this.settings.boxes.find((box) => box.slug === slug)?.title ?? slug
  }

  lock(): void {
    this.ending.abort()
    this.keys.wipe()
    for (const first of this.firsts.values()) if (typeof first === "object") first.secret.fill(0)
    this.firsts.clear()
    this.read.clear()
    this.drafts.clear()
  }
}
