// A box's key made anew. With both sheets: a new key under the same root, posters stay. Without, and with another person's
// approval: a new root too, posters are recalled. Either way what was sealed before stays readable, and the sheets are new.
import { ApiError, getJson, postJson } from "../api"
import { $, all, show, told } from "../dom"
import { unb64 } from "../../sealed/bytes"
import type { Signed, Statement } from "../../sealed/statement"
import { openWith } from "../officer"
import { words } from "../strings"
import type { Keyring, Me } from "../unlock"
import { type BoxKeys, comesBack, type Forward, type Founding, makeBox, monthsOn, pairOf, type Recovered, seal } from "./ceremony"
import { Stop } from "./failure"
import { type Above, fillMonths, Making, readAbove, value } from "./making"
import { clearSheets, openSheets } from "./sheets"
import { standing } from "./standing"
import { w } from "./words/remake"

type Told = {
  box: string
  officer: string
  today: string
  statement: Signed
  /** opened by both sheets; null where the root is replaced */
  recovery: string | null
  above: Above
  /** of the statement to be signed; null where the root that opens says it */
  seq: number | null
  /** a word sealed to the box's newest key, where the root is replaced: only who opens that may */
  challenge?: Challenge
}
type Challenge = { sealed: string; token: string }
type Proof = { token: string; word: string }
/** What the new statement goes on from. */
type Before = { seq: number; forward: Forward }

/** Whether the server has this very statement: a second press after a dropped line finds the deed done. */
async function isDone(box: Told, made: Founding): Promise<boolean> {
  const { grants } = await getJson<Me>("/keys/api/me")
  return grants.find((grant) => grant.box === box.box)?.statement?.statement === made.signed.statement
}

async function post(address: string, box: Told, made: Founding, proof: Proof | null): Promise<void> {
  const end = all<HTMLInputElement>("input[name=end]:checked").map((tick) => tick.value)
  try {
    const { record } = (await postJson(address, { ...made, end, ...proof })) as { record: number }
    const link = $<HTMLAnchorElement>("record-link")
    link.href = `/keys/boxes/${box.box}/records/${record}`
    show(link)
  } catch (error) {
    if (!(error instanceof ApiError) || !["seq", "root", "needs_two", "not_proven"].includes(error.code) || !(await isDone(box, made))) throw error
  }
}

/** The server sealed to the key that it says the box has: one that none of ours opens was put there. */
async function answered({ token, sealed }: Challenge, identities: string[]): Promise<Proof> {
  const word = await openWith(identities, unb64(sealed)).catch(() => {
    throw new Stop(words.altered)
  })
  return { token, word }
}

class Remaking {
  private before: Before | null = null
  private proof: Proof | null = null
  private above: Statement | null = null
  private readonly making: Making

  constructor(private readonly box: Told) {
    fillMonths()
    void readAbove(box.above).then((read) => {
      this.above = read
    })
    this.making = new Making(box.recovery ? () => this.fromSheets(box.recovery as string) : (ring) => this.anew(ring), () => this.store())
    window.addEventListener("pagehide", clearSheets)
  }

  /** The root that both sheets hold signs on; what it signed last is the only thing believed about the box. */
  private async fromSheets(recovery: string): Promise<BoxKeys> {
    const opened: Recovered = await openSheets(recovery)
    const { seq, forward } = await standing(this.box.statement, this.box.box, opened.root, opened.box.recipient)
    this.before = { seq: seq + 1, forward }
    clearSheets()
    return makeBox([opened.box, ...opened.older], opened.root)
  }

  /** A root of its own; what the custodian opens today goes onto the new sheets. */
  private async anew(keyring: Keyring): Promise<BoxKeys> {
    const { box, seq, challenge } = this.box
    if (!keyring.boxes().includes(box) || keyring.faults.some((fault) => fault.box === box && fault.kind === "older")) throw new Stop(w.noBox)
    if (challenge) this.proof = await answered(challenge, keyring.boxIdentities(box))
    this.before = { seq: seq ?? 0, forward: [] }
    return makeBox(await Promise.all(keyring.boxIdentities(box).map(pairOf)))
  }

  private forward(): Forward {
    const ticked = all<HTMLInputElement>("input[name=forward]:checked").map((tick) => tick.value)
    if (this.above) return ticked.map((slug) => [slug, this.above?.root ?? ""])
    return (this.before?.forward ?? []).filter(([slug]) => ticked.includes(slug))
  }

  private async store(): Promise<void> {
    const { box, above, before } = this
    const { keys, keyring } = this.making.ready()
    if (!before) throw new Stop(words.failed)
    if (above && !$<HTMLInputElement>("compared").checked) throw new Stop(words.found.above)
    const until = monthsOn(box.today, Number(value("months")))
    const officer = { username: box.officer, recipient: keyring.recipient }
    const wish = { box: box.box, officer, today: box.today, until, forward: this.forward(), above: above?.recipient ?? null, seq: before.seq }
    const made = await seal(keys, wish)
    if (!(await comesBack(keys, made))) throw new Stop(words.found.check)
    await post(`/keys/api/boxes/${box.box}/${box.recovery ? "change" : "root"}`, box, made, this.proof)
    this.making.done(keys, until)
  }
}

export function remakePage(): void {
  if (document.getElementById("ceremony")) new Remaking(told<Told>("told"))
}

/** The record of a ceremony, on a page of its own. */
export function recordPage(): void {
  document.body.dataset.print = "record"
  $("print-record").onclick = () => window.print()
}
