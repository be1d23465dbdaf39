// The founding ceremony: a box gets its first key, its root and its sheets.
import { ApiError, getJson, postJson } from "../api"
import { $, all, told } from "../dom"
import type { Statement } from "../../sealed/statement"
import { words } from "../strings"
import type { Me } from "../unlock"
import { comesBack, type Founding, makeBox, monthsOn, seal } from "./ceremony"
import { Stop } from "./failure"
import { type Above, fillMonths, Making, readAbove, value } from "./making"

type Told = { box: string; officer: string; today: string; above: Above }

/** A second press after a dropped line finds the box founded: that is right if it was with this root. */
async function post(box: Told, founding: Founding): Promise<void> {
  try {
    await postJson(`/keys/api/boxes/${box.box}/ceremony`, founding)
  } catch (error) {
    if (!(error instanceof ApiError) || error.code !== "founded") throw error
    const { grants } = await getJson<Me>("/keys/api/me")
    if (grants.find((grant) => grant.box === box.box)?.statement?.root !== founding.signed.root) throw error
  }
}

export function foundPage(): void {
  if (!document.getElementById("ceremony")) return
  const box = told<Told>("told")
  let above: Statement | null = null
  fillMonths()
  void readAbove(box.above).then((read) => {
    above = read
  })
  const store = async (): Promise<void> => {
    const { keys, keyring } = making.ready()
    if (above && !$<HTMLInputElement>("compared").checked) throw new Stop(words.found.above)
    const until = monthsOn(box.today, Number(value("months")))
    const forward = all<HTMLInputElement>("input[name=forward]:checked").map((tick): [string, string] => [tick.value, above?.root ?? ""])
    const officer = { username: box.officer, recipient: keyring.recipient }
    const founding = await seal(keys, { box: box.box, officer, today: box.today, until, forward, above: above?.recipient ?? null })
    if (!(await comesBack(keys, founding))) throw new Stop(words.found.check)
    await post(box, founding)
    making.done(keys, until)
  }
  const making = new Making(() => makeBox(), store)
}
