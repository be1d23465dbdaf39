// Sealing and proof of work in a thread of their own, so that the page never freezes; here, should there be no worker.
// The worker runs this very bundle's source: nothing more is fetched, and what ran is what the integrity hash named.
import { digest as digestOf } from "../sealed/header"
import { sealPart, type ToSeal } from "../sealed/part"
import { solve as solveHere } from "../sealed/pow"

/** The function that wraps the bundle (`build.mjs`). */
declare const KENG: () => void

export type Sealed = { bytes: Uint8Array<ArrayBuffer>; digest: string }
type Jobs = {
  seal: (toSeal: ToSeal) => Promise<Sealed>
  solve: (slug: string, hour: string, digest: string, bits: number) => Promise<string>
}
type Name = keyof Jobs
type Waiting = { resolve: (value: never) => void; reject: (error: Error) => void; name: Name; args: unknown[] }

const here: Jobs = {
  async seal(toSeal) {
    const bytes = await sealPart(toSeal)
    return { bytes, digest: await digestOf(bytes) }
  },
  solve: solveHere,
}

const waiting = new Map<number, Waiting>()
let worker: Worker | null | undefined
let count = 0

const runHere = (name: Name, args: unknown[]): Promise<unknown> => (here[name] as (...args: unknown[]) => Promise<unknown>)(...args)

function giveUp(): void {
  worker = null
  for (const { resolve, reject, name, args } of waiting.values()) runHere(name, args).then(resolve as never, reject)
  waiting.clear()
}

function start(): Worker | null {
  try {
    const made = new Worker(URL.createObjectURL(new Blob([`(${KENG})()`], { type: "text/javascript" })))
    made.onerror = giveUp
    made.onmessage = ({ data: { id, value, error } }) => {
      const job = waiting.get(id)
      waiting.delete(id)
      if (error) job?.reject(new Error(error))
      else job?.resolve(value as never)
    }
    return made
  } catch {
    return null
  }
}

function run(name: Name, args: unknown[]): Promise<unknown> {
  if (worker === undefined) worker = start()
  if (!worker) return runHere(name, args)
  const id = count++
  return new Promise((resolve, reject) => {
    waiting.set(id, { resolve: resolve as never, reject, name, args })
    worker?.postMessage({ id, name, args })
  })
}

export const seal: Jobs["seal"] = (toSeal) => run("seal", [toSeal]) as Promise<Sealed>

const solved = new Map<string, Promise<string>>()
/** Each proof is looked for once, so that it may be found ahead of the sending. */
export const solve: Jobs["solve"] = (...args) => {
  const name = args.join()
  const found = solved.get(name) ?? (run("solve", args) as Promise<string>)
  solved.set(name, found)
  return found
}

export const inWorker = typeof document === "undefined"

/** The worker's side. */
export function serve(): void {
  const scope = self as unknown as { onmessage: (event: MessageEvent) => void; postMessage: (message: unknown, transfer?: Transferable[]) => void }
  scope.onmessage = ({ data: { id, name, args } }) => {
    runHere(name as Name, args as unknown[]).then(
      (value) => scope.postMessage({ id, value }, name === "seal" ? [(value as Sealed).bytes.buffer] : []),
      (error: unknown) => scope.postMessage({ id, error: String(error) || "failed" }),
    )
  }
}
