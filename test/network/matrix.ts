import { type Fault, type LocalPort } from '../../local/port/index.ts';
import { type TaskProcess, runTaskProcess } from '../support/task-process.ts';
import { startFilledPort } from './port-fixture.ts';
import type { Scenario } from './scenario.ts';

/** A way in which a call can go wrong. */
export interface Trouble {
  readonly name: string;
  readonly fault: Fault;
  /** How often it strikes; always when left out. */
  readonly times?: number;
  /** Seconds for the step, enough to come to the call on a busy machine; enough for every retry when left out. */
  readonly timeoutSeconds?: number;
}

const status = (code: number, headers: Readonly<Record<string, string>> = {}): Fault => ({
  kind: 'status',
  status: code,
  headers,
});
const lost = (kind: 'reset' | 'html' | 'empty'): Fault => ({ kind, isProcessed: true });

export const troubles: readonly Trouble[] = [
  { name: '429 with Retry-After', fault: status(429, { 'retry-after': '0' }), times: 1 },
  { name: '429 with reset', fault: status(429, { 'x-ratelimit-reset': '0' }), times: 1 },
  { name: '500', fault: status(500), times: 1 },
  { name: '500 for ever', fault: status(500), timeoutSeconds: 2 },
  { name: '502', fault: status(502), times: 1 },
  { name: '503 twice', fault: status(503), times: 2 },
  { name: 'reset before the request', fault: { kind: 'reset' }, times: 1 },
  { name: 'reset after the request', fault: lost('reset'), times: 1 },
  { name: 'cut body', fault: { kind: 'cut', isProcessed: true }, times: 1 },
  { name: 'HTML with 200', fault: { kind: 'html' }, times: 1 },
  { name: 'HTML for ever', fault: { kind: 'html' } },
  { name: 'empty 200', fault: lost('empty'), times: 1 },
  { name: 'silence', fault: { kind: 'silence' }, timeoutSeconds: 2 },
  { name: 'silence after the request', fault: { kind: 'silence', isProcessed: true }, timeoutSeconds: 2 },
  { name: '401 once', fault: status(401), times: 1 },
  { name: '401 for ever', fault: status(401) },
];

/** What came of one case. */
export interface CaseResult {
  readonly process: TaskProcess;
  /** How often the call in question was made. */
  readonly tries: number;
  /** What Port holds at the end. */
  readonly state: string;
}

export const clientSecret = 'the-client-secret';

/** Runs a scenario's step as a process of its own against a Port with this trouble. */
export async function runCase(scenario: Scenario, trouble: Trouble): Promise<CaseResult> {
  const port = await startFilledPort();
  try {
    const step = await scenario.prepare(port);
    const { method, path } = scenario;
    const before = port.requests.length;
    const times = scenario.outlasted?.[trouble.name] ?? trouble.times;
    port.faults.add({ match: { method, path }, fault: trouble.fault, ...(times !== undefined && { times }) });
    const process = await runTaskProcess(scenario.task, {
      inputs: {
        ...credentialsOf(port),
        timeoutSeconds: String(secondsOf(scenario, trouble)),
        // So that what is not done is a failure in every task.
        onOutage: 'fail',
        ...step.inputs,
      },
      variables: { 'System.Debug': 'true', ...step.variables },
      ...(step.entry !== undefined && { entry: step.entry }),
      ...(step.environment !== undefined && { environment: step.environment }),
    });
    await port.idle();
    const tries = port.requests
      .slice(before)
      .filter((request) => request.method === method && path.test(request.path)).length;
    return { process, tries, state: step.state() };
  } finally {
    await port.close();
  }
}

/** The step's time. */
export function secondsOf(scenario: Scenario, trouble: Trouble): number {
  return trouble.timeoutSeconds ?? scenario.timeoutSeconds ?? 60;
}

export function credentialsOf(port: LocalPort): Readonly<Record<string, string>> {
  return { baseUrl: port.url, clientId: port.clientId, clientSecret: port.clientSecret };
}
