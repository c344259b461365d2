import { readFileSync } from 'node:fs';
import { defineConfig, type Plugin } from 'vite';

/** A running `diaba serve`, for `npm run dev`. */
const server = process.env.DIABA_URL ?? 'http://127.0.0.1:8080';

/** Puts the licence of the font beside the fonts, as it demands; `build.license` covers code only. */
const fontLicense: Plugin = {
  name: 'font-license',
  generateBundle() {
    const source = readFileSync('node_modules/@fontsource-variable/inter/LICENSE');
    this.emitFile({ type: 'asset', fileName: 'inter-license.txt', source });
  },
};

export default defineConfig({
  // Relative paths: the page works below any prefix that a proxy gives it.
  base: './',
  plugins: [fontLicense],
  worker: { format: 'es' },
  build: {
    target: 'es2022',
    // Fonts stay files of this origin; as data: addresses they would need a wider content security policy.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    // MapLibre alone is 1.1 MB before compression and can't be split further.
    chunkSizeWarningLimit: 1300,
    license: { fileName: 'licenses.md' },
  },
  server: {
    proxy: { '/api': server, '/tiles/': server },
    fs: { allow: ['..'] },
  },
});
