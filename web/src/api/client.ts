/**
 * One function for each thing that the viewer asks of the server.
 *
 * Two kinds of failure leave here: `ApiError` (the server answered with a problem) and
 * `ServerGone` (nobody answered). Reads that the page cannot do without wait for the
 * server to come back instead (`patiently`).
 */
import type { Geometry } from 'geojson';
import { Connection, type ConnectionState } from './connection';
import type {
  BalanceRequest,
  CheckReport,
  Dataset,
  Job,
  LayerFeatures,
  Located,
  LonLat,
  NameProposal,
  NewNameProposal,
  Plan,
  PlanDiff,
  PlanSummary,
  Preview,
  Problem,
  ProposalStatus,
  RepairAnswer,
  RepairRequest,
  Suggestion,
} from './types';

/** The server answered, and said no. */
export class ApiError extends Error {
  constructor(
    readonly status: number,
    readonly problem: Problem,
  ) {
    super(problem.detail ?? problem.title ?? `HTTP ${status}`);
    this.name = 'ApiError';
  }
}

/** Nobody answered. */
export class ServerGone extends Error {
  constructor() {
    super('The server does not answer');
    this.name = 'ServerGone';
  }
}

/** What a proxy says when there is no server behind it. */
const GATEWAY_STATUSES = new Set([502, 503, 504]);
const PAGE_SIZE = 10_000;
const NAMES = '/api/suggest/proposals';

async function problemOf(response: Response): Promise<Problem> {
  try {
    return (await response.json()) as Problem;
  } catch {
    return { status: response.status, title: response.statusText || `HTTP ${response.status}` };
  }
}

export class Client {
  private readonly connection: Connection;

  constructor(onConnection: (state: ConnectionState) => void) {
    const alive = () =>
      fetch('/healthz', { cache: 'no-store' }).then(
        answer => answer.ok,
        () => false,
      );
    this.connection = new Connection(alive, onConnection);
  }

  dataset = (): Promise<Dataset> => this.patiently('/api/dataset');
  check = (): Promise<CheckReport> => this.patiently('/api/check');
  plan = (id: string): Promise<Plan> => this.read(`/api/plans/${encodeURIComponent(id)}`);
  job = (id: string): Promise<Job> => this.read(`/api/jobs/${encodeURIComponent(id)}`);

  plans = async (): Promise<PlanSummary[]> =>
    (await this.patiently<{ plans: PlanSummary[] }>('/api/plans')).plans;

  diff = (id: string): Promise<PlanDiff> =>
    this.read(`/api/plans/${encodeURIComponent(id)}/diff?against=present`);

  /** The plan's grids, dissolved from its units. */
  planGrids = (id: string): Promise<LayerFeatures> =>
    this.read(`/api/plans/${encodeURIComponent(id)}/export?format=geojson`);

  locateText = (text: string, signal?: AbortSignal): Promise<Located> =>
    this.read(`/api/locate?${new URLSearchParams({ q: text })}`, signal);

  locatePoint = ([lon, lat]: LonLat, signal?: AbortSignal): Promise<Located> =>
    this.read(`/api/locate?lon=${lon}&lat=${lat}`, signal);

  suggest = async (text: string, limit: number, signal: AbortSignal): Promise<Suggestion[]> => {
    const query = new URLSearchParams({ q: text, limit: String(limit) });
    return (await this.read<{ suggestions: Suggestion[] }>(`/api/suggest?${query}`, signal))
      .suggestions;
  };

  /** Counts what was chosen, so that it comes first another time; nothing of who chose. */
  pick = async ({ kind, key }: Suggestion): Promise<void> => {
    if (key) await this.send('POST', '/api/suggest/picks', { kind, key });
  };

  nameProposals = async (): Promise<NameProposal[]> =>
    (await this.patiently<{ proposals: NameProposal[] }>(NAMES)).proposals;

  proposeName = (proposal: NewNameProposal): Promise<NameProposal> =>
    this.send('POST', NAMES, proposal);

  /** The planner's word on a name; refused when it has changed since it was shown. */
  decideName = ({ id, version }: NameProposal, status: ProposalStatus): Promise<NameProposal> =>
    this.send(
      'PATCH',
      `${NAMES}/${encodeURIComponent(id)}`,
      { status },
      {
        'if-match': `"${version}.${id}"`,
      },
    );

  /** All features of a layer, page by page. */
  layer = async (id: string): Promise<LayerFeatures> => {
    const path = `/ogc/collections/${encodeURIComponent(id)}/items`;
    const all = await this.patiently<LayerFeatures>(`${path}?limit=${PAGE_SIZE}`);
    while (all.features.length < (all.numberMatched ?? 0)) {
      const offset = all.features.length;
      const page = await this.patiently<LayerFeatures>(
        `${path}?limit=${PAGE_SIZE}&offset=${offset}`,
      );
      if (page.features.length === 0) break;
      all.features.push(...page.features);
    }
    return all;
  };

  balance = (plan: string, request: BalanceRequest): Promise<Job> =>
    this.request(`/api/plans/${encodeURIComponent(plan)}/balance`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(request),
    });

  /** What drawing features otherwise would do; nothing is stored. */
  previewEdit = (
    layer: string,
    features: readonly { code: string; geometry: Geometry }[],
  ): Promise<Preview> =>
    this.request('/api/check/preview', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ layer, features }),
    });

  /** What a repair would do; nothing is written. */
  repair = (request: RepairRequest, signal: AbortSignal): Promise<RepairAnswer> =>
    this.request('/api/repair', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(request),
      signal,
    });

  cancel = async (job: string): Promise<void> => {
    await this.request(`/api/jobs/${encodeURIComponent(job)}`, { method: 'DELETE' });
  };

  private send<T>(
    method: string,
    path: string,
    body: unknown,
    headers: Record<string, string> = {},
  ): Promise<T> {
    return this.request(path, {
      method,
      headers: { 'content-type': 'application/json', ...headers },
      body: JSON.stringify(body),
    });
  }

  private read<T>(path: string, signal?: AbortSignal): Promise<T> {
    return this.request<T>(path, signal ? { signal } : {});
  }

  private async patiently<T>(path: string): Promise<T> {
    for (;;) {
      try {
        return await this.read<T>(path);
      } catch (error) {
        if (!(error instanceof ServerGone)) throw error;
        await this.connection.back();
      }
    }
  }

  private async request<T>(path: string, init: RequestInit): Promise<T> {
    let response: Response;
    try {
      response = await fetch(path, { ...init, headers: { accept: JSON_TYPES, ...init.headers } });
    } catch (error) {
      if (error instanceof DOMException && error.name === 'AbortError') throw error;
      this.connection.lost();
      throw new ServerGone();
    }
    if (GATEWAY_STATUSES.has(response.status)) {
      this.connection.lost();
      throw new ServerGone();
    }
    if (!response.ok) throw new ApiError(response.status, await problemOf(response));
    const text = await response.text();
    return (text ? JSON.parse(text) : undefined) as T;
  }
}

const JSON_TYPES = 'application/json, application/geo+json, application/problem+json';
