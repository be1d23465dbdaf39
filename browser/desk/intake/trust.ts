// Whose key the report is sealed to: this browser remembers each box's root once the officer has typed the short code off its poster.
// A root's fingerprint is public; nothing else is ever kept here.
import { readCode, readStatement, type Signed, type Statement } from "../../sealed/statement"

const SHORT_CODE = /^[0-9a-hjkmnp-tv-z]{12}$/
const place = (box: string): string => `keng/root/${box}`

/** The fingerprint that was checked on this machine, or null. */
export function knownRoot(box: string): string | null {
  try {
    return localStorage.getItem(place(box))
  } catch {
    return null
  }
}

export const isCode = (typed: string): boolean => SHORT_CODE.test(readCode(typed))

/** The box's statement, signed by the root known here or by the one that the typed code names. Throws StatementError. */
export async function trusted(box: string, signed: Signed, typed: string): Promise<Statement> {
  const statement = await readStatement(signed, { box, pinned: knownRoot(box) ?? readCode(typed), today: new Date() })
  try {
    localStorage.setItem(place(box), statement.root)
  } catch {
    // A browser that keeps nothing asks for the code each time.
  }
  return statement
}

/** After a root that doesn't match: the box may have got a new one, and then the poster at the wall says so. */
export function forget(box: string): void {
  try {
    localStorage.removeItem(place(box))
  } catch {
    // nothing was kept
  }
}
