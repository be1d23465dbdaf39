// Builds every bundle, byte for byte the same from the same sources. `node build.mjs [OUTDIR]` writes below OUTDIR
// instead of the repository, to compare; `node build.mjs OUTDIR --lab` what the tests look into.
import { existsSync, mkdirSync, writeFileSync } from "node:fs"
import { dirname, join, resolve } from "node:path"
import { fileURLToPath } from "node:url"

import { build } from "esbuild"

const here = dirname(fileURLToPath(import.meta.url))
const out = resolve(process.argv[2] ?? join(here, ".."))
// With `--lab`, only what the browser tests look into, which is never served.
const forTests = process.argv.includes("--lab")
const stub = join(here, "stubs/absent.ts")
const internal = join(here, "node_modules/age-encryption/dist")

export const AGE = {
  "@noble/post-quantum/hybrid.js": stub,
  "@noble/curves/nist.js": stub,
  "age-internal/format": join(internal, "format.js"),
  "age-internal/recipients": join(internal, "recipients.js"),
}
// The library's own modules can't be reached by an alias of a package name.
export const withoutExtras = {
  name: "without-extras",
  setup: (b) => b.onResolve({ filter: /^\.\/(webauthn|armor)\.js$/ }, () => ({ path: stub })),
}
const common = {
  absWorkingDir: here,
  bundle: true,
  minify: true,
  legalComments: "none",
  charset: "utf8",
  logLevel: "warning",
  tsconfigRaw: { compilerOptions: { target: "ES2020", useDefineForClassFields: true } },
  plugins: [withoutExtras],
}

/** The reporter's bundles: one script, no module loader; wrapped in a function that can hand its own source to a worker. */
const reporter = (name, lang) => ({
  ...common,
  entryPoints: [`${name}/main.ts`],
  outfile: join(out, `keng/mailbox/static/mailbox/${name}.${lang}.js`),
  format: "iife",
  target: ["chrome80", "safari14", "firefox90"],
  inject: ["stubs/older.ts"],
  alias: {
    ...AGE,
    "@noble/hashes/scrypt.js": stub,
    "@noble/curves/ed25519.js": join(here, "stubs/x25519.ts"),
    "strings/phone": join(here, `phone/strings.${lang}.ts`),
    "strings/proof": join(here, `proof/strings.${lang}.ts`),
    "strings/report": join(here, `report/strings.${lang}.ts`),
    "strings/return": join(here, `return/strings.${lang}.ts`),
  },
  banner: { js: "(function KENG(){" },
  footer: { js: "})();" },
})

/** Ed25519 for phones whose browser has none: fetched by those alone. */
const library = {
  ...common,
  entryPoints: ["ledger/library.ts"],
  outfile: join(out, "keng/mailbox/static/mailbox/ed25519.js"),
  format: "iife",
  target: ["chrome80", "safari14", "firefox90"],
}

/** The page of the public log, both languages inside. */
const ledger = {
  ...library,
  entryPoints: ["ledger/page.ts"],
  outfile: join(out, "keng/portal/static/portal/ledger.js"),
}

/** The desk's bundles: modules, both languages inside. */
const desk = (name) => ({
  ...common,
  entryPoints: [`desk/${name}.ts`],
  outfile: join(out, `keng/desk/static/desk/${name}.js`),
  format: "esm",
  target: ["chrome109", "safari16", "firefox115"],
  alias: AGE,
})

/** Scripts of the citizens' pages and of procedures' desk pages: the pages work without them. */
const procedures = (entry) => ({
  ...library,
  entryPoints: [`${entry}.ts`],
  outfile: join(out, `keng/procedures/static/procedures/${entry.split("/")[1]}.js`),
})

const jobs = [
  ...["report", "return", "proof", "guide"].flatMap((name) => ["vi", "en"].map((lang) => reporter(name, lang))),
  library,
  ledger,
  ...["intake", "keys", "mailbox", "passkeys", "prompts", "scrypt", "shell", "viewer"].map(desk),
  procedures("my/form"),
  procedures("my/save"),
  procedures("procedures/queue"),
].filter((job) => existsSync(join(here, job.entryPoints[0])))

/** Code laid open for the tests, built as the bundles are: the protocol's as the reporter's, the keys' as the desk's. */
const lab = (name, like) => ({
  ...like,
  entryPoints: [join(here, `../tests/browser/${name}.ts`)],
  nodePaths: [join(here, "node_modules")],
  outfile: join(out, `${name}.js`),
})
const labs = [lab("lab", reporter("report", "vi")), lab("desk_lab", { ...desk("keys"), format: "iife" })]

await Promise.all((forTests ? labs : jobs).map((job) => build(job)))

/** The Vietnamese words that the reporter's bundles say, for the server's catalogue of what can be put into another language. */
async function sentences() {
  const pages = ["phone", "report", "return", "proof"]
  const contents = pages.map((page) => `export { t as ${page} } from "./${page}/strings.vi"`).join("\n")
  const made = await build({ ...common, stdin: { contents, resolveDir: here, loader: "ts" }, format: "esm", write: false })
  const words = await import(`data:text/javascript;base64,${Buffer.from(made.outputFiles[0].text).toString("base64")}`)
  const flat = (path, value) => (typeof value === "string" ? [[path, value]] : Object.entries(value).flatMap(([key, inner]) => flat(`${path}.${key}`, inner)))
  const file = join(out, "keng/mailbox/languages/bundle.json")
  mkdirSync(dirname(file), { recursive: true })
  writeFileSync(file, JSON.stringify(Object.fromEntries(pages.flatMap((page) => flat(page, words[page]))), null, 1) + "\n")
}
if (!forTests) await sentences()
