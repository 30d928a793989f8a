/**
 * Checks the hash chain of `log.jsonl`: nothing changed, left out, added, reordered or cut off, without any key. The rule is
 * that of signaling's own check of its database; what the chain covers stands in the contract.
 */
import { hash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { join } from 'node:path';
import * as z from 'zod/mini';
import { chainText } from '../../signaling/protocol/log-chain.ts';
import type { Manifest } from '../../signaling/protocol/manifest.ts';
import { SealedLogLine } from '../../signaling/protocol/recorder.ts';
import type { Findings } from './report.ts';

/** Returns the number of entries that hold, up to the first that does not. */
export async function checkLog(
  folder: string,
  { roomId, log }: Pick<Manifest, 'roomId' | 'log'>,
  findings: Findings,
): Promise<number> {
  let previous = { seq: 0, hash: '' };
  try {
    for await (const text of linesOf(join(folder, log.file))) {
      const seq = previous.seq + 1;
      const line = parseLine(text);
      const flaw = line === undefined ? 'log-line' : flawOf(roomId, previous, line);
      if (line === undefined || flaw !== undefined) {
        findings.add(flaw ?? 'log-line', `entry ${seq} of the log does not follow from the one before it`, {
          file: log.file,
          seq,
          ...(line === undefined ? {} : { from: line.at }),
        });
        return previous.seq;
      }
      previous = { seq: line.seq, hash: line.hash };
    }
  } catch (error) {
    // A log that cannot be read is named by the check of files already; here it ends the chain.
    const reason = error instanceof Error ? error.message : String(error);
    findings.add('log-end', `the log cannot be read: ${reason}`, { file: log.file, seq: previous.seq + 1 });
    return previous.seq;
  }
  if (previous.seq !== log.entries || previous.hash !== log.head) {
    const detail = `the log ends at entry ${previous.seq}, the manifest says ${log.entries}`;
    findings.add('log-end', detail, { file: log.file, seq: previous.seq });
  }
  return previous.seq;
}

/** Lines of a file without holding all of it. readline swallows the errors of its input, so it is not used here. */
async function* linesOf(file: string): AsyncGenerator<string> {
  let rest = '';
  for await (const chunk of createReadStream(file, { encoding: 'utf8', highWaterMark: 256 * 1024 })) {
    const parts = `${rest}${chunk}`.split('\n');
    rest = parts.pop() ?? '';
    yield* parts;
  }
  if (rest !== '') yield rest;
}

function flawOf(
  roomId: string,
  previous: { readonly seq: number; readonly hash: string },
  line: SealedLogLine,
): 'log-order' | 'log-hash' | undefined {
  if (line.seq !== previous.seq + 1) return 'log-order';
  return line.hash === hash('sha256', chainText(roomId, previous.hash, line)) ? undefined : 'log-hash';
}

function parseLine(text: string): SealedLogLine | undefined {
  try {
    const parsed = z.safeParse(SealedLogLine, JSON.parse(text));
    return parsed.success ? parsed.data : undefined;
  } catch {
    // Not JSON: the caller says which entry.
    return undefined;
  }
}
