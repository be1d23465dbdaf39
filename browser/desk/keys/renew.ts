// The next key statement: the root comes from the level above, sealed to its box, or from both paper sheets.
import { postJson } from "../api"
import { $, all, fill, press, show, told } from "../dom"
import { lockScreen } from "../lock"
import { openWith } from "../officer"
import { unb64 } from "../../sealed/bytes"
import type { Signed } from "../../sealed/statement"
import { words } from "../strings"
import type { Keyring } from "../unlock"
import { boxStatement, monthsOn, readRoot, type Root } from "./ceremony"
import { sentence, Stop } from "./failure"
import { clearSheets, openSheets } from "./sheets"
import { standing } from "./standing"

type Told = {
  box: string
  today: string
  statement: Signed
  above: string | null
  root_for_above: string | null
  recovery: string | null
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

async function renew(box: Told, opened: Opened): Promise<void> {
  const old = await standing(box.statement, box.box, opened.root, opened.recipient)
  const until = monthsOn(box.today, Number($<HTMLSelectElement>("months").value))
  const kept = all<HTMLInputElement>("input[name=forward]:checked").map((tick) => tick.value)
  const forward = old.forward.filter(([slug]) => kept.includes(slug))
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
