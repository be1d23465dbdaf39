// Notes among the officers of one box: sealed to it, never shown to the reporter, left behind when the report is passed on.
import { api } from "./api"
import { button, el, quoted } from "./dom"
import { attempt, identitiesOf, type OpenReport } from "./open-report"
import { openNote, sealNote } from "./opening"
import { t } from "./strings"
import type { SealedNote } from "./types"
import { hourOfDay } from "./when"

const MOST = 10_000

async function shown(note: SealedNote, open: OpenReport): Promise<HTMLElement> {
  const text = await openNote(note.sealed, identitiesOf(open))
  return el("li", {}, el("small", {}, t.noteBy(note.name, hourOfDay(note.hour))), text === null ? el("p", { class: "refused" }, t.noteUnreadable) : quoted(text))
}

export async function notes(open: OpenReport): Promise<HTMLElement> {
  const { report, session } = open
  const list = el("ul", { class: "notes" })
  for (const note of report.notes) list.append(await shown(note, open))
  const draft = session.draft(report.thread)
  const text = el("textarea", { id: "note", rows: 2, maxlength: MOST, placeholder: t.notePlace, "aria-label": t.notes, autocomplete: "off" })
  text.value = draft.note
  const error = el("p", { class: "error", role: "alert" })
  const save = button(t.addNote, () => void attempt(open, save, error, saving), { id: "save-note", disabled: !draft.note })
  text.addEventListener("input", () => {
    draft.note = text.value
    save.disabled = !text.value.trim()
  })
  const saving = async (): Promise<void> => {
    // What is added after the press would be neither saved nor kept.
    text.readOnly = true
    try {
      await api.note(report.thread, await sealNote(text.value.trim(), identitiesOf(open)))
    } finally {
      text.readOnly = false
    }
    draft.note = text.value = ""
    await open.reload()
  }
  const none = report.notes.length === 0 && el("p", { class: "soft" }, t.noNotes)
  return el("section", {}, el("h3", {}, t.notes), none, list, el("div", { class: "no-print" }, text, error, save))
}
