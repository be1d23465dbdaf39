// Proof of work: SHA-256 over a short line until enough leading bits are zero. Synchronous and tight, because WebCrypto
// takes a promise for each hash; used for nothing else.
import { utf8 } from "./bytes"

const K = new Int32Array(64)
const START = new Int32Array(8)
for (let n = 2, found = 0; found < 64; n++) {
  let prime = true
  for (let d = 2; d * d <= n; d++) if (n % d === 0) prime = false
  if (!prime) continue
  // FIPS 180-4: fractional parts of the square and cube roots of the first primes.
  if (found < 8) START[found] = Math.floor((Math.sqrt(n) % 1) * 2 ** 32)
  K[found++] = Math.floor((Math.cbrt(n) % 1) * 2 ** 32)
}
const W = new Int32Array(64)

function compress(state: Int32Array, block: Uint8Array, at: number, out: Int32Array): void {
  for (let i = 0; i < 16; i++, at += 4) W[i] = (block[at] << 24) | (block[at + 1] << 16) | (block[at + 2] << 8) | block[at + 3]
  for (let i = 16; i < 64; i++) {
    const x = W[i - 15]
    const y = W[i - 2]
    const s0 = ((x >>> 7) | (x << 25)) ^ ((x >>> 18) | (x << 14)) ^ (x >>> 3)
    const s1 = ((y >>> 17) | (y << 15)) ^ ((y >>> 19) | (y << 13)) ^ (y >>> 10)
    W[i] = (W[i - 16] + s0 + W[i - 7] + s1) | 0
  }
  let a = state[0]
  let b = state[1]
  let c = state[2]
  let d = state[3]
  let e = state[4]
  let f = state[5]
  let g = state[6]
  let h = state[7]
  for (let i = 0; i < 64; i++) {
    const s1 = ((e >>> 6) | (e << 26)) ^ ((e >>> 11) | (e << 21)) ^ ((e >>> 25) | (e << 7))
    const t1 = (h + s1 + ((e & f) ^ (~e & g)) + K[i] + W[i]) | 0
    const s0 = ((a >>> 2) | (a << 30)) ^ ((a >>> 13) | (a << 19)) ^ ((a >>> 22) | (a << 10))
    const t2 = (s0 + ((a & b) ^ (a & c) ^ (b & c))) | 0
    h = g
    g = f
    f = e
    e = (d + t1) | 0
    d = c
    c = b
    b = a
    a = (t1 + t2) | 0
  }
  out[0] = state[0] + a
  out[1] = state[1] + b
  out[2] = state[2] + c
  out[3] = state[3] + d
  out[4] = state[4] + e
  out[5] = state[5] + f
  out[6] = state[6] + g
  out[7] = state[7] + h
}

/** What follows the whole blocks: `rest`, room for the nonce, and SHA-256's padding for `total` bytes. */
function lastBlocks(rest: Uint8Array, width: number, total: number): Uint8Array<ArrayBuffer> {
  const length = rest.length + width
  const tail = new Uint8Array(length < 56 ? 64 : 128)
  tail.set(rest)
  tail[length] = 0x80
  tail[tail.length - 2] = (total * 8) >> 8
  tail[tail.length - 1] = total * 8
  return tail
}

/** The line whose hash counts, without its nonce. */
export function powPrefix(slug: string, hour: string, digest: string): string {
  return ["keng/pow/1", slug, hour, digest, ""].join("\n")
}

/** The lowest nonce, as decimal, that gives `bits` leading zero bits; `bits` at most 32. */
export function solveNow(prefix: string, bits: number): string {
  const fixed = utf8(prefix)
  const whole = fixed.length - (fixed.length % 64)
  const middle = Int32Array.from(START)
  for (let at = 0; at < whole; at += 64) compress(middle, fixed, at, middle)
  const state = new Int32Array(8)
  const rest = fixed.length - whole
  let tail = new Uint8Array(0)
  let width = 0
  for (let nonce = 0; ; nonce++) {
    const digits = String(nonce)
    if (digits.length !== width) {
      width = digits.length
      tail = lastBlocks(fixed.subarray(whole), width, fixed.length + width)
    }
    for (let i = 0; i < width; i++) tail[rest + i] = digits.charCodeAt(i)
    compress(middle, tail, 0, state)
    if (tail.length === 128) compress(state, tail, 64, state)
    if (bits === 0 || state[0] >>> (32 - bits) === 0) return digits
  }
}

/** A nonce for the sealed part `digest` in `hour`. 16 bits take some 65,000 tries: 0.05-0.1 s on a desk. */
export async function solve(slug: string, hour: string, digest: string, bits: number): Promise<string> {
  return solveNow(powPrefix(slug, hour, digest), bits)
}
