// X25519 by noble's Montgomery ladder alone, as its documentation builds it: noble's own module would bring the whole
// Edwards curve along (8 KB brotli), only to make public keys faster. Used where the browser has no X25519 of its own.
import { pow } from "@noble/curves/abstract/modular.js"
import { montgomery } from "@noble/curves/abstract/montgomery.js"

const P = (BigInt(1) << BigInt(255)) - BigInt(19)

export const x25519 = /* @__PURE__ */ montgomery({
  P,
  type: "x25519",
  adjustScalarBytes(bytes: Uint8Array) {
    bytes[0] &= 248
    bytes[31] &= 127
    bytes[31] |= 64
    return bytes
  },
  powPminus2: (x) => pow(x, P - BigInt(2), P),
})
