// What runs on every page of the desk: shows the open section, prints where a button says so, counts the session's minutes down, warns five
// minutes before its end, and leaves the page at it.

type Words = { left: (minutes: number) => string; soon: string }

const WORDS: Record<"vi" | "en", Words> = {
  vi: { left: (minutes) => `phiên còn ${minutes} phút`, soon: "Phiên làm việc sắp hết. Đồng chí gửi hoặc lưu việc đang làm." },
  en: { left: (minutes) => `${minutes} minutes left`, soon: "Your session is about to end. Send or save what you are doing." },
}
const WARN_MINUTES = 5
const EVERY_MS = 15_000

// On a phone the parts of a procedure are a strip; the one that is open should be in sight.
document.querySelector(".through [aria-current]")?.scrollIntoView({ block: "nearest", inline: "nearest" })

// A button that prints the page as it stands; without scripts there is the browser's own.
for (const press of document.querySelectorAll<HTMLButtonElement>("[data-print-page]")) {
  press.hidden = false
  press.onclick = () => window.print()
}

const clock = document.querySelector<HTMLElement>("[data-session-left]")
if (clock) {
  const words = WORDS[document.documentElement.lang === "en" ? "en" : "vi"]
  // By the machine's own clock, but only as a span: it may be set wrong.
  const end = Date.now() + Number(clock.dataset["sessionLeft"]) * 1000
  let warned = false
  const tick = (): void => {
    const left = end - Date.now()
    if (left <= 0) {
      location.assign(`/accounts/login/?next=${encodeURIComponent(location.pathname + location.search)}`)
      return
    }
    const minutes = Math.ceil(left / 60_000)
    clock.textContent = words.left(minutes)
    if (minutes <= WARN_MINUTES && !warned) {
      warned = true
      warn(words.soon)
    }
  }
  setInterval(tick, EVERY_MS)
  // A laptop that slept wakes with the true time.
  document.addEventListener("visibilitychange", tick)
}

function warn(sentence: string): void {
  const line = document.createElement("p")
  line.className = "soon"
  line.setAttribute("role", "alert")
  line.textContent = sentence
  document.querySelector("header")?.append(line)
}
