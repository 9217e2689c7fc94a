import assert from 'node:assert/strict';
import type { Report, Reported } from '../../../../tasks/PortRunStatus/report/report.ts';
import { sendReport } from '../../../../tasks/PortRunStatus/report/send.ts';
import { NetworkError, PortApiError, messageOf } from '../../../../tasks/common/errors.ts';
import type { RunId } from '../../../../tasks/common/inputs/run-id.ts';
import type { PortCall } from '../../../../tasks/common/port/client/client.ts';
import type { RouteName } from '../../../../tasks/common/port/client/routes.ts';
import { fakePort } from '../../common/port/fake-port.ts';

/** Port's answer to a call: an error is thrown. */
export type Answer = Readonly<Record<string, unknown>> | Error;

/** For each route the answers in order; after the last, or without any, the call is done. */
export type Answers = Partial<Record<RouteName, readonly (Answer | ((call: PortCall) => Promise<Answer>))[]>>;

export interface SentReport {
  /** `updateRun 15000 {"status":"SUCCESS"}`: route, time in ms and body of each call. */
  readonly calls: readonly string[];
  readonly reported?: Reported;
  /** Why nothing was reported. */
  readonly failed?: string;
}

export const refusal = new PortApiError({
  ...{ code: 'PORT_REQUEST', message: 'Port says no.', portCode: 'invalid_request' },
  status: 422,
});
export const notFound = new PortApiError({
  ...{ code: 'PORT_REQUEST', message: 'There is no such run.', portCode: 'not_found' },
  status: 404,
});
export const down = new PortApiError({
  ...{ code: 'PORT_REQUEST', message: 'Port is down.', portCode: '' },
  status: 503,
});
export const unreached = new NetworkError({
  ...{ fault: 'refused', mayHaveArrived: false },
  message: 'Port cannot be reached.',
});

const empty: Report = {
  ...{ log: '', label: undefined, links: [], summary: undefined },
  ...{ externalRunId: undefined, verdict: undefined },
};

/** Sends a report in a minute that does not pass; half of it is for details. */
export async function sendTo(
  kind: RunId['kind'],
  report: Partial<Report>,
  answers: Answers = {},
  time: { timeLeft?: () => number; detailsTime?: () => number } = {},
): Promise<SentReport> {
  const given = new Map<RouteName, number>();
  const { port, calls } = fakePort(async (call, name) => {
    const index = given.get(name) ?? 0;
    given.set(name, index + 1);
    const planned = answers[name]?.[index] ?? {};
    const answer = typeof planned === 'function' ? await planned(call) : planned;
    if (answer instanceof Error) throw answer;
    return answer;
  }, time.timeLeft);
  const lines = () => calls.map(({ name, call }) => lineOf(name, call));
  try {
    const runId = { kind, id: kind === 'action' ? 'r_1' : 'wfnr_1' };
    const reported = await sendReport(port, runId, { ...empty, ...report }, time.detailsTime);
    return { calls: lines(), reported };
  } catch (error) {
    return { calls: lines(), failed: messageOf(error) };
  }
}

function lineOf(name: RouteName, { body, atMost }: PortCall): string {
  const text =
    body === undefined
      ? ''
      : ` ${JSON.stringify(body, (_key, value: unknown) =>
          typeof value === 'string' && value.length > 100 ? `${value.length} characters` : value,
        )}`;
  return `${name} ${atMost ?? 'all'}${text}`;
}

/** A report, what Port answers to it, and what is to come of it. */
export interface Row {
  readonly report: Partial<Report>;
  readonly answers?: Answers;
  readonly calls: readonly string[];
  /** What is reported beside `nothing`. */
  readonly reported?: Partial<Reported>;
  readonly failed?: string;
}

const nothing: Reported = {
  ...{ status: 'IN_PROGRESS', label: undefined, links: [], taken: [], refused: [] },
  ...{ notes: [], warnings: [] },
};

/** A group of tests for each group of rows, and a test for each row. */
export function testRows(
  kind: RunId['kind'],
  groups: Readonly<Record<string, Readonly<Record<string, Row>>>>,
) {
  for (const [group, rows] of Object.entries(groups))
    describe(group, () => {
      for (const [name, { report, answers, calls, reported, failed }] of Object.entries(rows))
        it(name, async () => {
          const sent = await sendTo(kind, report, answers);
          const expected = failed === undefined ? { reported: { ...nothing, ...reported } } : { failed };
          assert.deepEqual(sent, { calls, ...expected });
        });
    });
}
