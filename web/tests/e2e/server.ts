/** Starts a server for the walk when none is given, and stops it afterwards. */
import { type ChildProcess, spawn } from 'node:child_process';
import { createServer } from 'node:net';
import { BINARY, DATASET, SHARED_URL } from './environment';

const PATIENCE_MS = 30_000;
const PAUSE_MS = 200;

export default async function start(): Promise<() => void> {
  if (SHARED_URL) return () => {};
  if (!BINARY || !DATASET) {
    throw new Error(
      'Set WANGGE_URL to a running server, or WANGGE_BIN and WANGGE_DATASET to start one.',
    );
  }
  const address = `127.0.0.1:${await freePort()}`;
  const server = spawn(BINARY, ['serve', DATASET, '--addr', address], {
    stdio: ['ignore', 'ignore', 'inherit'],
    env: { ...process.env, WANGGE_LOG: 'warn' },
  });
  const url = `http://${address}`;
  await answering(url, server);
  process.env.WANGGE_URL = url;
  return () => {
    server.kill('SIGTERM');
  };
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const probe = createServer();
    probe.once('error', reject);
    probe.listen(0, '127.0.0.1', () => {
      const address = probe.address();
      const port = typeof address === 'object' && address ? address.port : 0;
      probe.close(() => resolve(port));
    });
  });
}

async function answering(url: string, server: ChildProcess): Promise<void> {
  let failed: Error | null = null;
  server.once('error', error => {
    failed = error;
  });
  const end = Date.now() + PATIENCE_MS;
  while (Date.now() < end) {
    if (failed) throw failed;
    if (server.exitCode !== null) throw new Error(`The server ended with ${server.exitCode}`);
    const up = await fetch(`${url}/healthz`).then(
      answer => answer.ok,
      () => false,
    );
    if (up) return;
    await new Promise(done => setTimeout(done, PAUSE_MS));
  }
  server.kill('SIGTERM');
  throw new Error(`The server at ${url} did not answer within ${PATIENCE_MS / 1000} s`);
}
