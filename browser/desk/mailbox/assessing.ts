// Category, value, complexity and extension: in the clear, because they feed the figures. The reason for a new deadline is sealed.
import { api } from "./api"
import { button, el, field } from "./dom"
import { categoriesOf, longerNames } from "./kinds"
import { attempt, identitiesOf, type OpenReport } from "./open-report"
import { sealNote } from "./opening"
import { t } from "./strings"
import type { Assessment } from "./types"
import { w } from "./words/outcomes"

const same = (a: Assessment, b: Assessment): boolean =>
  a.category === b.category && a.value === b.value && a.reason === b.reason && a.complex === b.complex && a.extended === b.extended

function choice(values: string[], names: Record<string, string>, chosen: string): HTMLSelectElement {
  const options = ["", ...values].map((value) => el("option", { value, selected: value === chosen }, value ? (names[value] ?? value) : t.notChosen))
  return el("select", {}, ...options)
}

/** What a new deadline is for, as the beginning of its note. */
function whatChanged(before: Assessment, after: Assessment): string {
  if (after.extended && !before.extended) return t.deadlineChanged.extended
  if (after.complex && !before.complex) return t.deadlineChanged.complex
  return t.deadlineChanged.back
}

export function assessForm(open: OpenReport): HTMLElement {
  const { report, session } = open
  const { settings } = session
  const saved = report.assessment
  const draft = session.draft(report.thread)
  // What was chosen before somebody else's change came is still chosen.
  const chosen = draft.assessment ?? saved

  const category = choice(Object.keys(categoriesOf(report.kind)), categoriesOf(report.kind), chosen.category)
  const value = choice(settings.values, t.values, chosen.value)
  // Why it is of that value: only the reasons that go with it.
  const valueReason = choice([], w.valueReasons, "")
  const reasonsFor = (chosenReason: string): void => {
    const fitting = settings.reasons[value.value] ?? []
    valueReason.replaceChildren(...choice(fitting, w.valueReasons, "").children)
    valueReason.value = fitting.includes(chosenReason) ? chosenReason : ""
    valueReasonField.hidden = fitting.length === 0
  }
  const valueReasonField = field(w.valueReason, "value-reason", valueReason)
  reasonsFor(chosen.reason)
  const complex = el("input", { type: "checkbox", id: "complex", checked: chosen.complex })
  const extended = el("input", { type: "checkbox", id: "extended", checked: chosen.extended })
  const amount = (code: string): string => t.units[settings.clocks[code].unit](settings.clocks[code].amount)
  const longer = longerNames(report.kind, amount)
  const complexLabel = el("label", { class: "tick" }, complex, longer.complex)
  const extendedLabel = el("label", { class: "tick" }, extended, longer.extended)
  const reason = el("textarea", { rows: 2, maxlength: 2000, autocomplete: "off" })
  reason.value = draft.reason
  reason.addEventListener("input", () => (draft.reason = reason.value))
  const reasonField = field(t.reason, "reason", reason)
  const error = el("p", { class: "error", role: "alert" })
  const status = el("p", { class: "soft", role: "status" })

  const current = (): Assessment => ({
    category: category.value,
    value: value.value,
    reason: valueReason.value,
    complex: complex.checked,
    extended: complex.checked && extended.checked,
  })
  const movesDeadline = (): boolean => complex.checked !== saved.complex || current().extended !== saved.extended
  const show = (): void => {
    complexLabel.hidden = !longer.complex
    extendedLabel.hidden = !complex.checked
    reasonField.hidden = !movesDeadline()
    save.disabled = same(current(), saved)
  }
  const changed = (): void => {
    draft.assessment = same(current(), saved) ? null : current()
    status.textContent = error.textContent = ""
    show()
  }
  const saving = async (): Promise<void> => {
    const after = current()
    const why = reason.value.trim()
    if (movesDeadline() && !why) {
      error.textContent = t.reasonNeeded
      return reason.focus()
    }
    await api.assess(report.thread, after, report.version)
    if (movesDeadline()) await api.note(report.thread, await sealNote(t.reasonNote(whatChanged(saved, after), why), identitiesOf(open)))
    draft.assessment = null
    draft.reason = ""
    await open.reload()
  }
  const save = button(t.save, () => void attempt(open, save, error, saving).then(show), { id: "save-assessment" })
  value.addEventListener("change", () => reasonsFor(valueReason.value))
  for (const control of [category, value, valueReason, complex, extended]) control.addEventListener("change", changed)
  show()
  return el(
    "section",
    { class: "assess" },
    el("h3", {}, t.assessment),
    field(t.category, "category", category),
    field(t.value, "value", value),
    valueReasonField,
    complexLabel,
    extendedLabel,
    reasonField,
    error,
    status,
    save,
  )
}
