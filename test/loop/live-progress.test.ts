import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { request } from 'node:http';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Certificate, createAuthority } from '../../local/certificates.ts';
import { startBench, webhook } from '../support/loop-run.ts';
import { until } from '../support/until.ts';

describe('live progress', () => {
  it('moves the label with the steps, adds a line for each that ended, and is gone at the end', async function () {
    this.timeout(40_000);
    const bench = await startBench(`trigger: none
${webhook}
steps:
- task: PortRunStatus@1
  displayName: Report to Port
  inputs:
    portConnection: port
    runId: \${{ parameters.port.port_context.runId }}
    liveProgress: true
- script: sleep 6
  displayName: terraform plan
- script: sleep 6
  displayName: terraform apply
`);
    try {
      const { runId, buildId } = await bench.start();
      const labels = new Set<string>();
      await until(
        'the run has ended',
        () => {
          const { status, statusLabel } = bench.portRun(runId);
          if (statusLabel) labels.add(statusLabel);
          return status !== 'IN_PROGRESS';
        },
        30_000,
      );
      const build = await bench.loop.azureDevOps.waitForBuild(buildId);
      assert.equal(build.result, 'succeeded');
      assert.deepEqual(
        [...labels].map((label) => label.replace(/\d+ of \d+/, 'n of m')),
        ['terraform plan, n of m', 'terraform apply, n of m', 'Succeeded'],
      );
      assert.match(bench.logText(runId), /✓ terraform plan \(6\.\d s\)/);
      const reads = bench.loop.azureDevOps.requests.filter(({ path }) => path.includes('/timeline'));
      assert.ok(reads.length <= 3, `${reads.length} reads of the timeline in 12 s`);
      assert.equal(
        bench.loop.port.requests.filter(({ path }) => path.includes('access_token')).length,
        4,
        'one token for each process, and one for the test',
      );
    } finally {
      await bench.close();
    }
  });

  it('trusts what the main step trusts: the authorities of the system, where Node is told to', async function () {
    this.timeout(40_000);
    const folder = mkdtempSync(join(tmpdir(), 'authority-'));
    const authority = createAuthority();
    // On Linux, these are the system's authorities.
    const environment = { NODE_USE_SYSTEM_CA: '1', SSL_CERT_FILE: join(folder, 'ca.pem') };
    writeFileSync(environment.SSL_CERT_FILE, authority.cert);
    const bench = await startBench(
      `trigger: none
${webhook}
steps:
- task: PortRunStatus@1
  inputs:
    portConnection: port-tls
    runId: \${{ parameters.port.port_context.runId }}
    liveProgress: true
- script: sleep 6
  displayName: terraform plan
`,
      { agent: { node: 'node24', environment } },
    );
    const { port, azureDevOps } = bench.loop;
    const front = await startTlsFront(port.url, authority.issue());
    try {
      azureDevOps.createServiceConnection({
        name: 'port-tls',
        type: 'port-api',
        url: front.url,
        parameters: { username: port.clientId, password: port.clientSecret },
      });
      const { runId } = await bench.run();
      assert.equal(bench.portRun(runId).status, 'SUCCESS');
      const labels = port.requests.flatMap(
        ({ body }) => /terraform plan, \d+ of/.exec(JSON.stringify(body)) ?? [],
      );
      assert.equal(labels.length, 1);
    } finally {
      front.close();
      await bench.close();
      rmSync(folder, { recursive: true });
    }
  });
});

/** The local Port over TLS. */
async function startTlsFront(target: string, tls: Certificate): Promise<{ url: string; close: () => void }> {
  const front = createServer(tls, (incoming, outgoing) => {
    const { method, url = '', headers } = incoming;
    const forwarded = request(target + url, { method, headers }, (answer) => {
      outgoing.writeHead(answer.statusCode ?? 500, answer.headers);
      answer.pipe(outgoing);
    });
    incoming.pipe(forwarded);
  });
  await new Promise<void>((resolve) => front.listen(0, '127.0.0.1', resolve));
  return {
    url: `https://127.0.0.1:${(front.address() as AddressInfo).port}`,
    close() {
      front.closeAllConnections();
      front.close();
    },
  };
}
