// Sealing and opening by a passphrase, in a worker: scrypt takes a second on an old machine, and the page must not freeze.
import { Decrypter, Encrypter } from "../sealed/age"

// Protocol, section 9.
const WORK_FACTOR = 16

export type Job = { verb: "seal" | "open"; passphrase: string; bytes: Uint8Array }
export type Done = { bytes: Uint8Array } | { fault: string }

export async function run({ verb, passphrase, bytes }: Job): Promise<Uint8Array> {
  if (verb === "seal") {
    const encrypter = new Encrypter()
    encrypter.setScryptWorkFactor(WORK_FACTOR)
    encrypter.setPassphrase(passphrase)
    return encrypter.encrypt(bytes)
  }
  const decrypter = new Decrypter()
  decrypter.addPassphrase(passphrase)
  return decrypter.decrypt(bytes)
}

/** Address of the worker's script: the page names it, for its name bears a hash. */
function workerAddress(): string | undefined {
  return document.querySelector<HTMLElement>("[data-scrypt]")?.dataset.scrypt
}

/** Runs the job in a worker, or here when a worker can't be had. Rejects when the passphrase does not open the file. */
export function runApart(job: Job): Promise<Uint8Array> {
  const address = workerAddress()
  if (!address || typeof Worker === "undefined") return run(job)
  return new Promise((resolve, reject) => {
    const worker = new Worker(address, { type: "module" })
    worker.onmessage = ({ data }: MessageEvent<Done>) => {
      worker.terminate()
      if ("bytes" in data) resolve(data.bytes)
      else reject(new Error(data.fault))
    }
    worker.onerror = () => {
      worker.terminate()
      run(job).then(resolve, reject)
    }
    worker.postMessage(job)
  })
}
