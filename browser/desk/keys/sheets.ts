// Both paper sheets, typed or scanned by their keepers, give the box's key and its root back.
import { unb64 } from "../../sealed/bytes"
import { words } from "../strings"
import { readSheet, recover, type Recovered } from "./ceremony"
import { Stop } from "./failure"

const SHEETS = ["a", "b"] as const

/** The field of a sheet: `old-…` where new sheets, which take the other name, are made on the same page. */
function field(sheet: "a" | "b"): HTMLTextAreaElement | null {
  return (document.getElementById(`old-${sheet}`) ?? document.querySelector(`textarea#sheet-${sheet}`)) as HTMLTextAreaElement | null
}

/** Reads both fields. Throws Stop with a sentence. */
export async function openSheets(recovery: string): Promise<Recovered> {
  const [a, b] = SHEETS.map((sheet) => {
    const identity = readSheet(field(sheet)?.value ?? "")
    if (!identity) throw new Stop(words.sheets.malformed(sheet.toUpperCase()))
    return identity
  })
  return recover(unb64(recovery), a, b).catch(() => {
    throw new Stop(words.sheets.wrong)
  })
}

export function clearSheets(): void {
  for (const sheet of SHEETS) {
    const typed = field(sheet)
    if (typed) typed.value = ""
  }
}
