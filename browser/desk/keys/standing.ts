// The statement that stands, as the box's own root signed it. What the server says beside it has no say: whoever can write the
// database would otherwise have the true root sign a key of theirs.
import { readStatement, type Signed, type Statement, StatementError } from "../../sealed/statement"
import { words } from "../strings"
import type { Root } from "./ceremony"
import { Stop } from "./failure"

/** The day that a statement starts on: read on that day, one that ran out fails by nothing else. */
function firstDay(signed: Signed): Date {
  return new Date((JSON.parse(signed.statement) as Statement).from)
}

/**
 * What `root`, which was just opened, once signed for `box`; it may have run out since. Throws Stop with a sentence: then sign nothing.
 * `recipient` is that of the box key found with the root, where there is one (on paper).
 */
export async function standing(signed: Signed, box: string, root: Root, recipient?: string): Promise<Statement> {
  const statement = await read(signed, box, root)
  if (recipient !== undefined && recipient !== statement.recipient) throw new Stop(words.altered)
  return statement
}

async function read(signed: Signed, box: string, root: Root): Promise<Statement> {
  try {
    return await readStatement(signed, { box, pinned: root.fingerprint, today: firstDay(signed) })
  } catch (error) {
    const otherRoot = error instanceof StatementError && error.kind === "pin"
    throw new Stop(otherRoot ? words.renew.root : words.altered)
  }
}
