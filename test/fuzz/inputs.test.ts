import assert from 'node:assert/strict';
import fc from 'fast-check';
import { readManifests } from '../../scripts/manifests.ts';
import type { Host } from '../../tasks/common/agent/host.ts';
import { InputError } from '../../tasks/common/errors.ts';
import { readConnection } from '../../tasks/common/inputs/connection.ts';
import { InputReader } from '../../tasks/common/inputs/input-reader.ts';
import { readRunId } from '../../tasks/common/inputs/run-id.ts';
import { chooseProxy } from '../../tasks/common/network/proxy.ts';
import { requestedDelay } from '../../tasks/common/network/retry.ts';
import { pathOf } from '../../tasks/common/port/client/routes.ts';
import { parseStructuredText } from '../../tasks/common/structured-text/parse.ts';
import { FakeHost } from '../support/fake-host.ts';
import { cases, hostileJson, hostileText } from './arbitraries.ts';

/** Undefined where the inputs are refused. */
function unlessRefused<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch (error) {
    checkRefusal(error);
    return undefined;
  }
}

/** Anything but an InputError with words is a defect. */
function checkRefusal(error: unknown): void {
  assert.ok(error instanceof InputError, error instanceof Error ? error.stack : String(error));
  assert.ok(error.problems.length > 0 && error.problems.every((problem) => problem.trim() !== ''));
}

/** What has a test of its own. */
const credentials = ['portConnection', 'clientId', 'clientSecret', 'baseUrl'];

const pollution = () => assert.deepEqual(Object.keys(Object.prototype), []);

describe('Any input', function () {
  this.timeout(120_000);

  it('gives a run id that is one, or a problem (15,000 cases)', () => {
    fc.assert(
      fc.property(
        fc.option(hostileText),
        fc.oneof(hostileText, hostileJson),
        fc.option(hostileText),
        (runId, payload, number) => {
          const host = new FakeHost({
            inputs: { payload, ...(runId !== null && { runId }) },
            variables: number === null ? {} : { 'Build.BuildNumber': number },
          });
          const found = unlessRefused(() => {
            const reader = new InputReader(host);
            const id = readRunId(reader, host);
            reader.finish();
            return id;
          });
          if (found !== undefined) assert.match(found.id, /^(r|wfnr)_[A-Za-z0-9_-]+$/);
          pollution();
        },
      ),
      cases(15_000),
    );
  });

  it('gives a connection that is encrypted or on this machine, or a problem (10,000 cases)', () => {
    const url = fc.oneof(
      hostileText,
      fc.webUrl({ validSchemes: ['http', 'https', 'ftp'] }),
      hostileText.map((text) => `http://127.0.0.1${text}`),
    );
    fc.assert(
      fc.property(url, hostileText, (baseUrl, clientSecret) => {
        const host = new FakeHost({ inputs: { baseUrl, clientId: 'id', clientSecret } });
        const connection = unlessRefused(() => {
          const reader = new InputReader(host);
          const read = readConnection(reader, host);
          reader.finish();
          return read;
        });
        if (connection === undefined) return;
        assert.match(
          connection.apiUrl,
          /^(https:\/\/|http:\/\/(localhost|127(\.\d+){3}|\[::1\])(:\d+)?(\/|$))/,
        );
        assert.ok(!new URL(connection.apiUrl).username);
        assert.deepEqual(host.masked, [connection.clientSecret]);
      }),
      cases(10_000),
    );
  });

  for (const [task, { inputs }] of Object.entries(readManifests().tasks)) {
    it(`of ${task} is taken or refused, with words (2,000 cases)`, async () => {
      const { readInputs } = (await import(`../../tasks/${task}/inputs.ts`)) as {
        readInputs?: (host: Host) => unknown;
      };
      assert.ok(readInputs !== undefined, `${task}: inputs.ts exports no function readInputs(host).`);
      const names = inputs.map(({ name }) => name).filter((name) => !credentials.includes(name));
      const value = fc.oneof(hostileText, hostileJson, fc.constantFrom('service', 'true', '5', 'a = b.c'));
      await fc.assert(
        fc.asyncProperty(fc.dictionary(fc.constantFrom(...names), value), async (given) => {
          const host = new FakeHost({ inputs: { clientId: 'id', clientSecret: 'secret', ...given } });
          const refused = await Promise.resolve()
            .then(() => readInputs(host))
            .then(
              () => undefined,
              (error: unknown) => error,
            );
          if (refused !== undefined) checkRefusal(refused);
          pollution();
        }),
        cases(2000),
      );
    });
  }

  it('in YAML or JSON is read or refused, and changes no prototype (10,000 cases)', () => {
    const yaml = fc.array(
      fc.oneof(
        hostileText,
        fc.constantFrom(
          'a: ',
          '- ',
          '\n',
          '  ',
          '&a ',
          '*a',
          '<<: ',
          '? ',
          '!!str ',
          '{',
          '}',
          '|\n ',
          '---\n',
          '__proto__: ',
          '1.10',
        ),
      ),
      { maxLength: 14 },
    );
    fc.assert(
      fc.property(
        fc.oneof(
          yaml.map((parts) => parts.join('')),
          hostileJson,
        ),
        (text) => {
          const { problems, value } = parseStructuredText(text);
          for (const { message, line } of problems) assert.ok(message !== '' && line >= 1);
          if (problems.length === 0) JSON.stringify(value);
          pollution();
        },
      ),
      cases(10_000),
    );
  });
});

describe('Any value', function () {
  this.timeout(120_000);

  it('stays one segment of a path (10,000 cases)', () => {
    fc.assert(
      fc.property(hostileText, hostileText, (id, query) => {
        const path = unlessRefused(() => pathOf('/v1/a/{id}/b', { id }, { q: query }));
        if (path === undefined) {
          assert.match(id, /^\.\.?$/);
          return;
        }
        const url = new URL(path, 'https://api.port.io');
        assert.equal(url.pathname.split('/').length, 5);
        assert.equal(decodeURIComponent(url.pathname.split('/')[3] ?? ''), id.toWellFormed());
        assert.equal(url.searchParams.get('q'), query.toWellFormed());
      }),
      cases(10_000),
    );
  });

  it('of a header asks for a wait that is one, or for nothing (10,000 cases)', () => {
    const header = fc.oneof(
      hostileText,
      fc.double().map(String),
      fc.integer().map(String),
      fc.date({ noInvalidDate: true }).map((date) => date.toUTCString()),
    );
    fc.assert(
      fc.property(header, header, fc.constantFrom(429, 503), (after, reset, status) => {
        const asked = requestedDelay(
          { status, headers: { 'retry-after': after, 'x-ratelimit-reset': reset } },
          1_800_000_000_000,
        );
        assert.ok(asked === undefined || (Number.isFinite(asked) && asked >= 0), String(asked));
      }),
      cases(10_000),
    );
  });

  it('of a proxy setting is a proxy, none, or refused without its text (10,000 cases)', () => {
    const setting = fc.oneof(
      hostileText,
      hostileText.map((text) => `http://user:hunter2@${text}`),
      fc.webUrl(),
    );
    fc.assert(
      fc.property(
        setting,
        hostileText,
        fc.option(fc.oneof(hostileJson, hostileText)),
        (url, noProxy, bypass) => {
          const agent =
            bypass === null
              ? undefined
              : { url, username: undefined, password: undefined, bypassList: bypass };
          try {
            const proxy = chooseProxy(new URL('https://api.port.io'), agent, {
              HTTPS_PROXY: url,
              NO_PROXY: noProxy,
            });
            if (proxy !== undefined) assert.ok(!proxy.url.href.includes('hunter2@'));
          } catch (error) {
            assert.ok(error instanceof TypeError);
            assert.doesNotMatch(error.message, /hunter2/);
          }
        },
      ),
      cases(10_000),
    );
  });
});
