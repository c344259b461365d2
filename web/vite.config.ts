import { readFileSync } from 'node:fs';
import { defineConfig, type Plugin } from 'vite';

/** A running `diaba serve`, for `npm run dev`. */
const target = process.env.DIABA_URL ?? 'http://127.0.0.1:8080';

/** It names its tiles by the host that it is asked for: that of the page. */
const server = { target, changeOrigin: false };

/** Licences that must be beside what they cover and that `build.license` doesn't find. */
const LICENSES = {
  'inter-license.txt': 'node_modules/@fontsource-variable/inter/LICENSE',
  'swagger-ui-license.txt': 'node_modules/swagger-ui-dist/swagger-ui-es-bundle.js.LICENSE.txt',
};

const foundLicenses: Plugin = {
  name: 'found-licenses',
  generateBundle() {
    for (const [name, path] of Object.entries(LICENSES)) {
      this.emitFile({ type: 'asset', fileName: `assets/${name}`, source: readFileSync(path) });
    }
  },
};

export default defineConfig({
  // Relative paths: the page works below any prefix that a proxy gives it.
  base: './',
  plugins: [foundLicenses],
  worker: { format: 'es' },
  experimental: {
    // All pages but the map may lie at other depths, so their own paths are absolute.
    renderBuiltUrl: (path, { hostId, hostType }) =>
      hostType === 'html' && !hostId.endsWith('index.html') ? `/${path}` : { relative: true },
  },
  build: {
    target: 'es2022',
    // Fonts stay files of this origin; as data: addresses they would need a wider content security policy.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    // MapLibre alone is 1.1 MB before compression, Swagger UI 1.7 MB; neither can be split further.
    chunkSizeWarningLimit: 1800,
    license: { fileName: 'assets/licenses.md' },
    rolldownOptions: {
      input: ['index.html', 'desk.html', 'docs.html', 'follow.html', 'overview.html', 'timeline.html'],
      checks: { pluginTimings: false },
    },
  },
  server: {
    proxy: { '/api': server, '/events': server, '/tiles/': server, '/openapi.json': server },
    fs: { allow: ['..'] },
  },
});
