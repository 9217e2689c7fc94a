import type { Script } from './read/scripts.ts';
import { Tokens, type Value, readBody, textOf } from './read/value.ts';
import { readPowerShell } from './scripts/powershell/powershell.ts';
import { readPython } from './scripts/python/python.ts';
import type { Reading, Request } from './scripts/request.ts';
import { readRestTask } from './scripts/rest.ts';
import { readBash } from './scripts/shell/bash.ts';
import { readCmd } from './scripts/shell/cmd.ts';
import { decode, readQuery } from './scripts/shell/curl.ts';

export const callKinds = {
  token: 'fetches a token',
  updateRun: 'updates a run',
  log: 'sends a log line',
  writeEntity: 'writes an entity',
  deleteEntity: 'deletes an entity',
  getEntity: 'reads an entity',
  searchEntities: 'searches entities',
  executeAction: 'executes an action',
  approval: 'approves or declines a run',
  other: 'calls Port',
} as const;

/** A call to Port's API in a script. */
export interface PortCall {
  readonly kind: keyof typeof callKinds;
  readonly method: string;
  /** Line of the pipeline's file. */
  readonly line: number;
  /** The route without `/v1` and query, for people. */
  readonly route: string;
  /** The parts of the route, decoded. */
  readonly path: readonly string[];
  readonly query: Readonly<Record<string, Value>>;
  readonly body: Value | undefined;
  readonly bodyFile: string | undefined;
  readonly isConditional: boolean;
  readonly isAnswerUsed: boolean;
  readonly script: Script;
}

/** Calls that tell of a run. */
export const isReport = ({ kind }: PortCall): boolean => kind === 'updateRun' || kind === 'log';

/** Calls that no task replaces. */
export const isLeft = ({ kind }: PortCall): boolean => kind === 'other' || kind === 'approval';

export interface ReadScript {
  readonly script: Script;
  readonly calls: readonly PortCall[];
  /** Undefined where the language has no parser that tells. */
  readonly reading: Reading;
}

const host = String.raw`(?:https?:\/\/)?api\.(?:us\.)?(?:get)?port\.io`;
/** Routes that only Port has. */
const ownRoute = String.raw`(?:auth\/access_token|actions\/(?:runs\/)?[^/?]+|blueprints(?:\/|$|\?)|entities\/search|workflows\/)`;
const address = new RegExp(
  String.raw`^(?:${host}(?:\/v\d+(?:\.\d+)?)?|[^/]*?(?:\/\/[^/]+)?\/v1|[\uE100-\uEFFF])\/(?=${ownRoute})(.*)$|^${host}(?:\/v\d+(?:\.\d+)?)?\/?(.*)$`,
  's',
);

/** Whether a text talks to Port at all: by its host, or by a route that only Port has. */
export const mentionsPort = (text: string): boolean =>
  /api\.(?:us\.)?(?:get)?port\.io|\/(?:auth\/access_token|actions\/runs\/|blueprints\/[^\s"']+\/entities)/.test(
    text,
  );

function kindOf(method: string, path: readonly string[]): PortCall['kind'] {
  const [first, second, third, fourth] = path;
  if (first === 'auth' && second === 'access_token') return 'token';
  if (first === 'actions' && second === 'runs') {
    if (fourth === 'logs') return method === 'POST' ? 'log' : 'other';
    if (fourth === 'approval') return 'approval';
    return fourth === undefined && third !== undefined && ['PATCH', 'PUT'].includes(method)
      ? 'updateRun'
      : 'other';
  }
  if (first === 'actions' && third === 'runs' && method === 'POST') return 'executeAction';
  if (first === 'entities' && second === 'search') return 'searchEntities';
  return first === 'blueprints' && third === 'entities' ? entityKind(method, fourth, path[4]) : 'other';
}

function entityKind(
  method: string,
  identifier: string | undefined,
  more: string | undefined,
): PortCall['kind'] {
  if (more !== undefined) return 'other';
  if (identifier === 'search' && method === 'POST') return 'searchEntities';
  if (identifier === undefined || identifier === 'bulk')
    return method === 'POST' ? 'writeEntity' : method === 'GET' ? 'searchEntities' : 'other';
  const kinds: Readonly<Record<string, PortCall['kind']>> = {
    GET: 'getEntity',
    DELETE: 'deleteEntity',
    PUT: 'writeEntity',
    PATCH: 'writeEntity',
  };
  return kinds[method] ?? 'other';
}

/** The call that a request is; undefined where it does not go to Port. */
function callOf(request: Request, script: Script): PortCall | undefined {
  const tokens = new Tokens(request.url);
  const found = address.exec(tokens.text.trim());
  const rest = found?.[1] ?? found?.[2];
  if (rest === undefined) return undefined;
  const [route = '', query = ''] = rest.split('?', 2);
  const path = route
    .split('/')
    .filter((part) => part !== '')
    .map((part) => tokens.restore(decode(part)));
  return {
    kind: kindOf(request.method, path),
    method: request.method,
    line: script.firstLine + (script.file === undefined ? request.row : 0),
    route: tokens.restore(route).replace(/[\uE000\uE001]/g, ''),
    path,
    query: { ...readQuery(tokens.restore(query)), ...request.query },
    body: request.body === undefined ? undefined : readBody(request.body),
    bodyFile: request.bodyFile,
    isConditional: request.isConditional,
    isAnswerUsed: request.isAnswerUsed,
    script,
  };
}

const readers: Readonly<Record<Script['language'], (script: Script) => Promise<Reading> | Reading>> = {
  bash: ({ text, scope, inputs }) => readBash(text, scope, parametersOf(inputs.arguments ?? '', scope)),
  cmd: ({ text, scope }) => readCmd(text, scope),
  powershell: ({ text, scope }) => readPowerShell(text, scope),
  python: ({ text, scope }) => readPython(text, scope),
  rest: ({ inputs, scope }) => readRestTask(inputs, scope),
};

/** Reads a script, and finds its calls to Port. */
export async function readCalls(script: Script): Promise<ReadScript> {
  const reading = await readers[script.language](script);
  const calls = reading.requests
    .map((request) => callOf(request, script))
    .filter((call) => call !== undefined);
  return { script, reading, calls };
}

const parametersOf = (text: string, scope: Script['scope']): string[] =>
  (text.match(/"[^"]*"|'[^']*'|\S+/g) ?? []).map((word) =>
    scope.resolve(word.replace(/^(["'])(.*)\1$/s, '$2')),
  );

export const textInQuery = (call: PortCall, name: string): string => textOf(call.query[name]);
