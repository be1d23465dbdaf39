// The keyring: a passphrase opens the officer's key, that opens the keys of the boxes granted. In memory only, and wiped.
import { identityToRecipient } from "../sealed/age"
import { type Bytes, text, unb64, utf8 } from "../sealed/bytes"
import { readStatement, type Signed, type Statement, StatementError, type StatementFault } from "../sealed/statement"
import { runApart } from "./age-passphrase"
import { knownRoot } from "./intake/trust"
import { openWith } from "./officer"
import { fold } from "./passphrase"

/** An identity of a box, sealed to the officer, and the statement that named its recipient. */
export type MeIdentity = { sealed_box_identity: string; statement: Signed | null }
/** The newest identity that the officer was granted, then the `older` ones; `missing`: the box has a newer key still. */
export type MeGrant = MeIdentity & { box: string; title: string; demo_keys: boolean; older?: MeIdentity[]; missing?: boolean }
export type Me = {
  user: { username: string; name: string; office: string }
  key: { recipient: string; sealed_identity: string; fingerprint: string } | null
  grants: MeGrant[]
}

/** `no_key`: none was made yet; `passphrase`: it does not open the key; `swapped`: what opened is not the key that the server names. */
export class UnlockError extends Error {
  constructor(readonly kind: "no_key" | "passphrase" | "swapped") {
    super(kind)
  }
}

/**
 * A box that can't be used, or (`expired`) can be read but takes no reports, or (`older`) whose newest key the officer was not granted, or
 * (`root`) whose root is not the one that was compared with its poster on this machine. `sealed`: its key does not open with the officer's.
 */
export type Fault = { box: string; title: string; kind: StatementFault | "sealed" | "recipient" | "none" | "older" | "root" }

/** Text that can be overwritten; JavaScript's own strings can't. */
class Secret {
  private readonly bytes: Bytes
  constructor(content: string) {
    this.bytes = utf8(content)
  }
  get text(): string {
    return text(this.bytes)
  }
  wipe(): void {
    this.bytes.fill(0)
  }
}

type OpenIdentity = { secret: Secret; root: string }
type OpenBox = { identities: Secret[]; statement: Statement }

/** The statement that the box's root signed; one that ran out is read all the same, and told of. */
async function trusted(grant: MeGrant, faults: Fault[]): Promise<Statement> {
  if (grant.statement === null) throw fault(grant, "none")
  const expected = { box: grant.box, pinned: null }
  try {
    return await readStatement(grant.statement, { ...expected, today: new Date() })
  } catch (error) {
    const kind = error instanceof StatementError ? error.kind : "malformed"
    if (kind !== "expired") throw fault(grant, kind)
    faults.push(fault(grant, kind))
    const lastDay = new Date((JSON.parse(grant.statement.statement) as Statement).until)
    return readStatement(grant.statement, { ...expected, today: lastDay })
  }
}

const fault = ({ box, title }: MeGrant, kind: Fault["kind"]): Fault => ({ box, title, kind })

/** The identity in `sealed`, if it is of the key that the statement names. Throws a Fault. */
async function openIdentity(grant: MeGrant, sealed: string, own: string, recipient: string): Promise<Secret> {
  const opening = async (): Promise<string> => openWith(own, unb64(sealed))
  const identity = await opening().catch(() => {
    throw fault(grant, "sealed")
  })
  // Else the server gave the key of one box for another, or a statement for a key that nobody here holds.
  if ((await identityToRecipient(identity.trim()).catch(() => "")) !== recipient) throw fault(grant, "recipient")
  return new Secret(identity.trim())
}

/** A key that the box had before: its statement is read as on the day that it began, and it opens what was sealed then. */
async function openOlder(grant: MeGrant, older: MeIdentity, own: string, faults: Fault[]): Promise<OpenIdentity[]> {
  try {
    if (older.statement === null) throw fault(grant, "none")
    const today = new Date((JSON.parse(older.statement.statement) as Statement).from)
    const { recipient, root } = await readStatement(older.statement, { box: grant.box, pinned: null, today })
    return [{ secret: await openIdentity(grant, older.sealed_box_identity, own, recipient), root }]
  } catch (error) {
    faults.push(error instanceof StatementError ? fault(grant, error.kind) : "kind" in (error as object) ? (error as Fault) : fault(grant, "malformed"))
    return []
  }
}

/**
 * Whoever writes the database can put there a key, and a statement and a root that fit it, and what is sealed next would be theirs to read.
 * Where the root was compared with the poster on this machine, a key under that root comes first: it seals, the others only open.
 */
function byKnownRoot(grant: MeGrant, opened: OpenIdentity[], faults: Fault[]): OpenIdentity[] {
  const known = knownRoot(grant.box)
  if (known === null || opened[0].root === known) return opened
  faults.push(fault(grant, "root"))
  return [...opened.filter(({ root }) => root === known), ...opened.filter(({ root }) => root !== known)]
}

async function openGrant(grant: MeGrant, own: string, faults: Fault[]): Promise<OpenBox> {
  const statement = await trusted(grant, faults)
  const newest = await openIdentity(grant, grant.sealed_box_identity, own, statement.recipient)
  const older = await Promise.all((grant.older ?? []).map((one) => openOlder(grant, one, own, faults)))
  if (grant.missing) faults.push(fault(grant, "older"))
  const opened = byKnownRoot(grant, [{ secret: newest, root: statement.root }, ...older.flat()], faults)
  return { identities: opened.map(({ secret }) => secret), statement }
}

export class Keyring {
  /** Boxes that could not be opened, and those whose statement has run out. */
  readonly faults: Fault[] = []
  private readonly open = new Map<string, OpenBox>()
  private wiped = false

  private constructor(
    private readonly own: Secret,
    /** age1… of the officer's own key, as the passphrase opened it */
    readonly recipient: string,
  ) {}

  /** Rejects with UnlockError. A box whose key or statement is not in order is left out and told in `faults`. */
  static async unlock(passphrase: string, me: Me): Promise<Keyring> {
    if (me.key === null) throw new UnlockError("no_key")
    const job = { verb: "open", passphrase: fold(passphrase), bytes: unb64(me.key.sealed_identity) } as const
    const opened = await runApart(job).catch(() => {
      throw new UnlockError("passphrase")
    })
    const identity = text(opened).trim()
    opened.fill(0)
    const recipient = await identityToRecipient(identity).catch(() => "")
    if (recipient !== me.key.recipient) throw new UnlockError("swapped")
    const ring = new Keyring(new Secret(identity), recipient)
    await Promise.all(me.grants.map((grant) => ring.take(grant, identity)))
    return ring
  }

  private async take(grant: MeGrant, own: string): Promise<void> {
    try {
      this.open.set(grant.box, await openGrant(grant, own, this.faults))
    } catch (error) {
      this.faults.push(error as Fault)
    }
  }

  /** Slugs of the boxes that open. */
  boxes(): string[] {
    return [...this.open.keys()]
  }

  private box(slug: string): OpenBox {
    const box = this.open.get(slug)
    if (this.wiped || !box) throw new Error(`no key for ${slug}`)
    return box
  }

  /** AGE-SECRET-KEY-1… of a box, the newest first. Throws when it is not among `boxes()` or the ring was wiped. Keep no copy. */
  boxIdentities(slug: string): string[] {
    return this.box(slug).identities.map((identity) => identity.text)
  }

  /** The newest. */
  boxIdentity(slug: string): string {
    return this.box(slug).identities[0].text
  }

  statement(slug: string): Statement {
    return this.box(slug).statement
  }

  /** The officer's own AGE-SECRET-KEY-1…, for what is sealed to them alone. */
  ownIdentity(): string {
    if (this.wiped) throw new Error("wiped")
    return this.own.text
  }

  /** Overwrites every key. The ring is of no use afterwards. */
  wipe(): void {
    this.wiped = true
    this.own.wipe()
    for (const box of this.open.values()) for (const identity of box.identities) identity.wipe()
    this.open.clear()
  }
}

const CHANNEL = "keng/keys"
const ACTIVITY = ["pointerdown", "keydown", "wheel", "touchmove", "input"] as const
const MINUTE = 60_000
// A tab that nobody sees is locked sooner.
const HIDDEN_MINUTES = 5
const LOOK_EVERY = 5_000
const TELL_EVERY = 20_000

export type Idle = {
  /** locks now, here and in the officer's other tabs */
  lock: () => void
  /** stops watching without locking */
  stop: () => void
}

/**
 * Calls `onLock` once, after `minutes` without a touch in any tab of the desk, after five minutes hidden, when the page is left, or
 * when another tab locks. It counts by the clock, so a laptop that slept locks on waking.
 */
export function idle(minutes: number, onLock: () => void): Idle {
  const channel = new BroadcastChannel(CHANNEL)
  const watching = new AbortController()
  let last = Date.now()
  let told = 0
  let hidden: number | null = document.hidden ? Date.now() : null

  const end = (): void => {
    watching.abort()
    clearInterval(timer)
    channel.close()
  }
  const lock = (tellOthers: boolean): void => {
    if (watching.signal.aborted) return
    if (tellOthers) channel.postMessage("lock")
    end()
    onLock()
  }
  const look = (): void => {
    const now = Date.now()
    // A clock set back must not lengthen the wait.
    if (now < last) last = 0
    if (now - last >= minutes * MINUTE) lock(true)
    else if (hidden !== null && now - hidden >= HIDDEN_MINUTES * MINUTE) lock(false)
  }
  const touch = (): void => {
    look()
    last = Date.now()
    if (watching.signal.aborted || last - told < TELL_EVERY) return
    told = last
    channel.postMessage("active")
  }
  const timer = setInterval(look, LOOK_EVERY)
  const options = { signal: watching.signal, passive: true, capture: true }
  for (const name of ACTIVITY) document.addEventListener(name, touch, options)
  document.addEventListener(
    "visibilitychange",
    () => {
      look()
      hidden = document.hidden ? Date.now() : null
    },
    options,
  )
  // Not `beforeunload`: that can still be called off. The other tabs stay as they are.
  window.addEventListener("pagehide", () => lock(false), options)
  channel.onmessage = ({ data }: MessageEvent<unknown>) => {
    if (data === "lock") lock(false)
    else last = Date.now()
  }
  return { lock: () => lock(true), stop: end }
}
