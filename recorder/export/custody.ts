/** The custody page: what was taken out of which recording, for whom and why, who had it before, and hashes of every file. */
import type { Manifest } from '../../signaling/protocol/manifest.ts';
import { escapeHtml, htmlPage } from './html.ts';
import type { OriginalClip } from './originals.ts';
import type { ExportedFile, ExportOptions, ExportResult, Language } from './types.ts';

export interface CustodyFacts {
  readonly options: ExportOptions;
  readonly manifest: Manifest;
  readonly files: readonly ExportedFile[];
  readonly clips: readonly OriginalClip[];
  readonly missing: ExportResult['missing'];
  readonly notes: ExportResult['notes'];
  readonly exportedUtc: number;
}

const TITLES = {
  title: { en: 'Chain of custody', 'zh-CN': '证据保管记录' },
  recording: { en: 'Recording', 'zh-CN': '录制' },
  room: { en: 'Room', 'zh-CN': '房间编号' },
  incident: { en: 'Incident', 'zh-CN': '事件编号' },
  drill: { en: 'This is from a drill.', 'zh-CN': '本录制来自演练。' },
  time: { en: 'Time', 'zh-CN': '时间' },
  exported: { en: 'Exported', 'zh-CN': '导出时间' },
  by: { en: 'By', 'zh-CN': '导出人' },
  purpose: { en: 'Purpose', 'zh-CN': '用途' },
  reason: { en: 'Reason', 'zh-CN': '理由' },
  sealed: { en: 'Sealed', 'zh-CN': '封存时间' },
  key: { en: 'Key of the installation', 'zh-CN': '本系统密钥指纹' },
  root: { en: 'Merkle root', 'zh-CN': 'Merkle 根' },
  tracks: { en: 'Tracks', 'zh-CN': '轨道' },
  missing: { en: 'Without media', 'zh-CN': '无媒体时长' },
  blanked: { en: 'Blanked', 'zh-CN': '遮蔽' },
  blankedText: {
    en: 'Parts of the copy for viewing were blanked on request. Original segments of that time are left out of the clips.',
    'zh-CN': '观看副本中部分内容已按要求遮蔽；该时段的原始片段未附于本导出。',
  },
  noBlanks: { en: 'Nothing was blanked.', 'zh-CN': '未遮蔽任何内容。' },
  noFont: {
    en: 'No font with Chinese letters was found on the server: there are no words in the copy for viewing.',
    'zh-CN': '服务器上未找到中文字体：观看副本中没有文字。',
  },
  noMarks: {
    en: 'Facts stand in the picture as words; drawn marks are not part of this recording.',
    'zh-CN': '事件以文字显示在画面中；本录制不含绘制的标记。',
  },
  files: { en: 'Files', 'zh-CN': '文件' },
  history: { en: 'Who had the recording in hand', 'zh-CN': '经手记录' },
  who: { en: 'Who', 'zh-CN': '人员' },
  action: { en: 'What', 'zh-CN': '操作' },
  check: {
    en: 'Open verify.html and choose the files of this folder to check them, without any network.',
    'zh-CN': '打开 verify.html 并选择本文件夹中的文件，即可离线校验。',
  },
} as const;

export function custodyJson(facts: CustodyFacts): Record<string, unknown> {
  const { options, manifest, files, clips, missing, notes, exportedUtc } = facts;
  const { from, to, by, purpose, reason, title, blank, custody, trackIds, labels } = options;
  const { seal, roomId, incidentId, drill, anchorUtc } = manifest;
  return {
    format: 'goldenhour-custody',
    version: 1,
    ...{ title, roomId, incidentId, drill, anchorUtc, from, to, exportedUtc, by, purpose, reason },
    seal: seal && { sealedUtc: seal.sealedUtc, keyId: seal.keyId, root: seal.root },
    tracks: trackIds.map((trackId) => ({
      trackId,
      label: labels[trackId],
      missingMs: missing[trackId] ?? 0,
    })),
    ...{ blank, notes, clips, files, custody },
  };
}

export function custodyHtml(facts: CustodyFacts): string {
  const { options, manifest, files, notes, missing } = facts;
  const { language, title, from, to, trackIds, labels, blank, custody } = options;
  const t = (name: keyof typeof TITLES) => escapeHtml(TITLES[name][language]);
  const utc = (at: number) => new Date(manifest.anchorUtc + at).toISOString();
  const about: [keyof typeof TITLES, string][] = [
    ['recording', title],
    ['room', manifest.roomId],
    ['incident', manifest.incidentId],
    ['time', `${utc(from)} – ${utc(to)}`],
    ['exported', new Date(facts.exportedUtc).toISOString()],
    ['by', options.by],
    ['purpose', options.purpose],
    ['reason', options.reason],
    ['sealed', manifest.seal ? new Date(manifest.seal.sealedUtc).toISOString() : '–'],
    ['key', manifest.seal?.keyId ?? '–'],
    ['root', manifest.seal?.root ?? '–'],
  ];
  const body = [
    `<h1>${t('title')}</h1>`,
    manifest.drill ? `<p><strong>${t('drill')}</strong></p>` : '',
    table(about.map(([name, value]) => [TITLES[name][language], value])),
    `<h2>${t('tracks')}</h2>`,
    table(
      trackIds.map((trackId) => [labels[trackId] ?? trackId, seconds(missing[trackId] ?? 0)]),
      [TITLES.tracks[language], TITLES.missing[language]],
    ),
    `<p>${t('noMarks')}</p>`,
    notes.includes('no-font') ? `<p>${t('noFont')}</p>` : '',
    `<h2>${t('blanked')}</h2>`,
    blank.length === 0 ? `<p>${t('noBlanks')}</p>` : `<p>${t('blankedText')}</p>${blankTable(options, utc)}`,
    `<h2>${t('files')}</h2><p>${t('check')}</p>`,
    table(
      files.map(({ file, bytes, sha256 }) => [file, String(bytes), sha256]),
      [TITLES.files[language], 'bytes', 'SHA-256'],
    ),
    `<h2>${t('history')}</h2>`,
    table(
      custody.map(({ utc: at, who, action }) => [new Date(at).toISOString(), who, action]),
      [TITLES.time[language], TITLES.who[language], TITLES.action[language]],
    ),
  ];
  return htmlPage({ language, title: TITLES.title[language], body: body.filter(Boolean).join('\n') });
}

function blankTable({ blank, labels, language }: ExportOptions, utc: (at: number) => string): string {
  const kinds = {
    video: { en: 'picture', 'zh-CN': '画面' },
    audio: { en: 'sound', 'zh-CN': '声音' },
  } as const;
  return table(
    blank.map(({ trackId, kind, from, to }) => [
      labels[trackId] ?? trackId,
      wordOf(kinds[kind], language),
      `${utc(from)} – ${utc(to)}`,
    ]),
  );
}

function wordOf(words: Readonly<Record<Language, string>>, language: Language): string {
  return words[language];
}

function seconds(ms: number): string {
  return `${(ms / 1000).toFixed(2)} s`;
}

/** Cells are texts and are escaped here. */
function table(rows: readonly (readonly string[])[], head?: readonly string[]): string {
  const row = (cells: readonly string[], tag: 'td' | 'th') =>
    `<tr>${cells.map((cell) => `<${tag}>${escapeHtml(cell)}</${tag}>`).join('')}</tr>`;
  return `<table>${head ? row(head, 'th') : ''}${rows.map((cells) => row(cells, 'td')).join('\n')}</table>`;
}
