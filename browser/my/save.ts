// Saves a form's page while somebody types, and sends files one by one with a progress bar. Without this script the page's buttons do it all.

export {} // a module of its own: nothing here is global

const WORDS = {
  vi: {
    saved: (at: string) => `Đã lưu lúc ${at}`,
    saving: "Đang lưu…",
    offline: "Mất mạng. Những gì vừa điền vẫn còn trên trang này, máy đang thử lưu lại.",
    elsewhere: "Trang này vừa được sửa ở một cửa sổ khác. Bấm “Lưu và đi tiếp” để xem cả hai bản.",
    out: "Phiên đăng nhập đã hết. Đừng đóng trang này: đăng nhập lại ở một thẻ khác rồi quay lại đây.",
    failed: "Chưa lưu được. Những gì vừa điền vẫn còn trên trang này.",
    sending: (name: string, percent: number) => `Đang gửi ${name}: ${percent}%`,
    checking: (name: string) => `Đang xem ${name}…`,
    after: "Gửi xong tệp thì trang tự đi tiếp.",
    notSent: (name: string) => `Chưa gửi được ${name} vì mất mạng. Bà con chọn lại tệp khi có mạng.`,
  },
  en: {
    saved: (at: string) => `Saved at ${at}`,
    saving: "Saving…",
    offline: "No connection. What you filled in is still on this page; it is being tried again.",
    elsewhere: "This page was changed in another window. Press “Save and go on” to see both.",
    out: "You are signed out. Do not close this page: sign in again in another tab, then come back.",
    failed: "Not saved. What you filled in is still on this page.",
    sending: (name: string, percent: number) => `Sending ${name}: ${percent}%`,
    checking: (name: string) => `Looking at ${name}…`,
    after: "Once the file is sent, the page goes on by itself.",
    notSent: (name: string) => `${name} was not sent: no connection. Choose it again when there is one.`,
  },
}
const words = WORDS[document.documentElement.lang === "en" ? "en" : "vi"]
const IDLE_MS = 2500
const RETRY_MS = [4000, 8000, 15000, 30000]
// After so long without a word from the server, or past the session's end, a form is not sent off before what was just typed is kept.
const QUIET_MS = 20 * 60_000
// A photograph of a sheet is legible at this size; as a phone takes it, it would need half an hour on a slow line.
const LONGEST_SIDE = 2000
const SHRINK_ABOVE = 500_000

type Answer = { saved?: string; seen?: string; error?: string; message?: string; html?: string }

const form = document.querySelector<HTMLFormElement>("form[data-save]")
if (form) start(form)

function start(form: HTMLFormElement): void {
  const line = form.querySelector<HTMLElement>("[data-saved]")!
  const seen = form.querySelector<HTMLInputElement>('[name="_seen"]')!
  let dirty = false
  let failures = 0
  let timer = 0
  let under: Promise<boolean> | null = null
  let uploads = 0
  let pressed: HTMLElement | null = null // a button whose turn comes once all is kept and sent
  let heard = Date.now()
  const ends = heard + Number(form.dataset["left"] ?? 1e6) * 1000

  const perhapsOut = (): boolean => Date.now() - heard > QUIET_MS || Date.now() > ends
  const say = (text: string, late: boolean): void => {
    line.textContent = text
    line.classList.toggle("late", late)
  }
  const later = (ms: number): void => {
    clearTimeout(timer)
    timer = window.setTimeout(() => void save(), ms)
  }
  const typed = (): URLSearchParams => {
    const sent = new URLSearchParams()
    new FormData(form).forEach((value, name) => {
      if (typeof value === "string" && !name.startsWith("_again") && name !== "_reuse") sent.append(name, value)
    })
    return sent
  }

  /** Whether all that was typed is kept. One at a time, or a page would quarrel with itself. */
  function save(): Promise<boolean> {
    clearTimeout(timer)
    if (under) return under
    dirty = false
    under = send().then((kept) => {
      under = null
      if (kept && dirty) later(IDLE_MS)
      return kept
    })
    return under
  }

  async function send(): Promise<boolean> {
    try {
      say(words.saving, false)
      let answer = await post()
      if (refused(answer) && (await renew())) answer = await post()
      if (refused(answer)) {
        failures = 1 // the form's button must not lead away from what was typed
        return lost(words.out)
      }
      const told = (await answer.json()) as Answer
      if (answer.status === 409) {
        failures = 0 // the button shows both versions
        return lost(words.elsewhere)
      }
      if (!answer.ok || !told.saved) return lost(told.message ?? words.failed)
      seen.value = told.seen ?? seen.value
      failures = 0
      heard = Date.now()
      say(words.saved(told.saved), false)
      return true
    } catch {
      dirty = true
      say(words.offline, true)
      later(RETRY_MS[Math.min(failures++, RETRY_MS.length - 1)]!)
      return false
    }
  }

  const post = () => fetch(form.dataset["save"]!, { method: "POST", body: typed(), redirect: "manual", keepalive: true })
  const refused = (answer: Response): boolean => answer.type === "opaqueredirect" || answer.status === 403

  /** Whether the same person is signed in again, in another tab: then this page's token is one of theirs once more. */
  async function renew(): Promise<boolean> {
    const answer = await fetch(location.pathname, { redirect: "manual" })
    if (!answer.ok) return false
    const fresh = new DOMParser().parseFromString(await answer.text(), "text/html")
    const token = fresh.querySelector<HTMLInputElement>('form[data-save] [name="csrfmiddlewaretoken"]')
    if (!token) return false
    document.querySelectorAll<HTMLInputElement>('[name="csrfmiddlewaretoken"]').forEach((old) => (old.value = token.value))
    return true
  }

  function lost(sentence: string): boolean {
    dirty = true
    say(sentence, true)
    return false
  }

  const changed = (event: Event): void => {
    const input = event.target
    if (input instanceof HTMLInputElement && input.type === "file") return
    dirty = true
    later(failures ? RETRY_MS[0]! : IDLE_MS)
  }
  form.addEventListener("input", changed)
  form.addEventListener("change", (event) => {
    const input = event.target
    if (input instanceof HTMLInputElement && input.type === "file") void take(input)
    else changed(event)
  })
  // What is under way as the line comes back may still fail with the old one: then it is not left to wait for its next turn.
  window.addEventListener("online", () => void Promise.resolve(under).then(() => dirty && save()))
  document.addEventListener("visibilitychange", () => dirty && (document.hidden || failures) && void save())

  // A page sent into a dead line is lost; and one that is being saved bears an old mark.
  form.addEventListener("submit", (event) => {
    if (!under && !uploads && !failures && navigator.onLine && !(dirty && perhapsOut())) return
    event.preventDefault()
    pressed = event.submitter
    void goOn()
  })
  async function goOn(): Promise<void> {
    if (!(await (under ?? save()))) pressed = null
    else if (pressed && uploads) say(words.after, false)
    else if (pressed) {
      const button = pressed
      pressed = null
      form.requestSubmit(button)
    }
  }
  window.addEventListener("beforeunload", (event) => {
    if (uploads || (dirty && failures)) event.preventDefault()
  })

  async function take(input: HTMLInputElement): Promise<void> {
    const chosen = [...(input.files ?? [])]
    if (!chosen.length) return
    const field = input.closest<HTMLElement>(".field")!
    field.querySelectorAll(".error").forEach((old) => old.remove())
    const bar = document.createElement("progress")
    const status = document.createElement("p")
    bar.className = "sending"
    bar.max = 100
    status.setAttribute("role", "status")
    field.append(bar, status)
    input.disabled = true
    uploads++
    const wrong: string[] = []
    let html = ""
    for (const file of chosen) {
      const body = await smaller(file)
      const progress = (percent: number): void => {
        bar.value = percent
        status.textContent = percent < 100 ? words.sending(file.name, percent) : words.checking(file.name)
      }
      let told = await upload(input.name, body, file.name, progress)
      if (told.message === words.out && (await renew().catch(() => false))) told = await upload(input.name, body, file.name, progress)
      if (told.html) html = told.html
      else wrong.push(told.message ?? words.failed)
    }
    uploads--
    bar.remove()
    status.remove()
    input.disabled = false
    input.value = ""
    const now = html ? replaced(field, input.id, html) : field
    for (const sentence of wrong) {
      const said = document.createElement("p")
      said.className = "error"
      said.setAttribute("role", "alert")
      said.textContent = sentence
      now.append(said)
    }
    now.classList.toggle("wrong", wrong.length > 0)
    if (wrong.length) pressed = null
    else if (pressed) void goOn()
  }

  function upload(field: string, body: Blob, name: string, progress: (percent: number) => void): Promise<Answer> {
    return new Promise((done) => {
      const request = new XMLHttpRequest()
      const parts = new FormData()
      parts.append("csrfmiddlewaretoken", form.querySelector<HTMLInputElement>('[name="csrfmiddlewaretoken"]')!.value)
      parts.append(field, body, name)
      request.upload.onprogress = (event) => progress(Math.round((event.loaded / event.total) * 100))
      request.onerror = request.ontimeout = () => done({ message: words.notSent(name) })
      request.onload = () => {
        try {
          done(JSON.parse(request.responseText) as Answer)
        } catch {
          done({ message: request.status === 403 || request.responseURL.includes("/sign-in") ? words.out : words.failed })
        }
      }
      request.open("POST", form.dataset["upload"]!)
      request.send(parts)
    })
  }
}

/** The field as the server shows it now, in place of the one on the page; nothing else of the page is touched. */
function replaced(field: HTMLElement, id: string, html: string): HTMLElement {
  const fresh = new DOMParser().parseFromString(html, "text/html").getElementById(id)?.closest<HTMLElement>(".field")
  if (!fresh) return field
  fresh.hidden = field.hidden
  // Sending takes minutes on a slow line: whoever types elsewhere meanwhile goes on typing there.
  const elsewhere = document.activeElement !== document.body && !field.contains(document.activeElement)
  field.replaceWith(fresh)
  if (!elsewhere) document.getElementById(id)?.focus()
  return fresh
}

/** A photograph no larger than a sheet needs; anything else, or where the browser can't, as it is. */
async function smaller(file: File): Promise<Blob> {
  if (file.type !== "image/jpeg" || file.size < SHRINK_ABOVE || !("createImageBitmap" in window)) return file
  try {
    const picture = await createImageBitmap(file, { imageOrientation: "from-image" })
    const scale = Math.min(1, LONGEST_SIDE / Math.max(picture.width, picture.height))
    const canvas = document.createElement("canvas")
    canvas.width = Math.round(picture.width * scale)
    canvas.height = Math.round(picture.height * scale)
    canvas.getContext("2d")!.drawImage(picture, 0, 0, canvas.width, canvas.height)
    const drawn = await new Promise<Blob | null>((done) => canvas.toBlob(done, "image/jpeg", 0.82))
    return drawn && drawn.size < file.size ? drawn : file
  } catch {
    return file
  }
}
