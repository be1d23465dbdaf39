/* Solves proofs of work: solve BITS, then one line on stdin for each proof, the text before the nonce with a bar for each line end.
   Prints a nonce a line. Only for preparing loads: what a phone needs a second for, a load of thousands would need hours for. */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const uint32_t K[64] = {
    0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b, 0x59f111f1, 0x923f82a4, 0xab1c5ed5, 0xd807aa98, 0x12835b01, 0x243185be,
    0x550c7dc3, 0x72be5d74, 0x80deb1fe, 0x9bdc06a7, 0xc19bf174, 0xe49b69c1, 0xefbe4786, 0x0fc19dc6, 0x240ca1cc, 0x2de92c6f, 0x4a7484aa,
    0x5cb0a9dc, 0x76f988da, 0x983e5152, 0xa831c66d, 0xb00327c8, 0xbf597fc7, 0xc6e00bf3, 0xd5a79147, 0x06ca6351, 0x14292967, 0x27b70a85,
    0x2e1b2138, 0x4d2c6dfc, 0x53380d13, 0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85, 0xa2bfe8a1, 0xa81a664b, 0xc24b8b70, 0xc76c51a3,
    0xd192e819, 0xd6990624, 0xf40e3585, 0x106aa070, 0x19a4c116, 0x1e376c08, 0x2748774c, 0x34b0bcb5, 0x391c0cb3, 0x4ed8aa4a, 0x5b9cca4f,
    0x682e6ff3, 0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208, 0x90befffa, 0xa4506ceb, 0xbef9a3f7, 0xc67178f2};
static const uint32_t START[8] = {0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a, 0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19};

#define R(x, n) (((x) >> (n)) | ((x) << (32 - (n))))
#define LANES 8

typedef uint32_t word __attribute__((vector_size(4 * LANES))); /* the same word of eight hashes */

static void block(word s[8], word w[64]) {
    word a = s[0], b = s[1], c = s[2], d = s[3], e = s[4], f = s[5], g = s[6], h = s[7];
    for (int i = 16; i < 64; i++)
        w[i] = w[i - 16] + (R(w[i - 15], 7) ^ R(w[i - 15], 18) ^ (w[i - 15] >> 3)) + w[i - 7] +
               (R(w[i - 2], 17) ^ R(w[i - 2], 19) ^ (w[i - 2] >> 10));
    for (int i = 0; i < 64; i++) {
        word t1 = h + (R(e, 6) ^ R(e, 11) ^ R(e, 25)) + ((e & f) ^ (~e & g)) + K[i] + w[i];
        word t2 = (R(a, 2) ^ R(a, 13) ^ R(a, 22)) + ((a & b) ^ (a & c) ^ (b & c));
        h = g, g = f, f = e, e = d + t1, d = c, c = b, b = a, a = t1 + t2;
    }
    s[0] += a, s[1] += b, s[2] += c, s[3] += d, s[4] += e, s[5] += f, s[6] += g, s[7] += h;
}

static void load(word w[16], const uint8_t *p) {
    for (int i = 0; i < 16; i++)
        w[i] = (word){} + ((uint32_t)p[4 * i] << 24 | (uint32_t)p[4 * i + 1] << 16 | (uint32_t)p[4 * i + 2] << 8 | p[4 * i + 3]);
}

/* Hashes text || n || lane for the eight lanes, whose digit is the last of the nonce; the lane that has enough zero bits, or -1. */
static int try_eight(const word mid[8], const uint8_t *rest, size_t left, size_t done, uint64_t n, int bits) {
    uint8_t buffer[192] = {0};
    word s[8], w[64];
    size_t length = left + (size_t)sprintf((char *)memcpy(buffer, rest, left) + left, "%llu0", (unsigned long long)n);
    size_t last = length - 1, blocks = (length + 9 + 63) / 64;
    uint64_t total = (uint64_t)(done + length) * 8;
    buffer[length] = 0x80;
    for (int i = 0; i < 8; i++) buffer[blocks * 64 - 1 - (size_t)i] = (uint8_t)(total >> (8 * i));
    memcpy(s, mid, sizeof s);
    for (size_t at = 0; at < blocks; at++) {
        load(w, buffer + 64 * at);
        if (last / 64 == at)
            for (int lane = 0; lane < LANES; lane++) w[last % 64 / 4][lane] += (uint32_t)lane << (24 - 8 * (last % 4));
        block(s, w);
    }
    for (int lane = 0; lane < LANES; lane++)
        if (s[0][lane] >> (32 - bits) == 0) return lane;
    return -1;
}

int main(int argc, char **argv) {
    char line[512];
    int bits = argc > 1 ? atoi(argv[1]) : 16;
    while (fgets(line, sizeof line, stdin)) {
        size_t length = strcspn(line, "\n"), done = 0;
        word mid[8], w[64];
        int lane = -1;
        uint64_t n;
        for (size_t i = 0; i < length; i++)
            if (line[i] == '|') line[i] = '\n';
        for (int i = 0; i < 8; i++) mid[i] = (word){} + START[i];
        for (; done + 64 <= length; done += 64) {
            load(w, (uint8_t *)line + done);
            block(mid, w);
        }
        for (n = 1; (lane = try_eight(mid, (uint8_t *)line + done, length - done, done, n, bits)) < 0; n++) {}
        printf("%llu%d\n", (unsigned long long)n, lane);
        fflush(stdout);
    }
    return 0;
}
