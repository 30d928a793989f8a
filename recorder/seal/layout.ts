/** Names of files in a package that sealing and checking need beside those the manifest gives. */
import { STATE_FILE } from '../core/state.ts';

export const MANIFEST_FILE = 'manifest.json';
export const SUPPLEMENTS_FOLDER = 'supplements';
export const REQUEST_FILE = 'seal/request.tsq';
export const TOKEN_FILE = 'seal/token.tst';

/** What the recorder keeps beside the evidence for itself: it changes after the seal and proves nothing. */
export const STATE_FILES: ReadonlySet<string> = new Set([MANIFEST_FILE, STATE_FILE, 'lock', 'lock-journal']);
