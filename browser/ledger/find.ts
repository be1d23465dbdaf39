// Finding a report's leaf in the public log by its tag alone, when the office's server no longer has the report. Whole bundles of whole days
// are fetched, all of them whether or not the leaf was found early, so that the server learns no more than the days.
import { b64, type Bytes, equal, text } from "../sealed/bytes"
import { LEAF_BYTES, TAG_BYTES } from "./leaf"
import { inclusion, isIncluded, leafHash, type Nodes, rootOver } from "./merkle"
import { Malformed, type Checkpoint } from "./note"
import { believed, checkShown, type Fault, type Pinned, seenBy, type Shown, type Verdict } from "./proof"

/** The bytes at a path below `/ledger/`; null where there is nothing. Rejects when the line drops. */
export type Get = (path: string) => Promise<Bytes | null>

/** What one publication added: the leaves [before, size). */
export type Publication = { day: string; before: number; size: number }

export const WIDTH = 256
const ENTRY = 2 + LEAF_BYTES
/** How many months back the log is asked where it ended before the days that are looked at. */
const MONTHS_BACK = 12
const DAY = 86_400_000
/** How many publications are asked for a witness's signature. */
const LATER_TRIED = 8

export const shifted = (day: string, days: number): string => new Date(Date.parse(day) + days * DAY).toISOString().slice(0, 10)
const monthBefore = (month: string): string => shifted(`${month}-01`, -1).slice(0, 7)

type Line = [day: string, size: number]

/** Bytes as text; a TypeError, which is also what a dropped line throws, becomes Malformed. */
function asText(raw: Bytes): string {
  try {
    return text(raw)
  } catch {
    throw new Malformed("text")
  }
}

function readMonth(raw: Bytes, month: string): Line[] {
  const lines = JSON.parse(asText(raw)) as Line[]
  const sound = Array.isArray(lines) && lines.every((line) => Array.isArray(line)) && lines.every(([day, size]) => typeof day === "string" && day.startsWith(month) && Number.isSafeInteger(size) && size > 0 && size % WIDTH === 0)
  if (!sound) throw new Malformed("days")
  return lines
}

/** What was published from `first` to `last` (days), and a few sizes after it, on which a witness may have signed later. */
export async function publications(get: Get, first: string, last: string): Promise<{ inside: Publication[]; later: number[] }> {
  const ask = async (month: string): Promise<Line[]> => {
    const raw = await get(`days/${month}`)
    return raw ? readMonth(raw, month) : []
  }
  let lines: Line[] = []
  for (let month = last.slice(0, 7); month >= first.slice(0, 7); month = monthBefore(month)) lines = [...(await ask(month)), ...lines]
  let month = first.slice(0, 7)
  for (let back = 0; back < MONTHS_BACK && !lines.some(([day]) => day < first); back++) {
    month = monthBefore(month)
    lines = [...(await ask(month)), ...lines]
  }
  // In the order of the log: a day may come twice, and where a clock went wrong even after its morrow.
  lines.sort((a, b) => a[1] - b[1])
  const all = lines.map(([day, size], i): Publication => ({ day, before: i ? lines[i - 1][1] : 0, size }))
  return { inside: all.filter(({ day }) => day >= first && day <= last), later: all.filter(({ day }) => day > last).map(({ size }) => size) }
}

/** 1234067 as `x001/x234/067` (C2SP tlog-tiles). */
export function tilePath(level: string, n: number, width = WIDTH): string {
  const groups: string[] = []
  for (let rest = n; ; rest = Math.floor(rest / 1000)) {
    groups.unshift((groups.length ? "x" : "") + String(rest % 1000).padStart(3, "0"))
    if (rest < 1000) break
  }
  return `tile/${level}/${groups.join("/")}${width < WIDTH ? `.p/${width}` : ""}`
}

function readBundle(raw: Bytes | null): Bytes[] {
  if (raw?.length !== WIDTH * ENTRY) throw new Malformed("bundle")
  return Array.from({ length: WIDTH }, (_, i) => {
    const entry = raw.subarray(i * ENTRY, (i + 1) * ENTRY)
    if (entry[0] !== 0 || entry[1] !== LEAF_BYTES) throw new Malformed("bundle")
    return entry.slice(2)
  })
}

/** The log's files, read once each: hashes of the tree of one size at a time. */
export class Log {
  private readonly bundles = new Map<number, Promise<Bytes[]>>()
  private readonly tiles = new Map<string, Promise<Bytes>>()

  constructor(
    private readonly get: Get,
    readonly pinned: Pinned,
  ) {}

  bundle(n: number): Promise<Bytes[]> {
    const kept = this.bundles.get(n) ?? this.get(tilePath("entries", n)).then(readBundle)
    this.bundles.set(n, kept)
    kept.catch(() => this.bundles.delete(n))
    return kept
  }

  has(n: number): boolean {
    return this.bundles.has(n)
  }

  /** The checkpoint of this size, if the log's key signed it. */
  async checkpoint(size: number): Promise<{ note: string; head: Checkpoint } | null> {
    const raw = await this.get(`checkpoints/${size}`)
    if (!raw) return null
    const note = asText(raw)
    const head = await believed(note, this.pinned)
    if (head.size !== size) throw new Malformed("size")
    return { note, head }
  }

  private tile(level: number, n: number, width: number): Promise<Bytes> {
    const name = tilePath(String(level), n, width)
    // A part of a tile may give way to the whole one.
    const read = async (): Promise<Bytes> => {
      const raw = (await this.get(name)) ?? (width < WIDTH ? await this.get(tilePath(String(level), n)) : null)
      if (!raw || raw.length < width * 32) throw new Malformed("tile")
      return raw
    }
    const kept = this.tiles.get(name) ?? read()
    this.tiles.set(name, kept)
    kept.catch(() => this.tiles.delete(name))
    return kept
  }

  /** Hashes of the tree of `size` leaves; below the height of a bundle they are made from the bundle itself, which is here already. */
  nodes(size: number): Nodes {
    return async (level, index) => {
      const height = Math.floor(level / 8)
      const count = 2 ** (level % 8)
      const first = index * count
      const n = Math.floor(first / WIDTH)
      if (height === 0) {
        const leaves = (await this.bundle(n)).slice(first % WIDTH, (first % WIDTH) + count)
        return rootOver(await Promise.all(leaves.map(leafHash)))
      }
      const width = Math.min(WIDTH, Math.floor(size / WIDTH ** height) - n * WIDTH)
      const tile = await this.tile(height, n, width)
      const at = (i: number): Bytes => tile.slice(i * 32, i * 32 + 32)
      return rootOver(Array.from({ length: count }, (_, i) => at((first % WIDTH) + i)))
    }
  }

  /** Whether bundle `n`, as it was fetched, is what the checkpoint was signed over. */
  async holds(n: number, head: Checkpoint): Promise<boolean> {
    const root = await rootOver(await Promise.all((await this.bundle(n)).map(leafHash)))
    const path = await inclusion(8, n, head.size, this.nodes(head.size))
    return isIncluded(root, n, head.size / WIDTH, path, head.root)
  }
}

export type Search =
  | { kind: "found"; day: string; leaf: Bytes; shown: Shown; verdict: Verdict }
  /** not in these days, whose bundles are what was signed; `seen`: by a pinned witness too */
  | { kind: "absent"; seen: boolean }
  /** nothing was published in these days */
  | { kind: "empty" }
  | { kind: "bad"; fault: Fault }

const faultOf = (error: unknown): Fault | null => {
  if (error instanceof Malformed || error instanceof SyntaxError) return "malformed"
  return (error as { fault?: Fault }).fault ?? null
}

/** Looks for the leaf whose tag is `tag` in what was published from `first` to `last`. Rejects when the line drops. */
export async function search(log: Log, get: Get, tag: Uint8Array, first: string, last: string, progress: (done: number, of: number) => void): Promise<Search> {
  try {
    const { inside, later } = await publications(get, first, last)
    const wanted = inside.flatMap(({ before, size }) => Array.from({ length: (size - before) / WIDTH }, (_, i) => before / WIDTH + i))
    if (!wanted.length) return { kind: "empty" }
    let index = -1
    for (const [done, n] of wanted.entries()) {
      progress(done, wanted.length)
      const at = (await log.bundle(n)).findIndex((leaf) => equal(leaf.subarray(0, TAG_BYTES), tag))
      if (at >= 0 && index < 0) index = n * WIDTH + at
    }
    progress(wanted.length, wanted.length)
    return index < 0 ? await prove(log, wanted, inside) : await show(log, index, inside, later)
  } catch (error) {
    const fault = faultOf(error)
    if (!fault) throw error
    return { kind: "bad", fault }
  }
}

/** That the bundles without the leaf are the log's own. */
async function prove(log: Log, bundles: number[], inside: Publication[]): Promise<Search> {
  const signed = await log.checkpoint(inside[inside.length - 1].size)
  if (!signed) return { kind: "bad", fault: "signature" }
  for (const n of bundles) if (!(await log.holds(n, signed.head))) return { kind: "bad", fault: "inclusion" }
  return { kind: "absent", seen: (await seenBy(signed.head, log.pinned)) !== null }
}

/** The leaf with its proof, under the first checkpoint that a witness has seen, or else the first. */
async function show(log: Log, index: number, inside: Publication[], later: number[]): Promise<Search> {
  const n = Math.floor(index / WIDTH)
  const leaf = (await log.bundle(n))[index % WIDTH]
  const since = inside.find(({ before, size }) => before <= index && index < size) as Publication
  const sizes = [since.size, ...inside.map(({ size }) => size).filter((size) => size > since.size), ...later].slice(0, LATER_TRIED)
  let shown: Extract<Search, { kind: "found" }> | null = null
  for (const size of sizes) {
    const signed = await log.checkpoint(size)
    if (!signed) continue
    const path = await inclusion(0, index, size, log.nodes(size))
    const way: Shown = { index, size, proof: path.map(b64), checkpoint: signed.note }
    const verdict = await checkShown(leaf, way, log.pinned)
    shown ??= { kind: "found", day: since.day, leaf, shown: way, verdict }
    if (verdict.kind !== "unseen") return { ...shown, shown: way, verdict }
  }
  return shown ?? { kind: "bad", fault: "signature" }
}

/** Reads below `/ledger/` of this very server. */
export const fetched: Get = async (path) => {
  const answer = await fetch(`/ledger/${path}`, { credentials: "omit", referrerPolicy: "no-referrer" })
  if (answer.status === 404) return null
  if (!answer.ok) throw new Error(String(answer.status))
  return new Uint8Array(await answer.arrayBuffer())
}
