/**
 * `verify.html`: one page that checks everything of an export offline with WebCrypto. It carries the text of the very
 * functions that `goldenhour verify --clip` runs, so that both say the same; Node has taken the types out of them already.
 */
import { canonicalJson } from '../seal/canonical.ts';
import {
  bytesOfBase64Url,
  bytesOfHex,
  checkClip,
  hexOf,
  leafStands,
  orderProblems,
  rootOfPath,
  sealHolds,
  sha256Hex,
} from '../seal/proof-check.ts';
import { htmlPage, scriptJson } from './html.ts';
import type { ExportedFile, Language } from './types.ts';
import { checkAll, readFiles, runPage, showResult } from './verify-page-script.ts';

const CARRIED = [
  canonicalJson,
  hexOf,
  bytesOfHex,
  bytesOfBase64Url,
  sha256Hex,
  rootOfPath,
  leafStands,
  sealHolds,
  orderProblems,
  checkClip,
  readFiles,
  checkAll,
  showResult,
  runPage,
];

const TEXT = {
  title: { en: 'Check this export', 'zh-CN': '校验本导出' },
  what: {
    en: 'Choose all files of this folder, or the whole folder. Nothing leaves this computer: the page works without any network and asks for none.',
    'zh-CN': '请选择本文件夹中的全部文件或整个文件夹。文件不会离开本机：本页面无需网络，也不会访问网络。',
  },
  files: { en: 'Choose files', 'zh-CN': '选择文件' },
  folder: { en: 'Choose the folder', 'zh-CN': '选择文件夹' },
  key: {
    en: 'The clips were sealed by the key below. Compare it with the one that the installation has published: whoever has another key can seal something else.',
    'zh-CN': '原始片段由以下密钥封存。请与该机构公布的密钥指纹核对：持有其他密钥者可封存其他内容。',
  },
  limit: {
    en: 'The copy for viewing is compared by its hash only; the evidence is in the clips. A time stamp in a proof is checked by "goldenhour verify --clip".',
    'zh-CN': '观看副本仅比对哈希值；证据为原始片段。证明中的时间戳由 “goldenhour verify --clip” 校验。',
  },
} as const;

/** The page for an export with these files; `files` are all but the page itself. */
export function verifyPage(language: Language, keyId: string, files: readonly ExportedFile[]): string {
  const data = {
    keyId,
    files: files.map(({ file, bytes, sha256, what }) => ({ file, bytes, sha256, what })),
  };
  const both = (name: keyof typeof TEXT) => {
    const other = language === 'en' ? 'zh-CN' : 'en';
    return `${TEXT[name][language]}<br><span lang="${other}">${TEXT[name][other]}</span>`;
  };
  const body = `<h1>${TEXT.title[language]}</h1>
<p>${both('what')}</p>
<p><label>${TEXT.files[language]} <input type="file" id="files" multiple></label></p>
<p><label>${TEXT.folder[language]} <input type="file" id="folder" webkitdirectory></label></p>
<p id="summary" role="status"></p>
<table id="results"></table>
<p>${both('key')}</p>
<p><code>${keyId}</code></p>
<p>${both('limit')}</p>`;
  const script = `'use strict';\nconst DATA = ${scriptJson(data)};\n${CARRIED.map(String).join('\n')}\nrunPage(DATA, document);\n`;
  return htmlPage({ language, title: TEXT.title[language], body, script });
}
