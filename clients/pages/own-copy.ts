/**
 * The vehicle's own copy on this device: opened by the ambulance page, and after that on any page as long as something is
 * left to send; wiped when the device is signed out or disabled. Its code is loaded only then.
 */
import { signal } from '@preact/signals';
import type { CopyStatus, CopyUnavailable, OwnCopy } from '../core/backup/index.ts';
import { readPreference, writePreference } from '../storage/preferences.ts';
import { endedBecause, me, signedIn } from '../ui/me.ts';

export type CopyView =
  | { readonly kind: 'unknown' }
  | { readonly kind: 'unavailable'; readonly why: CopyUnavailable | 'failed' }
  | { readonly kind: 'open'; readonly status: CopyStatus };

export const ownCopyView = signal<CopyView>({ kind: 'unknown' });

const load = () => import('../core/backup/index.ts');
let opened: { readonly principalId: string; readonly copy: Promise<OwnCopy | undefined> } | undefined;
/** The first picture of a page comes before what is left of earlier ones. */
const LEFT_OVERS_AFTER_MS = 5000;

async function open(principalId: string, kind: string): Promise<OwnCopy | undefined> {
  const { copyUnavailable, openOwnCopy } = await load();
  const why = copyUnavailable();
  if (why !== undefined) {
    ownCopyView.value = { kind: 'unavailable', why };
    return undefined;
  }
  try {
    const copy = await openOwnCopy({ url: location.origin, principalId });
    writePreference('ownCopy', kind);
    ownCopyView.value = { kind: 'open', status: copy.status };
    copy.on('change', (status) => {
      ownCopyView.value = { kind: 'open', status };
    });
    return copy;
  } catch {
    // Private windows and full disks refuse storage; the call goes on without a copy and the page says so.
    ownCopyView.value = { kind: 'unavailable', why: 'failed' };
    return undefined;
  }
}

/** The copy of who is signed in; undefined where this browser keeps none, which `ownCopyView` explains. */
export async function ownCopy(): Promise<OwnCopy | undefined> {
  const who = signedIn();
  if (who === undefined || who.kind === 'guest') return undefined;
  if (opened?.principalId !== who.principalId) {
    const before = opened;
    const copy = (async () => {
      await (await before?.copy)?.close();
      return open(who.principalId, who.kind);
    })();
    opened = { principalId: who.principalId, copy };
  }
  return opened.copy;
}

async function wipe(): Promise<void> {
  const copy = await opened?.copy;
  opened = undefined;
  if (copy === undefined) await (await load()).wipeOwnCopy();
  else await copy.wipe();
  writePreference('ownCopy', '');
  ownCopyView.value = { kind: 'unknown' };
}

/** Who may no longer sign in must not leave pictures of patients behind; a session that ran out may come back. */
function mustGo(): boolean {
  const left = readPreference('ownCopy') ?? '';
  if (left === '' || me.value !== 'nobody') return false;
  const { value: why } = endedBecause;
  // An enrolled device signs in by itself: one that is nobody has been disabled.
  return why === 'signed-out' || why === 'revoked' || (why === undefined && left === 'device');
}

/** Follows who is signed in for as long as the app runs. */
export function followOwnCopy(): void {
  let timer: ReturnType<typeof setTimeout> | undefined;
  me.subscribe((who) => {
    clearTimeout(timer);
    if (mustGo()) {
      wipe().catch(() => {
        ownCopyView.value = { kind: 'unavailable', why: 'failed' };
      });
    } else if (typeof who !== 'string' && (readPreference('ownCopy') ?? '') !== '') {
      timer = setTimeout(() => void ownCopy(), LEFT_OVERS_AFTER_MS);
    }
  });
}
