// Which report is on the page, told to the tour by the pane that shows it. `null`: none, or one that another office holds.
import type { Report } from "./types"

type Listener = (report: Report | null) => void

const listeners: Listener[] = []

export const onReport = (listener: Listener): void => void listeners.push(listener)
export const tellReport = (report: Report | null): void => listeners.forEach((listener) => listener(report))
