// The worker: one job, one answer (see age-passphrase.ts).
import { type Done, type Job, run } from "./age-passphrase"

self.onmessage = ({ data }: MessageEvent<Job>): void => {
  const answer = (done: Done): void => self.postMessage(done)
  run(data).then(
    (bytes) => answer({ bytes }),
    (error: Error) => answer({ fault: error.message }),
  )
}
