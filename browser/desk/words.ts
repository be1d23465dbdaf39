// The 2,048 words of which passphrases are made: 11 bits each. Made by rule, so that anybody can check the list:
//
// 1. Every unaccented syllable "onset + rime" of the tables below, spelt as Vietnamese spells it (k, gh and ngh before e and i),
//    so that it can be read aloud at sight; not each one means something.
// 2. Left out: what reads as rude without its accents, and the numbers of rule 3.
// 3. Filled up to 2,048 with "number + thing of the village": `hai trau`, `bay suoi`. No number is a word of its own, so no
//    two passphrases are spelt alike.
//
// No rime doubles a letter or ends in s, f, r, x, j: with a Vietnamese keyboard (Telex, VNI) on or off, the same comes out.

const split = (list: string): string[] => list.trim().split(/\s+/)

const ONSETS = split("b c ch d g h kh l m n ng nh ph r s t th tr v x")
const RIMES = split(`
  a ac ach ai am an ang anh ao ap at au ay
  e em en enh eo ep et eu
  i ich im in inh ip it iu ia iec iem ien ieng iep iet ieu
  o oc oi om on ong op ot
  u ua uc ui um un ung up ut uoc uoi uom uon uong uot`)
// With a glide, and only where the language has it.
const GLIDE_ONSETS = split("h kh l t th ng d s x ch")
const GLIDE_RIMES = split("oa oac oai oan oang oanh oat oe uan uat ue uy uyen uyet")
const WHOLE = split(`
  qua quai quan quang quanh quat quay que quen quet quy quyen quyet quyt quynh
  ai am an anh ao ap au em en eo im in it oc oi om ong op u uc ui um ung uoc uong yen yeu yem
  gia giai giam gian giang giao giac giat giau gie gieo gio gioi gion giong giot giu giua giup`)
const RUDE = split(`
  buoi cac cut chem chet chich cho chui chuoi cu cuc dai dam dan deo di diem dien dit du dui giet hiep khi khon lon lo loz mat mau ngu
  nguc phan phet phet ram tieu trym vu xac xeo`)

const NUMBERS = split("hai ba bon nam sau bay tam chin")
const THINGS = split(`
  trau bo ngua de ga vit ngan ngong meo tho huou nai gau ho voi chim ong buom ech cua tom oc ca rua ran ve
  cay la hoa lua ngo khoai san bi bau mit cam quyt oi xoai dua le man mo tao hanh toi gung me tre nua
  nha cau suoi song nui doi rung ruong nuong hang da gieng bep san cong
  gui no dao bua lieu kim chi vai khan non giay noi bat dia chum gao muoi ken trong chieng sao dan den guong ghe ban`)

function spell(onset: string, rime: string): string {
  if (!/^[ei]/.test(rime)) return onset + rime
  return ({ c: "k", g: "gh", ng: "ngh" }[onset] ?? onset) + rime
}

function syllables(): string[] {
  const plain = ONSETS.flatMap((onset) => RIMES.map((rime) => spell(onset, rime)))
  const glides = GLIDE_ONSETS.flatMap((onset) => GLIDE_RIMES.map((rime) => spell(onset, rime)))
  const left = new Set([...RUDE, ...NUMBERS])
  return [...new Set([...plain, ...glides, ...WHOLE])].filter((word) => !left.has(word))
}

function counted(): string[] {
  return [...new Set(THINGS)].flatMap((thing) => NUMBERS.map((number) => `${number} ${thing}`))
}

export const WORDS: readonly string[] = [...syllables(), ...counted()].slice(0, 2048)
