import type { Host } from '../agent/host.ts';
import { NetworkError } from '../errors.ts';
import { isRecord, parseAnswerJson } from '../json.ts';
import type { TaskContext } from '../main.ts';
import { openTransport } from '../network/open-transport.ts';
import { backoffDelay, retryableStatuses } from '../network/retry.ts';
import type { HttpResponse, Transport } from '../network/transport.ts';
import { userAgent } from '../version.ts';

export interface JobApiContext extends Pick<TaskContext, 'clock' | 'signal' | 'environment'> {
  readonly host: Pick<Host, 'proxy' | 'certificates' | 'variable' | 'jobConnection'>;
}

/** Why something could not be read, as the end of a sentence; `isPassing` where asking again may help. */
export interface Problem {
  readonly problem: string;
  readonly isPassing?: boolean;
}

export interface JobRequest {
  /** Below `_apis/` of the project, with its query, the version of the interface included. */
  readonly path: string;
  /** With a body it is a POST, which only asks as well, unless it is said to be a change. */
  readonly body?: unknown;
  readonly method?: 'PATCH';
  /** What is read, for the message about a token that may not: "this run", "the changes". */
  readonly what: string;
  /** What is said in place of that where the token may not do it. */
  readonly denied?: string;
}

/** Azure DevOps, as far as the job's own token may read the project. */
export interface JobApi {
  /**
   * Asks again and again while the answer is late. Never throws for what Azure DevOps answers: tasks go on without it.
   * @param read makes something of the JSON, or says what is wrong with it.
   * @throws CanceledError
   */
  ask<T>(request: JobRequest, read: (answer: unknown) => T | Problem): Promise<T | Problem>;
}

const longestTry = 10_000;

/** Between two tries, in ms. */
const longestDelay = 2000;

/** The oldest version of the interface of builds with attempts; Azure DevOps Server 2019 has it. */
export const buildApiVersion = '5.0';

/** The route of this pipeline run. */
export function ownBuild(host: Pick<Host, 'variable'>): string | Problem {
  const build = host.variable('Build.BuildId');
  return build === undefined
    ? { problem: 'this is not a pipeline run' }
    : `build/builds/${encodeURIComponent(build)}`;
}

export function isProblem(value: unknown): value is Problem {
  return isRecord(value) && 'problem' in value;
}

/** Azure DevOps until it is closed. */
export interface OpenJobApi extends JobApi {
  close(): Promise<void>;
}

/**
 * Opens Azure DevOps with the job's own token.
 * @param patience the time for all that it asks, repeated tries included, in ms; it begins with the first question.
 * @param connections most questions at a time; more than one are opened at once, ahead of what they are to ask side by side.
 */
export function openJobApi(context: JobApiContext, patience: number, connections = 1): OpenJobApi | Problem {
  const { host, clock } = context;
  const { url, token } = host.jobConnection();
  const project = host.variable('System.TeamProjectId');
  if (url === undefined || project === undefined) return { problem: 'this is not a pipeline run' };
  if (token === undefined) return { problem: 'the job has no access token' };
  const base = new URL(url);
  const root = `${base.pathname.replace(/\/$/, '')}/${encodeURIComponent(project)}/_apis/`;
  const transport = openTransport(context, base.origin, connections);
  if (connections > 1) transport.openAhead(connections);
  let end: number | undefined;
  return {
    ask(request, read) {
      end ??= clock.elapsed() + patience;
      return askUntil(context, { transport, root, token, end, request }, read);
    },
    close: () => transport.close(),
  };
}

/** The same for the time of an action. */
export async function withJobApi<T>(
  context: JobApiContext,
  patience: number,
  action: (api: JobApi) => Promise<T>,
): Promise<T | Problem> {
  const api = openJobApi(context, patience);
  if (isProblem(api)) return api;
  try {
    return await action(api);
  } finally {
    await api.close();
  }
}

interface Asking {
  readonly transport: Transport;
  readonly root: string;
  readonly token: string;
  readonly end: number;
  readonly request: JobRequest;
}

async function askUntil<T>(
  { clock, signal }: JobApiContext,
  { transport, root, token, end, request }: Asking,
  read: (answer: unknown) => T | Problem,
): Promise<T | Problem> {
  const headers = { accept: 'application/json', authorization: `Bearer ${token}`, 'user-agent': userAgent };
  const { body, method = 'POST' as const } = request;
  const toSend = {
    path: root + request.path,
    ...(body === undefined
      ? { method: 'GET' as const, headers }
      : {
          method,
          headers: { ...headers, 'content-type': 'application/json' },
          body: JSON.stringify(body),
        }),
  };
  const askOnce = async (): Promise<T | Problem> => {
    const timeout = Math.max(1, Math.min(longestTry, end - clock.elapsed()));
    try {
      return judge(await transport.send(toSend, { timeout, signal }), request, read);
    } catch (error) {
      if (!(error instanceof NetworkError)) throw error;
      return { problem: `Azure DevOps cannot be reached: ${error.message}`, isPassing: true };
    }
  };
  for (let tried = 1; ; tried++) {
    const answer = await askOnce();
    const delay = Math.min(longestDelay, backoffDelay(tried, clock.random()));
    if (!isProblem(answer) || answer.isPassing !== true || clock.elapsed() + delay >= end) return answer;
    await clock.sleep(delay, signal);
  }
}

function judge<T>(
  { status, body }: HttpResponse,
  request: JobRequest,
  read: (answer: unknown) => T | Problem,
): T | Problem {
  if (status !== 200)
    return { problem: problemOf(status, request), isPassing: retryableStatuses.has(status) };
  try {
    return read(parseAnswerJson(body));
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    return { problem: 'Azure DevOps answered with something that is not JSON' };
  }
}

function problemOf(status: number, { what, denied }: JobRequest): string {
  // Azure DevOps answers a token that it does not accept with 401, or with its sign-in page (203, 302).
  if (![203, 302, 401, 403].includes(status)) return `Azure DevOps answered ${status}`;
  const advice = denied ?? `the job's token may not read ${what} (Project settings > Pipelines > Settings)`;
  return `Azure DevOps answered ${status}: ${advice}`;
}
