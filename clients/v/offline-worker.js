/*
 * Keeps the shell of the bystander's page and the cards on the phone, so that a reload without the network still helps. The
 * build puts in the list of files and the version. It answers for the page and these files alone: what goes to `/api`, and
 * whatever holds a secret, never passes through here. The page is kept under its bare path, since the address of a
 * navigation may carry the secret behind the `#`.
 */

const VERSION = '__VERSION__';
const FILES = ['__FILES__'];
const PAGE = '/v';
/** A link this slow is as good as none while somebody waits for help. */
const NETWORK_MS = 4000;

self.addEventListener('install', (event) => {
  event.waitUntil(caches.open(VERSION).then((cache) => cache.addAll([PAGE, ...FILES])));
});

// It becomes active once no page of the version before is open: those go on with their own files.
self.addEventListener('activate', (event) => {
  const old = (names) => names.filter((name) => name !== VERSION);
  event.waitUntil(caches.keys().then((names) => Promise.all(old(names).map((name) => caches.delete(name)))));
});

self.addEventListener('fetch', (event) => {
  const { request } = event;
  const { origin, pathname } = new URL(request.url);
  if (request.method !== 'GET' || origin !== self.location.origin) return;
  if (request.mode === 'navigate') {
    if (pathname === PAGE || pathname === `${PAGE}/`) event.respondWith(newest(PAGE, request));
  } else if (FILES.includes(pathname)) {
    event.respondWith(/\/assets\//.test(pathname) ? kept(pathname, request) : newest(pathname, request));
  }
});

/** Files whose name holds the hash of their content. */
async function kept(pathname, request) {
  const cache = await caches.open(VERSION);
  return (await cache.match(pathname)) ?? fetch(request);
}

/** What the door has now; what was kept where the door does not answer in time. */
async function newest(pathname, request) {
  const cache = await caches.open(VERSION);
  const stored = await cache.match(pathname);
  if (!stored) return fetch(request);
  const late = new Promise((resolve) => setTimeout(resolve, NETWORK_MS));
  const answer = await Promise.race([fetch(request).catch(() => undefined), late]);
  return answer && answer.status < 500 ? answer : stored;
}
