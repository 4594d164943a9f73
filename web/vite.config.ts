import { defineConfig } from 'vitest/config';

/** The paths that the server answers; everything else is the viewer's own. */
const SERVER_PATHS = ['/api', '/ogc', '/healthz', '/readyz', '/openapi.json'];
const server = process.env.WANGGE_URL ?? 'http://127.0.0.1:8080';
const proxy = Object.fromEntries(SERVER_PATHS.map(path => [path, { target: server }]));

/** MapLibre is one file and larger than what Vite warns of. */
const LARGEST_CHUNK_KB = 1200;

export default defineConfig({
  build: {
    target: 'es2022',
    // Everything is a file of our own origin: no data: urls, so that a strict policy can be set.
    assetsInlineLimit: 0,
    chunkSizeWarningLimit: LARGEST_CHUNK_KB,
  },
  server: { proxy },
  preview: { proxy },
  test: { include: ['tests/unit/**/*.test.ts'] },
});
