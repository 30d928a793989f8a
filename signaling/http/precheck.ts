/**
 * Bytes for the link pre-check of the pages: down by GET, up by POST, incompressible, bounded in size, number and time.
 * Not part of the route table, whose bodies are small JSON; `admit` puts the same limits and session in front of it.
 */
import { randomBytes } from 'node:crypto';
import { Readable } from 'node:stream';
import type { Router } from '@koa/router';
import type { Context } from 'koa';
import { refuse, refuseForNow } from '../people/refuse.ts';

/** Most bytes of one transfer; the client's figure in `clients/core/precheck.ts` is the same. */
export const PRECHECK_MAX_BYTES = 4 * 1024 * 1024;
/** Transfers at once: the pre-check of one page must not starve the calls of others. */
const RUNNING_MAX = 8;
const TRANSFER_MS = 6000;
/** Random once, since making 4 MiB anew for each would measure our processor. */
const BLOCK = randomBytes(64 * 1024);

/**
 * Adds `GET` and `POST /api/precheck` to a router.
 *
 * @param admit checks limits, origin and session; throws what the client is refused with.
 */
export function addPrecheck(router: Router, admit: (ctx: Context) => Promise<void>): void {
  let running = 0;
  const bounded = (work: (ctx: Context) => Promise<void> | void) => async (ctx: Context) => {
    await admit(ctx);
    if (running >= RUNNING_MAX) throw refuseForNow('Others are measuring; wait a moment.', 1000);
    running += 1;
    const timer = setTimeout(() => ctx.req.destroy(), TRANSFER_MS);
    ctx.res.once('close', () => {
      clearTimeout(timer);
      running -= 1;
    });
    ctx.set('Cache-Control', 'no-store');
    await work(ctx);
  };
  router.get('/api/precheck', bounded(sendBytes));
  router.post('/api/precheck', bounded(swallowBytes));
}

function sendBytes(ctx: Context): void {
  const bytes = Number(ctx.query.bytes ?? 0);
  if (!Number.isInteger(bytes) || bytes < 0 || bytes > PRECHECK_MAX_BYTES) {
    throw refuse('bad-request', 'bytes is a whole number up to 4 MiB.');
  }
  ctx.status = 200;
  ctx.set('Content-Type', 'application/octet-stream');
  ctx.set('Content-Length', String(bytes));
  ctx.body = Readable.from(blocks(bytes));
}

function* blocks(bytes: number): Generator<Buffer> {
  for (let left = bytes; left > 0; left -= BLOCK.length)
    yield BLOCK.subarray(0, Math.min(left, BLOCK.length));
}

async function swallowBytes(ctx: Context): Promise<void> {
  let bytes = 0;
  for await (const chunk of ctx.req) {
    if (Buffer.isBuffer(chunk)) bytes += chunk.length;
    if (bytes > PRECHECK_MAX_BYTES) throw refuse('too-large', 'A transfer has at most 4 MiB.');
  }
  ctx.status = 200;
  ctx.set('Content-Type', 'application/json');
  ctx.body = JSON.stringify({ bytes });
}
