import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { installExtension } from '../../../local/agent/index.ts';
import { packagedExtension } from '../../../local/packaged-extension.ts';
import type { RewrittenAnswer } from '../../../local/rewrites.ts';
import type { Loop, LoopOptions } from '../loop-fixture.ts';
import { type ProbeCase, probeTests } from './probe-tests.ts';

const preview = ['POST', /\/pipelines\/1\/preview$/] as const;

/** The service compiles otherwise. */
const compiled =
  (instead: (finalYaml: string) => string): ProbeCase['differs'] =>
  ({ ado }) =>
    ado.store.rewrites.add(...preview, ({ body }): RewrittenAnswer => {
      const { finalYaml } = body as { finalYaml: string };
      return { body: { finalYaml: instead(finalYaml) } };
    });

const refused =
  (message: string): ProbeCase['differs'] =>
  ({ ado }: Loop) =>
    ado.store.rewrites.add(...preview, () => ({ status: 400, body: { message } }));

const keyNotFound = "/deploy.yml (Line: 9, Col: 13): Key not found 'port'";

describe('verify, about previews', function () {
  this.timeout(30_000);
  let folder = '';
  before(async () => (folder = await mkdtemp(join(tmpdir(), 'extension-'))));
  after(() => rm(folder, { recursive: true }));

  const withTasks = async (): Promise<Partial<LoopOptions>> => ({
    extensions: [await installExtension(packagedExtension(), folder)],
  });
  probeTests({
    'preview-parameter': {
      differs: refused('/deploy.yml (Line: 2, Col: 1): Unexpected value'),
      came: /400.*Unexpected value/,
      closed: preview,
    },
    'payload-json': {
      differs: compiled((yaml) => yaml.replaceAll('{}', 'null')),
      came: /properties\.none is "null", not \{/,
      closed: preview,
    },
    'manual-run': { differs: refused(keyNotFound), came: /^400: Key not found$/, closed: preview },
    'manual-payload': {
      differs: compiled((yaml) => yaml.replace(/(SEEN: ).*/, '$1"not JSON"')),
      came: /^not JSON$/,
      closed: preview,
    },
    'preview-payload': {
      differs: ({ ado }) =>
        ado.store.rewrites.add(...preview, () => ({
          status: 200,
          body: { finalYaml: 'steps: [{ script: echo, env: { SEEN: r_probe } }]' },
        })),
      came: /^200, with the payload$/,
      closed: preview,
    },
    'preview-connection': {
      loop: withTasks,
      differs: refused('The pipeline is not valid.'),
      came: /The pipeline is not valid/,
      closed: preview,
    },
  });
});
