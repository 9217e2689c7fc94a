import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { type Server, type ServerResponse, createServer } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { createAuthority } from '../../local/certificates.ts';
import { fakeRunner } from '../local/azure-devops/fake-runner.ts';
import { closeAll, start } from '../local/azure-devops/fixture.ts';
import { isWindows } from '../support/where.ts';
import { pat, runCommand } from './command-line.ts';

async function listen(server: Server): Promise<string> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

describe('sign-in', function () {
  this.timeout(30_000);
  afterEach(closeAll);

  const list = (organization: string, environment: Record<string, string>, ...args: string[]) =>
    runCommand(['hooks', 'list', '--organization', organization, ...args], environment);

  it('says in one line that a personal access token is refused, by 401 or by the sign-in page', async () => {
    const ado = await start();
    for (const isPage of [false, true]) {
      ado.store.faults.signInPage = isPage;
      const { code, stderr } = await list(ado.organizationUrl, { AZURE_DEVOPS_EXT_PAT: 'wrong' });
      assert.equal(code, 1);
      assert.match(
        stderr,
        /^error Cannot sign in: .*http:\/\/127\.0\.0\.1:\d+\/my-org does not accept the personal access token in AZURE_DEVOPS_EXT_PAT.*\n$/,
      );
      assert.ok(!stderr.includes('<html'));
    }
  });

  it('says that a personal access token has expired, not that it lacks a right', async () => {
    const ado = await start(fakeRunner(), { expiredToken: 'old' });
    const { code, stderr } = await list(ado.organizationUrl, { AZURE_DEVOPS_EXT_PAT: 'old' });
    assert.equal(code, 1);
    assert.match(stderr, /-> 401; Azure DevOps says ".*has expired\.". http.* does not accept the personal/);
    assert.doesNotMatch(stderr, /lacks this right/);
  });

  it('names the missing right', async () => {
    const ado = await start(fakeRunner(), { tokenWithoutRights: 'weak' });
    const { code, stderr } = await list(ado.organizationUrl, { AZURE_DEVOPS_EXT_PAT: 'weak' });
    assert.equal(code, 1);
    assert.match(
      stderr,
      /-> 403; Azure DevOps says "Access Denied: .* View Subscriptions". The personal access token .*, of Dev \(dev@example\.com\), lacks this right/,
    );
  });

  it('says that the project is unknown', async () => {
    const ado = await start();
    const { code, stderr } = await list(ado.organizationUrl, pat, '--project', 'nowhere');
    assert.equal(code, 1);
    assert.match(
      stderr,
      /^error There is no project "nowhere" in http.*, or Dev \(dev@example\.com\) may not see it\. .*\n$/,
    );
  });

  it('names the address where the organization is not there', async () => {
    const ado = await start();
    const { code, stderr } = await list(`${ado.url}/other-org`, pat);
    assert.equal(code, 1);
    assert.match(
      stderr,
      /^error Cannot sign in: .* -> 404\. Check the spelling, also of http.*\/other-org, and that the/,
    );
  });

  it('follows no redirect: neither credentials nor bodies go to another host', async () => {
    const met: string[] = [];
    const elsewhere = createServer((request, response) => {
      met.push(`${request.method} ${request.headers.authorization}`);
      response.end('{}');
    });
    const [target, origin] = [await listen(elsewhere), createServer()];
    origin.on('request', (_request, response: ServerResponse) => {
      response.writeHead(302, { location: `${target}/_signin?token=abc` }).end();
    });
    try {
      const { code, stderr } = await list(`${await listen(origin)}/my-org`, pat);
      assert.equal(code, 1);
      assert.match(stderr, /-> 302; Azure DevOps says "go to http:\/\/[^"?]*". No redirect is followed/);
      assert.deepEqual(met, []);
    } finally {
      elsewhere.close();
      origin.close();
    }
  });

  it('checks certificates where NODE_TLS_REJECT_UNAUTHORIZED=0 asks for none', async () => {
    const met: string[] = [];
    const { key, cert } = createAuthority().issue();
    const server = createTlsServer({ key, cert }, (request, response) => {
      met.push(`${request.method} ${request.url}`);
      response.end('{}');
    });
    const url = (await listen(server)).replace('http:', 'https:');
    try {
      const { code, stderr } = await list(`${url}/my-org`, { ...pat, NODE_TLS_REJECT_UNAUTHORIZED: '0' });
      assert.equal(code, 3);
      assert.match(stderr, /NODE_TLS_REJECT_UNAUTHORIZED=0 has no effect here/);
      assert.deepEqual(met, []);
    } finally {
      server.close();
    }
  });

  it('says that nothing answers', async () => {
    const { code, stderr } = await list('http://127.0.0.1:9/my-org', pat);
    assert.equal(code, 3);
    assert.match(
      stderr,
      /^error Cannot sign in.*no answer from http:\/\/127\.0\.0\.1:9\/my-org.*Nothing answers there.*\n$/,
    );
  });

  for (const newestVersion of ['6.0', '7.0']) {
    it(`works with a server whose newest version is ${newestVersion}`, async () => {
      const ado = await start(fakeRunner(), { newestVersion, collectionPath: '/tfs/DefaultCollection' });
      const { code, stderr } = await list(ado.organizationUrl, pat, '--project', 'my-project');
      assert.equal(code, 0, stderr);
      const hooks = ado.requests.filter(({ path }) => path.includes('/hooks/'));
      assert.deepEqual(
        hooks.map(({ query, status }) => [query['api-version'], status]),
        [[`${newestVersion}-preview.1`, 200]],
      );
    });
  }

  it('asks for no list of versions where the server knows them', async () => {
    const ado = await start();
    await list(ado.organizationUrl, pat);
    assert.ok(ado.requests.every(({ method }) => method !== 'OPTIONS'));
  });

  it('uses the token of the job, and the URL of a collection', async () => {
    const ado = await start(fakeRunner(), {
      entraToken: 'job-token',
      collectionPath: '/tfs/DefaultCollection',
    });
    const { code, stdout } = await list(ado.organizationUrl, { SYSTEM_ACCESSTOKEN: 'job-token' });
    assert.equal(code, 0);
    assert.equal(stdout, 'No subscription.\n');
  });

  it('asks Entra ID for a token where the environment has none, as "az login" left it', async () => {
    const ado = await start(fakeRunner(), { entraToken: 'entra-token' });
    const folder = await mkdtemp(join(tmpdir(), 'az-'));
    const answer = {
      accessToken: 'entra-token',
      expiresOn: '2099-01-01 00:00:00.000000',
      expires_on: 4070908800,
    };
    const text = JSON.stringify(answer);
    if (isWindows) await writeFile(join(folder, 'az.cmd'), `@echo ${text}\r\n`);
    else await writeFile(join(folder, 'az'), `#!/bin/sh\necho '${text}'\n`, { mode: 0o755 });
    const { code, stdout, stderr } = await list(ado.organizationUrl, {
      PATH: `${folder}${delimiter}${process.env.PATH ?? ''}`,
      AZURE_TOKEN_CREDENTIALS: 'AzureCliCredential',
    });
    await rm(folder, { recursive: true });
    assert.equal(code, 0, stderr);
    assert.equal(stdout, 'No subscription.\n');
  });

  it('says how to sign in where nobody is', async () => {
    const { code, stderr } = await list('my-org', {
      PATH: '/nowhere',
      AZURE_TOKEN_CREDENTIALS: 'AzureCliCredential',
    });
    assert.equal(code, 1);
    assert.match(
      stderr,
      /^error Not signed in to Azure DevOps\. Run "az login", or set AZURE_DEVOPS_EXT_PAT/,
    );
    assert.equal(stderr.trimEnd().split('\n').length, 1);
  });

  it('sends credentials over https only, but to this machine', async () => {
    const { code, stderr } = await list('http://azure.example.com/my-org', pat);
    assert.equal(code, 2);
    assert.match(stderr, /unencrypted/);
  });

  it('gives errors as JSON to scripts, and ends with 2 for wrong arguments', async () => {
    const ado = await start();
    const { json, code } = await list(ado.organizationUrl, { AZURE_DEVOPS_EXT_PAT: 'wrong' }, '--json');
    assert.equal(code, 1);
    assert.match((json() as { error: string }).error, /^Cannot sign in/);
    assert.equal((await runCommand(['hooks', 'create'])).code, 2);
    assert.equal((await runCommand(['--help'])).code, 0);
  });
});
