import { defineConfig } from '@playwright/test';
import { chromium, SHARED_URL } from './environment';

/** One browser, one walk after the other: software GL and a small machine want patience. */
export default defineConfig({
  testDir: '.',
  outputDir: '../../test-results',
  fullyParallel: false,
  workers: 1,
  timeout: 240_000,
  expect: { timeout: 60_000 },
  // A fault of the page fails twice; a browser that a busy machine starved is told as flaky.
  retries: 1,
  reporter: [['list']],
  globalSetup: './server.ts',
  use: {
    ...(SHARED_URL ? { baseURL: SHARED_URL } : {}),
    viewport: { width: 1366, height: 768 },
    locale: 'zh-CN',
    screenshot: 'only-on-failure',
    contextOptions: { reducedMotion: 'reduce' },
    launchOptions: {
      executablePath: chromium(),
      args: [
        '--no-sandbox',
        '--enable-unsafe-swiftshader',
        '--disable-background-networking',
        '--disable-component-update',
        '--disable-sync',
        '--disable-quic',
        '--no-first-run',
      ],
    },
  },
});
