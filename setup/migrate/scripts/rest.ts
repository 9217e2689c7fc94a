import type { Scope } from '../read/scope.ts';
import type { Reading } from './request.ts';

/** `InvokeRESTAPI@1` (microsoft/azure-pipelines-tasks, Tasks/InvokeRestApiV1/task.json): the service connection holds the address. */
export function readRestTask(inputs: Readonly<Record<string, string>>, scope: Scope): Reading {
  const named = Object.fromEntries(
    Object.entries(inputs).map(([name, value]) => [name.toLowerCase(), value]),
  );
  const suffix = scope.resolve(named.urlsuffix ?? '');
  const url = /^https?:/.test(suffix)
    ? suffix
    : `https://${isOfPort(named, suffix) ? 'api.port.io' : 'elsewhere'}/${suffix.replace(/^\//, '')}`;
  const body = named.body?.trim() ? scope.resolve(named.body) : undefined;
  const method = (named.method ?? 'POST').toUpperCase();
  return {
    requests: [
      {
        method,
        url,
        query: {},
        body,
        bodyFile: undefined,
        row: 0,
        isConditional: false,
        isAnswerUsed: false,
      },
    ],
    work: [],
    statements: [],
  };
}

const isOfPort = (inputs: Readonly<Record<string, string>>, suffix: string): boolean =>
  /port/i.test(`${inputs.connectedservicename ?? ''}${inputs.serviceconnection ?? ''}`) ||
  /^\/?(v1\/)?(auth\/access_token|actions\/runs\/|blueprints\/)/.test(suffix);
