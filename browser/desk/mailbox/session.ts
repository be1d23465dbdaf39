// What is readable while unlocked, all in one place so that locking can forget it: keys, opened reports, drafts.
import type { First, Read } from "./opening"
import type { Assessment, Settings } from "./types"

/** What of the unlocked keys the mailbox needs (`../unlock`): all identities that a box has had, the newest first. */
export type Keys = { boxIdentities(slug: string): string[]; boxes(): string[]; wipe(): void }

export type Draft = {
  answer: string
  note: string
  assessment: Assessment | null
  /** why a deadline moves */
  reason: string
  /** what all are to read */
  publicly: { asked: string; answered: string }
  /** an outcome that is being counted */
  outcome: { kind: string; exhibit: string; quantity: string; unit: string; day: string; remarks: string } | null
  /** ids of lines that a link brought together and that may be one thing */
  alike: string[][]
}

/** "unreadable": the first part does not open; "large": it is opened only with its report. */
export type KnownFirst = First | "unreadable" | "large"

export class Session {
  private readonly firsts = new Map<string, KnownFirst>()
  private readonly read = new Map<string, Read>()
  private readonly media = new Map<string, string>()
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

  first(thread: string): KnownFirst | undefined {
    return this.firsts.get(thread)
  }

  /** What the desk knows now: the first that could be opened stays, for the list may come to a report after its page did. What comes too late, or
   * after the desk locked, is emptied at once. */
  keepFirst(thread: string, first: KnownFirst): KnownFirst {
    const known = this.firsts.get(thread)
    if (!this.locked && typeof known !== "object") {
      this.firsts.set(thread, first)
      return first
    }
    if (typeof first === "object") empty(first)
    return known ?? first
  }

  /** The reports whose first part was opened, by thread. */
  opened(): [string, First][] {
    return [...this.firsts].filter((entry): entry is [string, First] => typeof entry[1] === "object")
  }

  forgetFirst(thread: string): void {
    this.firsts.delete(thread)
  }

  /** A later part by its digest. */
  part(digest: string): Read {
    return this.read.get(digest) ?? null
  }

  /** Texts only: media is handed to its frame and forgotten. */
  keepPart(digest: string, read: NonNullable<Read>): void {
    if (!this.locked) this.read.set(digest, read)
    else empty(read)
  }

  /** File name of a photo or voice that was opened, by its part's digest. */
  medium(digest: string): string {
    return this.media.get(digest) ?? ""
  }

  keepMedium(digest: string, name: string): void {
    if (!this.locked) this.media.set(digest, name)
  }

  draft(thread: string): Draft {
    const draft = this.drafts.get(thread) ?? { answer: "", note: "", assessment: null, reason: "", publicly: { asked: "", answered: "" }, outcome: null, alike: [] }
    this.drafts.set(thread, draft)
    return draft
  }

  boxTitle(slug: string): string {
    return this.settings.boxes.find((box) => box.slug === slug)?.title ?? slug
  }

  /** Forgets. Objects are emptied, not only let go: a piece of the page that something still holds then holds nothing. */
  lock(): void {
    this.ending.abort()
    this.keys.wipe()
    for (const first of this.firsts.values()) if (typeof first === "object") empty(first)
    for (const read of this.read.values()) if (read) empty(read)
    for (const draft of this.drafts.values()) empty(draft)
    this.firsts.clear()
    this.read.clear()
    this.drafts.clear()
    this.media.clear()
    // The engine keeps the last text that a pattern matched (RegExp.input): let that be an empty one.
    "".match(/^/)
  }
}

/** Overwrites bytes, then drops every field, those of objects inside too. */
function empty(thing: object): void {
  for (const [name, value] of Object.entries(thing)) {
    if (value instanceof Uint8Array) value.fill(0)
    else if (typeof value === "object" && value !== null) empty(value)
    Reflect.deleteProperty(thing, name)
  }
}
