// The next key statement: the root comes from the level above, sealed to its box, or from both paper sheets.
import { postJson } from "../api"
import { $, all, fill, press, show, told } from "../dom"
import { lockScreen } from "../lock"
import { openWith } from "../officer"
import { unb64 } from "../../sealed/bytes"
import { readCode, readStatement, type Signed } from "../../sealed/statement"
import { words } from "../strings"
import type { Keyring } from "../unlock"
import { boxStatement, monthsOn, readRoot, type Root } from "./ceremony"
import { sentence, Stop } from "./failure"
import { clearSheets, openSheets } from "./sheets"
import { standing } from "./standing"
import { w } from "./words/remake"

const SHORT_CODE = 12

type Told = {
  box: string
  today: string
  statement: Signed
  above: string | null
  root_for_above: string | null
  recovery: string | null
  /** those of `forward` whose root was replaced, with the statement that they have now */
  neighbours: { box: string; title: string; statement: Signed }[]
}
/** `recipient` is the box key's, which lies on paper beside the root; the level above has the root alone. */
type Opened = { root: Root; recipient?: string }

let keyring: Keyring | null = null

async function rootFromAbove({ above, root_for_above }: Told): Promise<Opened> {
  if (!keyring) throw new Stop(words.grant.locked)
  if (!above || !root_for_above || !keyring.boxes().includes(above)) throw new Stop(words.grant.noBox)
  const opened = await openWith(keyring.boxIdentities(above), unb64(root_for_above)).catch(() => {
    throw new Stop(words.renew.root)
  })
  return { root: await readRoot(opened) }
}

async function rootFromPaper({ recovery }: Told): Promise<Opened> {
  const { root, box } = await openSheets(recovery ?? "")
  return { root, recipient: box.recipient }
}

/** A box that may be forwarded to: one that replaced its root since is named by the root whose short code was read from its new poster. */
async function neighbour({ neighbours }: Told, [slug, root]: [string, string]): Promise<[string, string]> {
  const stale = neighbours.find(({ box }) => box === slug)
  if (!stale) return [slug, root]
  const code = readCode($<HTMLInputElement>(`code-${slug}`).value)
  if (code.length !== SHORT_CODE) throw new Stop(w.neighbour.short(stale.title))
  const statement = await readStatement(stale.statement, { box: slug, pinned: code, today: new Date() }).catch(() => {
    throw new Stop(w.neighbour.differs(stale.title))
  })
  return [slug, statement.root]
}

async function renew(box: Told, opened: Opened): Promise<void> {
  const old = await standing(box.statement, box.box, opened.root, opened.recipient)
  const until = monthsOn(box.today, Number($<HTMLSelectElement>("months").value))
  const kept = all<HTMLInputElement>("input[name=forward]:checked").map((tick) => tick.value)
  const forward = await Promise.all(old.forward.filter(([slug]) => kept.includes(slug)).map((pair) => neighbour(box, pair)))
  const terms = { box: old.box, recipient: old.recipient, seq: old.seq + 1, from: box.today, until, forward }
  const signed = await boxStatement(opened.root, terms)
  await postJson(`/keys/api/boxes/${box.box}/statement`, { signed })
  clearSheets()
  show($("renewing"), false)
  fill({ renewed: words.renew.done(until.split("-").reverse().join("/")) })
  show($("renewed"))
  $("renewed").focus()
}

export function renewPage(): void {
  if (!document.getElementById("renewing")) return
  const box = told<Told>("told")
  const list = $<HTMLSelectElement>("months")
  for (const months of [6, 9, 12, 13]) list.append(new Option(words.found.months(months), String(months), months === 12, months === 12))
  const place = document.getElementById("lock")
  if (place) {
    lockScreen(place, {
      why: place.dataset.why,
      onUnlock: (ring) => {
        keyring = ring
      },
      onLock: () => {
        keyring = null
      },
    })
  }
  $("renewing").onsubmit = (event) => {
    event.preventDefault()
    const root = box.root_for_above ? rootFromAbove : rootFromPaper
    void press($<HTMLButtonElement>("renew"), $("renew-error"), async () => renew(box, await root(box)), sentence)
  }
  window.addEventListener("pagehide", clearSheets)
}
