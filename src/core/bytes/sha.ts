/**
 * First word of the SHA-1 and SHA-256 digests (FIPS 180-4) of eight bytes: what MPTCP makes tokens of (RFC 6824 and RFC 8684 3.2).
 * Not for secrets.
 */
const rotate = (x: number, n: number): number => (x << n) | (x >>> (32 - n));

/** SHA-1 of the big-endian words `high`, `low`. */
export function sha1Word(high: number, low: number): number {
  const w = new Int32Array(80);
  w[0] = high;
  w[1] = low;
  w[2] = 0x80000000;
  w[15] = 64;
  for (let i = 16; i < 80; i++) w[i] = rotate(w[i - 3]! ^ w[i - 8]! ^ w[i - 14]! ^ w[i - 16]!, 1);
  const start = 0x67452301;
  let [a, b, c, d, e] = [start, 0xefcdab89 | 0, 0x98badcfe | 0, 0x10325476, 0xc3d2e1f0 | 0];
  for (let i = 0; i < 80; i++) {
    const f = i < 20 ? (b & c) | (~b & d) : i < 40 || i >= 60 ? b ^ c ^ d : (b & c) | (b & d) | (c & d);
    const k = i < 20 ? 0x5a827999 : i < 40 ? 0x6ed9eba1 : i < 60 ? 0x8f1bbcdc : 0xca62c1d6;
    const next = (rotate(a, 5) + f + e + k + w[i]!) | 0;
    e = d;
    d = c;
    c = rotate(b, 30);
    b = a;
    a = next;
  }
  return (start + a) >>> 0;
}

/** The fractions of square roots (start) and cube roots (rounds) of the first primes. */
const { ROUNDS, START } = ((): { ROUNDS: Int32Array; START: Int32Array } => {
  const primes: number[] = [];
  for (let n = 2; primes.length < 64; n++) if (primes.every((p) => n % p !== 0)) primes.push(n);
  const fraction = (x: number): number => ((x - Math.floor(x)) * 0x100000000) | 0;
  return { ROUNDS: Int32Array.from(primes, (p) => fraction(Math.cbrt(p))), START: Int32Array.from(primes.slice(0, 8), (p) => fraction(Math.sqrt(p))) };
})();

/** SHA-256 of the big-endian words `high`, `low`. */
export function sha256Word(high: number, low: number): number {
  const w = new Int32Array(64);
  w[0] = high;
  w[1] = low;
  w[2] = 0x80000000;
  w[15] = 64;
  const right = (x: number, n: number): number => rotate(x, 32 - n);
  for (let i = 16; i < 64; i++) {
    const x = w[i - 15]!;
    const y = w[i - 2]!;
    w[i] = w[i - 16]! + (right(x, 7) ^ right(x, 18) ^ (x >>> 3)) + w[i - 7]! + (right(y, 17) ^ right(y, 19) ^ (y >>> 10));
  }
  const s = Int32Array.from(START);
  for (let i = 0; i < 64; i++) {
    const [a, b, c, d, e, f, g, h] = [s[0]!, s[1]!, s[2]!, s[3]!, s[4]!, s[5]!, s[6]!, s[7]!];
    const t = (h + (right(e, 6) ^ right(e, 11) ^ right(e, 25)) + ((e & f) ^ (~e & g)) + ROUNDS[i]! + w[i]!) | 0;
    s[7] = g;
    s[6] = f;
    s[5] = e;
    s[4] = d + t;
    s[3] = c;
    s[2] = b;
    s[1] = a;
    s[0] = t + (right(a, 2) ^ right(a, 13) ^ right(a, 22)) + ((a & b) ^ (a & c) ^ (b & c));
  }
  return (START[0]! + s[0]!) >>> 0;
}
