// The report on the page, as its pieces know it; and how a step that may fail is taken.
import { ApiError } from "./api"
import type { First, Read } from "./opening"
import type { Session } from "./session"
import { t } from "./strings"
import type { PartLine, Report } from "./types"

export type OpenReport = {
  session: Session
  report: Report
  /** null when the first part does not open */
  first: First | null
  /** after a change of ours: asks the server anew and shows what it says, drafts kept; tells whether it is still on the page */
  reload: () => Promise<boolean>
  /** somebody else changed it: says so above the report, with a way to see the new version */
  collide: (sentence: string) => void
  /** after passing on or when it is gone: nothing of it stays on the page */
  leave: (sentence: string) => void
}

/** The box's identities, newest first: each is tried to open with, the newest sealed to. */
export const identitiesOf = ({ session, report }: OpenReport): string[] => session.keys.boxIdentities(report.box)

/** The free index for our next part. */
export const nextIndex = ({ report }: OpenReport): number =>
  1 + Math.max(-1, ...report.parts.filter((part) => part.direction === "officer").map((part) => part.index))

/** Officers' parts that were read and are theirs. */
export function ownParts({ session, report }: OpenReport): { line: PartLine; read: NonNullable<Read> }[] {
  return report.parts
    .filter((line) => line.direction === "officer")
    .map((line) => ({ line, read: session.part(line.digest) }))
    .filter((part): part is { line: PartLine; read: NonNullable<Read> } => part.read !== null && !part.read.foreign)
}

/** Takes a step with its button held down; what went wrong stands beside it, and a colleague's change above the report. */
export async function attempt(open: Pick<OpenReport, "session" | "collide">, press: HTMLButtonElement, error: HTMLElement, step: () => Promise<void>): Promise<void> {
  error.textContent = ""
  press.disabled = true
  try {
    await step()
  } catch (failure) {
    if (open.session.locked) return
    if (failure instanceof ApiError && failure.isConflict) open.collide(failure.message)
    else error.textContent = failure instanceof ApiError ? failure.message : t.failed
  } finally {
    press.disabled = false
  }
}
