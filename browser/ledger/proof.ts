// Proof that a leaf stands in the public log, and the file that carries it (docs/sealed-mailbox.md, section 14). Believes the keys that the
// page pins and nothing else.
import { b64, equal, hex } from "../sealed/bytes"
import { LEAF_BYTES, TAG_BYTES } from "./leaf"
import { isIncluded, leafHash } from "./merkle"
import { type Checkpoint, cosignedAt, isSigned, Malformed, readCheckpoint, readKey, strictB64 } from "./note"

/** What a page believes: the log's name, all its keys (retired ones too), its witnesses' keys, as C2SP verifier keys. */
export type Pinned = { origin: string; log: string[]; witnesses: string[] }

export type Fault = "malformed" | "leaf" | "origin" | "size" | "signature" | "inclusion" | "cosignature"

/** A leaf with the way from it to a checkpoint. `proof`: base64, from the sibling upwards. */
export type Shown = { index: number; size: number; proof: string[]; checkpoint: string }

type At = { index: number; size: number; tag: string }
export type Verdict =
  /** in the log, and `witnesses` (names) saw that log; `time` is the earliest of their times, in seconds since 1970 */
  | ({ kind: "proven"; time: number; witnesses: string[] } & At)
  /** signed by the log: no pinned witness has signed (`unseen`), or none is pinned (`alone`) */
  | ({ kind: "unseen" | "alone" } & At)
  /** the file only names a tag to look for */
  | { kind: "absent"; tag: string; sent: string | null }
  | { kind: "bad"; fault: Fault }

export type ProofFile = {
  v: 1
  type: "keng-proof"
  origin: string
  tag: string
  leaf: string | null
  index: number | null
  size: number | null
  proof: string[] | null
  checkpoint: string | null
  /** day of sending, only where the report is missing */
  sent: string | null
  made: string
  found: string
  keys: { log: string[]; witnesses: string[] }
}

class Bad extends Error {
  constructor(readonly fault: Fault) {
    super(fault)
  }
}

function must(holds: boolean, fault: Fault): void {
  if (!holds) throw new Bad(fault)
}

async function signedBySome(checkpoint: Checkpoint, vkeys: string[]): Promise<boolean> {
  for (const vkey of vkeys) if (await isSigned(checkpoint, await readKey(vkey))) return true
  return false
}

/** The checkpoint, if a pinned key of the log signed it. Throws Bad. */
export async function believed(note: unknown, pinned: Pinned): Promise<Checkpoint> {
  const checkpoint = readCheckpoint(note)
  must(checkpoint.origin === pinned.origin, "origin")
  must(await signedBySome(checkpoint, pinned.log), "signature")
  return checkpoint
}

/** Who of the pinned witnesses saw it, and the earliest time; null where none did. Throws where a line is wrong and no other holds. */
export async function seenBy(checkpoint: Checkpoint, pinned: Pinned): Promise<{ time: number; witnesses: string[] } | null> {
  const times: [number, string][] = []
  let wrong = false
  for (const vkey of pinned.witnesses) {
    const witness = await readKey(vkey)
    const time = await cosignedAt(checkpoint, witness)
    if (time !== null && isNaN(time)) wrong = true
    else if (time !== null) times.push([time, witness.name])
  }
  must(!wrong || times.length > 0, "cosignature")
  return times.length ? { time: Math.min(...times.map(([time]) => time)), witnesses: times.map(([, name]) => name) } : null
}

async function check(leaf: Uint8Array, shown: Shown, pinned: Pinned): Promise<Verdict> {
  const { index, size, proof } = shown
  const hashes = proof.map((one) => strictB64(one, 32))
  const checkpoint = await believed(shown.checkpoint, pinned)
  must(checkpoint.size === size, "size")
  must(await isIncluded(await leafHash(leaf), index, size, hashes, checkpoint.root), "inclusion")
  const at = { index, size, tag: hex(leaf.subarray(0, TAG_BYTES)) }
  if (!pinned.witnesses.length) return { kind: "alone", ...at }
  const seen = await seenBy(checkpoint, pinned)
  return seen ? { kind: "proven", ...seen, ...at } : { kind: "unseen", ...at }
}

const judged = (job: () => Promise<Verdict>): Promise<Verdict> =>
  job().catch((error: unknown) => {
    if (error instanceof Bad) return { kind: "bad", fault: error.fault }
    if (error instanceof Malformed || error instanceof TypeError) return { kind: "bad", fault: "malformed" }
    throw error // no Ed25519 to be had: nothing is said of the proof
  })

const isCount = (n: unknown): n is number => Number.isSafeInteger(n) && (n as number) >= 0

export function isShown(said: unknown): said is Shown {
  const { index, size, proof, checkpoint } = (said ?? {}) as Record<string, unknown>
  return (
    isCount(index) && isCount(size) && Array.isArray(proof) && proof.length <= 64 && proof.every((one) => typeof one === "string") && typeof checkpoint === "string"
  )
}

/** Checks that `leaf` stands where it is said to stand. Rejects only where Ed25519 can't be had. */
export const checkShown = (leaf: Uint8Array, shown: unknown, pinned: Pinned): Promise<Verdict> =>
  judged(async () => {
    must(isShown(shown), "malformed")
    return check(leaf, shown as Shown, pinned)
  })

/** Checks a proof file, parsed. Rejects only where Ed25519 can't be had. */
export const checkProof = (file: unknown, pinned: Pinned): Promise<Verdict> =>
  judged(async () => {
    const said = (file ?? {}) as Partial<ProofFile>
    must(said.v === 1 && said.type === "keng-proof", "malformed")
    const tag = strictB64(said.tag, TAG_BYTES)
    must(said.origin === pinned.origin, "origin")
    const given = [said.index, said.size, said.proof, said.checkpoint]
    if (given.every((one) => one === null)) return { kind: "absent", tag: hex(tag), sent: typeof said.sent === "string" ? said.sent : null }
    must(isShown(said), "malformed")
    const leaf = strictB64(said.leaf, LEAF_BYTES)
    must(equal(leaf.subarray(0, TAG_BYTES), tag), "leaf")
    return check(leaf, said as Shown, pinned)
  })

/** The file to take along. `sent` is the day of sending where nothing else tells which reports are meant. */
export function makeProof(pinned: Pinned, tag: Uint8Array, leaf: Uint8Array | null, shown: Shown | null, found: string, sent: string | null): ProofFile {
  const { index, size, proof, checkpoint } = shown ?? { index: null, size: null, proof: null, checkpoint: null }
  const { log, witnesses } = pinned
  return {
    v: 1, type: "keng-proof", origin: pinned.origin, tag: b64(tag), leaf: leaf && b64(leaf), index, size, proof, checkpoint, sent,
    made: new Date().toISOString().slice(0, 10), found, keys: { log, witnesses },
  }
}
