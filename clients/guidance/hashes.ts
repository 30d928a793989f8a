/**
 * SHA-256 of the contents of each version of each card that was ever part of a release (`contentOf` in the test). What was
 * approved and what a recording says was shown must stay what it was: a changed card gets a new version in
 * `signaling/protocol/guidance.ts` and in its file, and a new line here; no line is ever changed or removed.
 */
export const CARD_HASHES: Readonly<Record<string, string>> = {
  'cpr-adult@1': '040d6a40a6ab03eb0ada93c7b9779c3f4b8de5fe85ab07309a74f1fe1ab97d33',
  'cpr-child@1': 'f072a7fad52952d991d06b1c8f9b23bd561a771e81ef27a348410ed0f5ef314f',
  'cpr-infant@1': '63171889b5052d5e19418e141da72717576c67cc171dd35004cadb44d593ad81',
  'aed@1': '76184190e33c26faa0c167ae6527392fb8a2472785115ff62a2630a7d1cc1a8b',
  'choking@1': 'fb6e62ef623b37dcdceee293525eb77eed43e179c898108c37bad80a2768ab90',
  'bleeding@1': '9b5aab939a78dfb333fc8bdc7562cae168797dfacb893507014a1fb374cd43f4',
  'recovery-position@1': '4449d930c7ccaa461b0ffe3106cc4d6bad4c727d8b2a6a945020ce334a5dc7f5',
  'birth@1': 'e18565a14b33049ac9fe713a7e976554bb0dc9becf73dfa888b25c964cbbec3a',
  'burns@1': '84a9f8b826942dec06a7ce518f485509cddc7a5f2236a6ad04f6410e07304674',
  'wait-for-help@1': '8e0c7c668764902dbd5b1528953539d9694632dc0de09d7bfd445946a3509ae2',
};
