// Practice must not be taken for the real thing, anywhere: a band above the report (in print too), a mark on its row, stripes on the page.
import { button, el } from "./dom"
import type { OpenReport } from "./open-report"
import { onReport } from "./tour-news"
import type { Session } from "./session"
import type { Row, Settings } from "./types"
import { words } from "./words/training"

const isTraining = ({ boxes }: Settings, slug: string): boolean => boxes.some((box) => box.slug === slug && box.training)

export function trainingBand({ session, report }: OpenReport): HTMLElement | null {
  const practice = isTraining(session.settings, report.box)
  document.body.classList.toggle("practice", practice)
  return practice ? el("p", { class: "training-band" }, words.band) : null
}

onReport((report) => report ?? document.body.classList.remove("practice"))

export function trainingChip({ settings }: Session, row: Row): HTMLElement | null {
  return isTraining(settings, row.held ? row.box : row.origin) ? el("span", { class: "training-chip" }, words.mark) : null
}

/** The way into the tour: offered in full while locked, a button in the bar beside the lock afterwards. */
export type Offer = { element: HTMLElement; shrink: (bar: HTMLElement) => void; grow: () => void }

/** Null for an officer without a training box. */
export function trainingOffer(settings: Settings, start: () => void): Offer | null {
  if (!settings.boxes.some(({ training }) => training)) return null
  const press = button(words.start, start, { class: "tour-start" })
  const element = el("div", { class: "training-offer no-print" }, el("p", {}, words.offer), press)
  return {
    element,
    shrink: (bar) => {
      element.hidden = true
      bar.querySelector(".lockbar")?.append(press)
    },
    grow: () => {
      element.hidden = false
      element.append(press)
    },
  }
}
