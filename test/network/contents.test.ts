import assert from 'node:assert/strict';
import type { LocalPort } from '../../local/port/index.ts';
import { inParallel } from '../support/in-parallel.ts';
import { type Reply, startScriptedServer } from '../support/scripted-server.ts';
import { runTaskProcess } from '../support/task-process.ts';
import { clientSecret, credentialsOf } from './matrix.ts';
import { addEntity, deploymentState, startFilledPort } from './port-fixture.ts';

const change = { id: 'a'.repeat(40), message: 'one', timestamp: '2026-01-01T00:00:00Z' };
const good: Reply = { status: 200, body: { count: 1, value: [change] } };
const noRight = /the job's token may not read the changes of builds/;

interface Trouble {
  readonly name: string;
  /** The last one stands for all that follow. */
  readonly replies: readonly Reply[];
  /** Undefined: there is no warning. */
  readonly says?: RegExp;
  readonly tries: number | 'several';
}

const troubles: readonly Trouble[] = [
  { name: 'no trouble', replies: [good], tries: 1 },
  { name: '401', replies: [{ status: 401 }], tries: 1, says: noRight },
  { name: '403', replies: [{ status: 403 }], tries: 1, says: noRight },
  { name: '500', replies: [{ status: 500 }], tries: 1, says: /Azure DevOps answered 500/ },
  { name: '503 twice', replies: [{ status: 503 }, { status: 503 }, good], tries: 3 },
  { name: '503 for ever', replies: [{ status: 503 }], tries: 'several', says: /Azure DevOps answered 503/ },
  { name: 'a reset', replies: ['reset', good], tries: 2 },
  { name: 'half a body', replies: ['cut', good], tries: 2 },
  { name: 'half a body for ever', replies: ['cut'], tries: 'several', says: /cannot be reached/ },
  {
    name: 'half a page',
    replies: [{ status: 200, body: '{"count":9,"value":[{"id":"a' }],
    ...{ tries: 1, says: /something that is not JSON/ },
  },
  { name: 'silence', replies: ['silence'], tries: 'several', says: /cannot be reached: no answer within/ },
];

/** The end of a job whose contents Azure DevOps tells like this. */
async function record(port: LocalPort, replies: readonly Reply[]) {
  let asked = 0;
  const server = await startScriptedServer(({ path }) => {
    if (path.includes('/changes')) return replies[Math.min(asked++, replies.length - 1)] ?? good;
    return { status: 200, body: { value: [], results: [] } };
  });
  try {
    const process = await runTaskProcess('PortDeployment', {
      entry: 'finish',
      inputs: {
        ...credentialsOf(port),
        ...{ identifier: 'd', environment: 'test', service: 'one', timeoutSeconds: '12' },
      },
      variables: {
        ...{ 'System.CollectionUri': `${server.url}/my-org/`, 'System.TeamProjectId': 'p' },
        ...{ 'Build.BuildId': '7', 'Build.Repository.ID': 'r', 'Agent.JobStatus': 'Succeeded' },
      },
      secrets: { 'System.AccessToken': 'the-job-token' },
      environment: { VSTS_TASKVARIABLE_PORT_DEPLOYMENT_ADDRESS: port.url },
    });
    return { process, asked };
  } finally {
    await server.close();
  }
}

describe('The contents of a deployment, as the built task asks Azure DevOps for them, in every trouble', () => {
  const results = new Map<string, Awaited<ReturnType<typeof record>> & { state: string }>();

  before(async function () {
    this.timeout(120_000);
    const runs = troubles.map(({ name, replies }) => async () => {
      const port = await startFilledPort();
      try {
        await addEntity(port, 'one');
        const done = await record(port, replies);
        results.set(name, { ...done, state: deploymentState(port) });
      } finally {
        await port.close();
      }
    });
    await inParallel(runs, 4);
  });

  for (const { name, says, tries } of troubles) {
    it(`${name}: the deployment is recorded${says === undefined ? '' : ', with one warning'}`, () => {
      const { process, asked, state } = results.get(name) ?? assert.fail(name);
      const { output, result, duration, shown, summaries } = process;
      assert.equal(result, 'Succeeded', output);
      assert.equal(state, 'd Success');
      const warnings = output
        .split('\n')
        .filter((line) => line.startsWith('##vso[task.logissue type=warning'));
      assert.equal(warnings.length, says === undefined ? 0 : 1, output);
      if (says !== undefined) assert.match(warnings.join(), says);
      if (tries === 'several') assert.ok(asked >= 1, String(asked));
      else assert.equal(asked, tries, output);
      assert.ok(duration < 10_000, `${duration} ms`);
      for (const text of [shown, ...summaries])
        assert.ok(!text.includes('the-job-token') && !text.includes(clientSecret));
    });
  }
});
