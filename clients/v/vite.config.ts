/**
 * Builds the bystander's page into `clients/dist-v`: a small build of its own, since nothing of the staff's pages may weigh
 * on a phone that has a few hundred kbit/s. The bystander's door serves it under `/v/`.
 */
import { defineConfig } from 'vite';
import { precompress } from '../vite.config.ts';
import { offlineWorker } from './offline-files.ts';

export default defineConfig({
  root: import.meta.dirname,
  base: '/v/',
  oxc: { jsx: { runtime: 'automatic', importSource: 'preact' } },
  build: {
    outDir: '../dist-v',
    emptyOutDir: true,
    // Phones of ten years and in-app browsers: what is older than this gets `public/old.js`.
    target: ['chrome73', 'safari13', 'firefox68', 'edge79'],
    cssTarget: ['chrome61', 'safari11'],
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    reportCompressedSize: false,
    sourcemap: 'hidden',
  },
  plugins: [offlineWorker('/v/'), precompress()],
});
