/** Puts the files of an export into one zip file, for a download. Media does not get smaller, so nothing is compressed. */
import { createWriteStream } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import yazl from 'yazl';
import type { ExportResult } from './types.ts';

/** @param name the folder that everything lies in once it is unpacked */
export async function zipExport(
  { folder, files }: ExportResult,
  zipFile: string,
  name: string,
  signal?: AbortSignal,
): Promise<void> {
  const zip = new yazl.ZipFile();
  for (const { file } of files) zip.addFile(join(folder, file), `${name}/${file}`, { compress: false });
  zip.end();
  try {
    await pipeline(zip.outputStream, createWriteStream(zipFile), signal ? { signal } : {});
  } catch (error) {
    await rm(zipFile, { force: true });
    throw error;
  }
}
