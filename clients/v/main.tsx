/** Starts the page. `public/old.js` stands in until this runs, and for good where it never does. */
import { render } from 'preact';
import { createShell } from './shell.ts';
import { preloadLive } from './start-live.ts';
import { App } from './views/app.tsx';
import { learnPhone } from './views/phone.tsx';

const root = document.documentElement;
const app = document.getElementById('app');

// The old script has taken the tap and helps already: two pages on one screen would help nobody.
if (app && root.getAttribute('data-page') !== 'old') {
  root.setAttribute('data-page', 'new');
  const tapped = root.hasAttribute('data-tapped');
  const shell = createShell();
  app.textContent = '';
  render(<App shell={shell} />, app);
  if (tapped) shell.tap();
  learnPhone();
  if ('requestIdleCallback' in window) requestIdleCallback(preloadLive, { timeout: 1500 });
  else setTimeout(preloadLive, 500);
}
