// The tree over the leaves (RFC 6962, section 2.1) as a reader needs it: hashes, proofs of inclusion and their check. Sizes go beyond 32
// bits, so no bit operators here. The server's side of it is keng/ledger/merkle.py.
import { type Bytes, concat, equal, sha256 } from "../sealed/bytes"

/** The hash over the leaves [index * 2^level, (index + 1) * 2^level). */
export type Nodes = (level: number, index: number) => Promise<Uint8Array>

export const leafHash = (leaf: Uint8Array): Promise<Bytes> => sha256(concat(new Uint8Array([0]), leaf))
export const nodeHash = (left: Uint8Array, right: Uint8Array): Promise<Bytes> => sha256(concat(new Uint8Array([1]), left, right))

/** The root over a number of hashes that is a power of two. */
export async function rootOver(hashes: Uint8Array[]): Promise<Uint8Array> {
  if (hashes.length === 1) return hashes[0]
  return rootOver(await Promise.all(Array.from({ length: hashes.length / 2 }, (_, i) => nodeHash(hashes[2 * i], hashes[2 * i + 1]))))
}

function largestPowerBelow(size: number): number {
  let power = 1
  while (power * 2 < size) power *= 2
  return power
}

/** The hash over [start, end), a subtree of the RFC's tree. */
async function over(start: number, end: number, node: Nodes): Promise<Uint8Array> {
  const size = end - start
  const split = largestPowerBelow(size)
  if (size === 1 || split * 2 === size) {
    const level = Math.round(Math.log2(size))
    return node(level, start / 2 ** level)
  }
  return nodeHash(await over(start, start + split, node), await over(start + split, end, node))
}

/**
 * The proof that the subtree of 2^level leaves at `index` (a leaf: level 0) stands in the tree of `size` leaves, from its sibling
 * upwards. The subtree must be whole in that tree.
 */
export async function inclusion(level: number, index: number, size: number, node: Nodes): Promise<Uint8Array[]> {
  const width = 2 ** level
  let [start, end] = [0, size]
  const path: Uint8Array[] = []
  while (end - start > width) {
    const middle = start + largestPowerBelow(end - start)
    const left = index * width < middle
    path.unshift(left ? await over(middle, end, node) : await over(start, middle, node))
    if (left) end = middle
    else start = middle
  }
  return path
}

/**
 * The root to which `proof` leads from the hash `found` at `index` of `size` (RFC 9162, 2.1.3.2); null where the proof is too long or too short.
 */
async function climb(found: Uint8Array, index: number, size: number, proof: Uint8Array[]): Promise<Uint8Array | null> {
  let [at, last] = [index, size - 1]
  for (const hash of proof) {
    if (last === 0) return null
    if (at % 2 || at === last) {
      found = await nodeHash(hash, found)
      while (at && at % 2 === 0) [at, last] = [at / 2, Math.floor(last / 2)]
    } else found = await nodeHash(found, hash)
    ;[at, last] = [Math.floor(at / 2), Math.floor(last / 2)]
  }
  return last === 0 ? found : null
}

/**
 * Whether the hash of a leaf stands at `index` in the tree of `size` leaves with this root. The same holds for subtrees of equal height,
 * when they are what `index` and `size` count and the tree has none cut short.
 */
export async function isIncluded(leaf: Uint8Array, index: number, size: number, proof: Uint8Array[], root: Uint8Array): Promise<boolean> {
  if (!Number.isSafeInteger(index) || index < 0 || index >= size || proof.some((hash) => hash.length !== 32)) return false
  const found = await climb(leaf, index, size, proof)
  return found !== null && equal(found, root)
}
