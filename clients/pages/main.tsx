/** Starts the pages. The SDK with its media library is loaded when a page first needs it, never for signing in. */
import { render } from 'preact';
import '../styles/index.css';
import { createHttpApi } from '../core/http.ts';
import type { Client } from '../core/types.ts';
import { endedBecause, me, signedIn } from '../ui/me.ts';
import { go } from '../ui/router.ts';
import type { Services } from '../ui/services.ts';
import { App } from './app.tsx';
import { followOwnCopy } from './own-copy.ts';

const loadSdk = () => import('../core/index.ts');
let client: Promise<Client> | undefined;

/** One connection for the whole app; a failed load may be tried again. */
async function connect(): Promise<Client> {
  const { createClient } = await loadSdk();
  const made = createClient({ url: location.origin });
  made.on('sessionEnded', ({ reason }) => {
    // Leaving one room by force is shown by that room; only the end of the sign-in leads back here.
    if (reason === 'removed' || reason === 'replaced') return;
    // A guest has no account to sign in with: the page of the room says what has happened.
    if (signedIn()?.kind === 'guest') return;
    endedBecause.value = reason;
    me.value = 'nobody';
    go('/', 'replace');
  });
  return made;
}

const services: Services = {
  http: createHttpApi(location.origin, (input, init) => fetch(input, init)),
  async client() {
    client ??= connect();
    try {
      return await client;
    } catch (error) {
      client = undefined;
      throw error;
    }
  },
  capture: loadSdk,
  catchUp: async (state, selfId) => (await loadSdk()).catchUp(state, selfId),
};

const root = document.getElementById('app');
if (root === null) throw new Error('The page has no element with the id "app".');
followOwnCopy();
render(<App services={services} />, root);
