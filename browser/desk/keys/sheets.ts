// Both paper sheets, typed or scanned by their keepers, give the box's key and its root back.
import { $ } from "../dom"
import { unb64 } from "../../sealed/bytes"
import { words } from "../strings"
import { readSheet, recover, type Recovered } from "./ceremony"
import { Stop } from "./failure"

/** Reads the fields `sheet-a` and `sheet-b`. Throws Stop with a sentence. */
export async function openSheets(recovery: string): Promise<Recovered> {
  const [a, b] = ["a", "b"].map((sheet) => {
    const identity = readSheet($<HTMLTextAreaElement>(`sheet-${sheet}`).value)
    if (!identity) throw new Stop(words.sheets.malformed(sheet.toUpperCase()))
    return identity
  })
  return recover(unb64(recovery), a, b).catch(() => {
    throw new Stop(words.sheets.wrong)
  })
}

export function clearSheets(): void {
  for (const sheet of ["a", "b"]) {
    const field = document.getElementById(`sheet-${sheet}`) as HTMLTextAreaElement | null
    if (field) field.value = ""
  }
}
