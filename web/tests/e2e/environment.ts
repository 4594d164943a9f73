/** What the walk is told by its environment. */

/** A server that somebody else has started. */
export const SHARED_URL = process.env.WANGGE_URL;

/** Else the program and the dataset to start one with. */
export const BINARY = process.env.WANGGE_BIN;
export const DATASET = process.env.WANGGE_DATASET;

/** The system's Chromium; none is downloaded. */
export function chromium(): string {
  return process.env.CHROMIUM ?? '/usr/bin/chromium';
}

/** Where the walk finds the server; set by the global set-up when it has started one. */
export function baseUrl(): string {
  const url = process.env.WANGGE_URL;
  if (!url) throw new Error('WANGGE_URL is not set');
  return url;
}
