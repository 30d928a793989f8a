/** The packages on this recorder's disk, each parsed once for as long as its files stay as they are. */
import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import * as z from 'zod/mini';
import { isAppError } from '../../platform/errors.ts';
import { Fill, type Supplement } from '../../signaling/protocol/manifest.ts';
import { Id } from '../../signaling/protocol/values.ts';
import { readLines } from '../package/lines.ts';
import { fillsFile, MANIFEST_FILE } from '../package/names.ts';
import { SUPPLEMENTS_FOLDER } from '../seal/layout.ts';
import { readManifest } from '../seal/manifest-file.ts';
import { readSupplements } from '../seal/supplement.ts';
import { refusal } from './http.ts';
import { PackageView } from './package-view.ts';

const KEPT = 8;

interface Kept {
  readonly stamp: string;
  readonly view: Promise<PackageView>;
}

export class Packages {
  readonly #root: string;
  readonly #kept = new Map<string, Kept>();

  /** @param root `<dataDir>/recordings` */
  constructor(root: string) {
    this.#root = root;
  }

  folder(roomId: string): string {
    return join(this.#root, Id.parse(roomId));
  }

  async list(): Promise<{ roomId: string; readable: boolean }[]> {
    const entries = await readdir(this.#root, { withFileTypes: true }).catch((error: unknown) => {
      if (isMissing(error)) return [];
      throw error;
    });
    const ids = entries.filter((entry) => entry.isDirectory() && Id.safeParse(entry.name).success);
    return Promise.all(
      ids.map(async ({ name }) => ({
        roomId: name,
        readable: (await stampOf(join(this.#root, name, MANIFEST_FILE))) !== 'none',
      })),
    );
  }

  /** Throws `not-found` where there is no package with a manifest. */
  async view(roomId: string): Promise<PackageView> {
    const stamp = await this.#stamp(roomId);
    const kept = this.#kept.get(roomId);
    if (kept?.stamp === stamp) return kept.view;
    const view = this.#read(roomId);
    this.#kept.delete(roomId);
    this.#kept.set(roomId, { stamp, view });
    const oldest = this.#kept.size > KEPT ? this.#kept.keys().next().value : undefined;
    if (oldest !== undefined) this.#kept.delete(oldest);
    view.catch(() => this.#kept.delete(roomId));
    return view;
  }

  /** Something of the package was changed in a way that the stamp may not show. */
  forget(roomId: string): void {
    this.#kept.delete(roomId);
  }

  async #stamp(roomId: string): Promise<string> {
    const folder = this.folder(roomId);
    const stamps = await Promise.all(
      [MANIFEST_FILE, SUPPLEMENTS_FOLDER].map((each) => stampOf(join(folder, each))),
    );
    if (stamps[0] === 'none') throw refusal('not-found', 'There is no such recording on this recorder.');
    return stamps.join(' ');
  }

  async #read(roomId: string): Promise<PackageView> {
    const folder = this.folder(roomId);
    const { manifest } = await readManifest(folder).catch((error: unknown) => {
      throw isAppError(error, 'not-found')
        ? refusal('not-found', 'There is no such recording on this recorder.')
        : error;
    });
    const supplements = await readSupplements(folder);
    const later = new Map<string, Fill[]>();
    for (const { trackId } of manifest.tracks) {
      const lines = await readLines(join(folder, fillsFile(trackId)), Fill);
      later.set(trackId, [...lines, ...supplements.flatMap((each) => fillOf(each, trackId))]);
    }
    return new PackageView(manifest, later, supplements);
  }
}

/** A part of the vehicle's copy that came after the seal is kept as a supplement, and plays in place all the same. */
function fillOf(supplement: Supplement, trackId: string): Fill[] {
  const { fillOf: of, from, supplementId, addedUtc, mimeType, file, bytes, hash, plain } = supplement;
  if (of?.trackId !== trackId || from === undefined) return [];
  const { peerId, to, errorMs } = of;
  const parsed = z.safeParse(Fill, {
    fillId: supplementId,
    uploadedUtc: addedUtc,
    ...{ peerId, from, to, errorMs, mimeType, file, bytes, hash, plain },
  });
  return parsed.success ? [parsed.data] : [];
}

async function stampOf(path: string): Promise<string> {
  try {
    const { mtimeMs, size, ino } = await stat(path);
    return `${mtimeMs}-${size}-${ino}`;
  } catch (error) {
    if (isMissing(error)) return 'none';
    throw error;
  }
}

function isMissing(error: unknown): boolean {
  return error instanceof Error && 'code' in error && (error.code === 'ENOENT' || error.code === 'ENOTDIR');
}
