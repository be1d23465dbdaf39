// Both paper sheets give a custodian the box's key back, sealed to their own key.
import { postJson } from "../api"
import { $, press, show, told } from "../dom"
import { lockScreen } from "../lock"
import type { Signed } from "../../sealed/statement"
import { words } from "../strings"
import type { Keyring } from "../unlock"
import { ownGrant } from "./ceremony"
import { sentence, Stop } from "./failure"
import { clearSheets, openSheets } from "./sheets"
import { standing } from "./standing"

type Told = { box: string; officer: string; today: string; statement: Signed; recovery: string }

let keyring: Keyring | null = null

async function giveBack(box: Told): Promise<void> {
  if (!keyring) throw new Stop(words.grant.locked)
  const opened = await openSheets(box.recovery)
  await standing(box.statement, box.box, opened.root, opened.box.recipient)
  const officer = { username: box.officer, recipient: keyring.recipient }
  const { record } = (await postJson(`/keys/api/boxes/${box.box}/recovery`, await ownGrant(box.box, opened, officer, box.today))) as { record: number }
  const link = $<HTMLAnchorElement>("record-link")
  link.href = `/keys/boxes/${box.box}/records/${record}`
  show(link)
  clearSheets()
  show($("recovering"), false)
  show($("recovered"))
  $("recovered").focus()
}

export function recoverPage(): void {
  if (!document.getElementById("recovering")) return
  const box = told<Told>("told")
  const place = $("lock")
  lockScreen(place, {
    why: place.dataset.why,
    onUnlock: (ring) => {
      keyring = ring
    },
    onLock: () => {
      keyring = null
      clearSheets()
    },
  })
  $("recovering").onsubmit = (event) => {
    event.preventDefault()
    void press($<HTMLButtonElement>("recover"), $("recover-error"), () => giveBack(box), sentence)
  }
  window.addEventListener("pagehide", clearSheets)
}
