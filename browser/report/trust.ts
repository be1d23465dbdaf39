// Whose key the report is sealed to: the poster's root decides, the server only carries (R4).
import { t } from "strings/report"

import { $, button, el, fill, quiet, show, tell } from "../phone/dom"
import type { Trusted } from "../phone/outbox"
import { speaker, type Voice } from "../phone/prompts"
import { readCode, readStatement, type Signed, type Statement, StatementError } from "../sealed/statement"

export type Trust = Trusted & { pinned: "qr" | "code" | "" }

/** What the server put into the page. */
export type BoxData = {
  slug: string
  plain: string
  back: string
  signed: Signed
  /** of a language added from the desk: its words by key */
  words?: Record<string, string>
  /** where its prompts lie, and which sentences have one */
  voice?: Voice
}

const FINGERPRINT = 26
const SHORT_CODE = 12

const asTrust = (statement: Statement, pinned: Trust["pinned"]): Trust => ({
  box: statement.box, recipient: statement.recipient, root: statement.root, seq: statement.seq, pinned,
})

/** Shows the red sentence; from then on nothing can be written or sent. */
function refuse(kind: StatementError["kind"]): null {
  fill($("see"), el("p", { className: "bad" }, t.untrusted[kind]))
  $("see").setAttribute("role", "alert")
  show($("see"))
  show($("ask"), false)
  show($("send"), false)
  show($("more"), false) // the plain page comes from the same doubtful server
  return null
}

/** Reads the pin from the address and the statement from the page. Gives null, having said why, when nothing may be sealed. */
export async function establish(data: BoxData): Promise<{ now: () => Promise<Trust | null> } | null> {
  const pin = readCode(location.hash.slice(1))
  const read = (pinned: string | null): Promise<Statement> => readStatement(data.signed, { box: data.slug, pinned, today: new Date() })
  try {
    if (pin) {
      if (pin.length !== FINGERPRINT) throw new StatementError("pin")
      const trust = asTrust(await read(pin), "qr")
      fill($("trust"), el("p", { className: "s" }, t.checked))
      return { now: async () => trust }
    }
    const unpinned = asTrust(await read(null), "")
    return { now: offerCode(read, unpinned) }
  } catch (error) {
    return refuse(error instanceof StatementError ? error.kind : "malformed")
  }
}

/** Offers to type the poster's short code. What it gives tells the trust at the moment of sending, or null: the code is wrong. */
function offerCode(read: (pinned: string) => Promise<Statement>, unpinned: Trust): () => Promise<Trust | null> {
  const field = quiet(el("input", { type: "text", id: "short", maxLength: 30 }))
  const verdict = el("p", { className: "s" })
  verdict.setAttribute("role", "status")
  const now = async (): Promise<Trust | null> => {
    const code = readCode(field.value)
    if (!code) {
      tell(verdict, "", false)
      return unpinned
    }
    try {
      if (code.length !== SHORT_CODE) throw new StatementError("pin")
      const trust = asTrust(await read(code), "code")
      tell(verdict, t.checked, false)
      return trust
    } catch {
      tell(verdict, t.codeWrong)
      field.focus()
      return null
    }
  }
  const label = el("label", { htmlFor: "short" }, t.shortCode)
  fill($("trust"), el("div", { className: "warn" }, speaker("report.unchecked"), t.unchecked, label, field, verdict, button(t.check, () => void now())))
  return now
}
