/** Builds the pages into `clients/dist`: hashed files with brotli and gzip copies beside them. */
import { createReadStream, createWriteStream } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { constants, createBrotliCompress, createGzip } from 'node:zlib';
import { defineConfig, type Plugin } from 'vite';

const worthCompressing = /\.(?:js|css|html|svg|json|webmanifest)$/;

/** Compresses once at build time, so that the server never spends a call's processor time on it. */
export function precompress(): Plugin {
  let outDir = '';
  return {
    name: 'goldenhour-precompress',
    apply: 'build',
    configResolved(config) {
      outDir = join(config.root, config.build.outDir);
      if (config.build.outDir.startsWith('/')) outDir = config.build.outDir;
    },
    async closeBundle() {
      const entries = await readdir(outDir, { withFileTypes: true, recursive: true });
      for (const entry of entries) {
        if (!entry.isFile() || !worthCompressing.test(entry.name)) continue;
        const file = join(entry.parentPath, entry.name);
        const brotli = createBrotliCompress({ params: { [constants.BROTLI_PARAM_QUALITY]: 11 } });
        await pipeline(createReadStream(file), brotli, createWriteStream(`${file}.br`));
        await pipeline(createReadStream(file), createGzip({ level: 9 }), createWriteStream(`${file}.gz`));
      }
    },
  };
}

export default defineConfig({
  root: import.meta.dirname,
  base: '/',
  oxc: { jsx: { runtime: 'automatic', importSource: 'preact' } },
  build: {
    outDir: 'dist',
    emptyOutDir: true,
    target: 'es2022',
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    reportCompressedSize: false,
    // The Content-Security-Policy of the server allows no inline code, and source maps help whoever looks for a fault.
    sourcemap: 'hidden',
  },
  plugins: [precompress()],
});
