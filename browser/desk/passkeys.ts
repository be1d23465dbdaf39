// Passkeys: turns the server's options into what WebAuthn wants, and its answer into a form that is posted.
//
// A page has `<form data-passkey="create|get" data-options="address" hidden>` with an input named credential and an element
// `[role=status]`; without this script, or in a browser without passkeys, the form stays hidden.
import { words } from "./passkeys/words"

type Descriptor = { id: string; type: "public-key"; transports?: AuthenticatorTransport[] }
type Options = {
  challenge: string
  user?: { id: string; name: string; displayName: string }
  excludeCredentials?: Descriptor[]
  allowCredentials?: Descriptor[]
}

const bytes = (text: string): Uint8Array<ArrayBuffer> =>
  Uint8Array.from(atob(text.replace(/-/g, "+").replace(/_/g, "/")), (letter) => letter.charCodeAt(0))
const code = (buffer: ArrayBuffer): string =>
  btoa(String.fromCharCode(...new Uint8Array(buffer))).replace(/\+/g, "-").replace(/\//g, "_").replace(/=/g, "")
const known = (list: Descriptor[] | undefined): PublicKeyCredentialDescriptor[] => (list ?? []).map((one) => ({ ...one, id: bytes(one.id) }))

async function options(address: string): Promise<Options> {
  const token = document.querySelector<HTMLMetaElement>("meta[name=csrf]")?.content ?? ""
  const answer = await fetch(address, { method: "POST", headers: { "X-CSRFToken": token, Accept: "application/json" }, cache: "no-store" }).catch(() => {
    throw new Error(words.offline)
  })
  const said = await answer.json().catch(() => {
    throw new Error(words.offline)
  })
  if (!answer.ok) throw new Error(String(said.message))
  return said.publicKey as Options
}

async function create(address: string): Promise<object> {
  const asked = await options(address)
  const user = asked.user as NonNullable<Options["user"]>
  const publicKey = {
    ...asked,
    challenge: bytes(asked.challenge),
    user: { ...user, id: bytes(user.id) },
    excludeCredentials: known(asked.excludeCredentials),
  } as unknown as PublicKeyCredentialCreationOptions
  const made = (await navigator.credentials.create({ publicKey })) as PublicKeyCredential
  const response = made.response as AuthenticatorAttestationResponse
  return written(made, { attestationObject: code(response.attestationObject) })
}

async function get(address: string): Promise<object> {
  const asked = await options(address)
  const publicKey = { ...asked, challenge: bytes(asked.challenge), allowCredentials: known(asked.allowCredentials) } as unknown as PublicKeyCredentialRequestOptions
  const found = (await navigator.credentials.get({ publicKey })) as PublicKeyCredential
  const response = found.response as AuthenticatorAssertionResponse
  return written(found, {
    authenticatorData: code(response.authenticatorData),
    signature: code(response.signature),
    ...(response.userHandle ? { userHandle: code(response.userHandle) } : {}),
  })
}

function written(credential: PublicKeyCredential, response: Record<string, string>): object {
  const clientDataJSON = code(credential.response.clientDataJSON)
  return { id: credential.id, rawId: code(credential.rawId), type: credential.type, response: { ...response, clientDataJSON } }
}

function sentence(error: unknown): string {
  if (error instanceof DOMException) {
    if (error.name === "NotAllowedError" || error.name === "AbortError") return words.stopped
    if (error.name === "InvalidStateError") return words.there
    return words.failed
  }
  return error instanceof Error ? error.message : words.failed
}

function serve(form: HTMLFormElement): void {
  const field = form.elements.namedItem("credential") as HTMLInputElement
  const status = form.querySelector<HTMLElement>("[role=status]") as HTMLElement
  const button = form.querySelector("button") as HTMLButtonElement
  const address = form.dataset["options"] as string
  form.hidden = false
  form.addEventListener("submit", (event) => {
    event.preventDefault()
    button.disabled = true
    status.className = "soft"
    status.textContent = words.working
    const answer = form.dataset["passkey"] === "create" ? create(address) : get(address)
    answer.then(
      (credential) => {
        field.value = JSON.stringify(credential)
        form.submit()
      },
      (error: unknown) => {
        button.disabled = false
        status.className = "error"
        status.textContent = sentence(error)
      },
    )
  })
}

if (window.PublicKeyCredential) document.querySelectorAll<HTMLFormElement>("form[data-passkey]").forEach(serve)
else document.querySelectorAll<HTMLElement>("[data-no-passkeys]").forEach((line) => (line.hidden = false))
