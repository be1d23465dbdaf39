// Hours and days in words, in Vietnam's time. The server keeps whole hours (UTC), so nothing here is finer.
import { lang, t } from "./strings"
import type { Row } from "./types"
import { words } from "./words/intake"

const ZONE = "Asia/Ho_Chi_Minh"
const HOUR = 3_600_000
const DAY = 24 * HOUR

const dayFormat = new Intl.DateTimeFormat("en-GB", { timeZone: ZONE, day: "numeric", month: "numeric" })
const yearFormat = new Intl.DateTimeFormat("en-GB", { timeZone: ZONE, year: "numeric" })
const hourFormat = new Intl.DateTimeFormat("en-GB", { timeZone: ZONE, hour: "numeric", hourCycle: "h23" })

/** `21/11`, with the year when it is not this one. */
export function day(iso: string, now = new Date()): string {
  const moment = new Date(iso)
  const [year, thisYear] = [yearFormat.format(moment), yearFormat.format(now)]
  return dayFormat.format(moment) + (year === thisYear ? "" : `/${year}`)
}

/** `9 giờ, 21/11`. */
export function hourOfDay(iso: string, now = new Date()): string {
  return t.hourOfDay(Number(hourFormat.format(new Date(iso))), day(iso, now))
}

/** How long ago, roughly: what an eye running down a list needs. */
export function age(iso: string, now = new Date()): string {
  const gone = now.getTime() - Date.parse(iso)
  if (gone < HOUR) return t.justNow
  if (gone < DAY) return t.hoursAgo(Math.floor(gone / HOUR))
  if (gone < 7 * DAY) return t.daysAgo(Math.floor(gone / DAY))
  return day(iso, now)
}

/** Until the end of a due hour, which is itself still in time; negative once it is over. Milliseconds. */
const leftUntil = (due: string, now: Date): number => Date.parse(due) + HOUR - now.getTime()

export const span = (length: number): string => (length < 2 * DAY ? t.hours(Math.max(1, Math.floor(length / HOUR))) : t.days(Math.floor(length / DAY)))

/** What a row of the list says of its deadline, and whether it has passed. */
export function dueText(row: Row, now = new Date()): { text: string; late: boolean } {
  if (!row.held || !row.open_due || !row.resolve_due) return { text: t.passedOnTo, late: false }
  if (row.state === "received") {
    const left = leftUntil(row.open_due, now)
    return left < 0 ? { text: t.lateToOpen(span(-left)), late: true } : { text: t.openWithin(span(left)), late: false }
  }
  if (row.tell_due) {
    const left = leftUntil(row.tell_due, now)
    return left < 0 ? { text: words.lateToTell(span(-left)), late: true } : { text: words.tellBefore(day(row.tell_due, now)), late: false }
  }
  if (!["opened", "verifying", "forwarded"].includes(row.state)) return { text: t.receivedOn(day(row.hour, now)), late: false }
  const left = leftUntil(row.resolve_due, now)
  if (left < 0) return { text: t.late(span(-left)), late: true }
  return { text: left < 3 * DAY ? t.resolveWithin(span(left)) : t.resolveBy(day(row.resolve_due, now)), late: false }
}

/** 0:38 */
export function length(seconds: number): string {
  const whole = Math.round(seconds)
  return `${Math.floor(whole / 60)}:${String(whole % 60).padStart(2, "0")}`
}

export const number = new Intl.NumberFormat(lang)
