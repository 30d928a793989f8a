/** A font for words in the picture, Chinese among them. */
import { existsSync } from 'node:fs';
import { findProgram, runProgram } from '../../platform/setup/run-program.ts';

/** Where distributions put the ones that hold Chinese, for machines without fontconfig's programs. */
const KNOWN = [
  '/usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc',
  '/usr/share/fonts/google-noto-cjk/NotoSansCJK-Regular.ttc',
  '/usr/share/fonts/noto-cjk/NotoSansCJK-Regular.ttc',
  '/usr/share/fonts/truetype/wqy/wqy-microhei.ttc',
];

/** The file of a font, or undefined where none holds both Chinese and Latin letters. */
export async function findFont(): Promise<string | undefined> {
  const program = findProgram('fc-match');
  if (program !== undefined) {
    // `:charset=4e00` (the sign for "one") keeps out what holds no Chinese.
    const pattern = 'sans:lang=zh-cn:charset=4e00 41';
    const { code, stdout } = await runProgram(program, ['-f', '%{lang}\n%{file}', pattern], {
      deadlineMs: 20_000,
    });
    const [languages = '', file = ''] = stdout.trim().split('\n');
    if (code === 0 && languages.includes('zh-cn') && isUsable(file)) return file;
  }
  return KNOWN.find(isUsable);
}

/** The path stands in the text of a filter: nothing that could mean something there may be in it. */
function isUsable(file: string): boolean {
  return /^\/[\w/. +-]+$/.test(file) && existsSync(file);
}
